using Kendt.Store;

namespace Kendt.Tests.Segments;

/// <summary>Puts people's histories into the tables that Profiles writes.</summary>
internal static class Warehouse
{
    public static Task LoadAsync(Stores stores, IReadOnlyList<RandomWorld.Person> people, CancellationToken cancel) => stores.Warehouse.WriteAsync(async session =>
    {
        var seq = 0L;
        await session.LoadAsync("trait_log", ["seq", "written_profile_id", "name", "value", "source", "ts", "evidence", "named_by"],
            people.SelectMany(p => p.Traits.Select(t => new object?[] { t.Seq, p.Id, t.Name, t.Value, "test", t.At, "test", null })), cancel);
        await session.LoadAsync("event_log", ["seq", "message_id", "source", "type", "name", "user_id", "anonymous_id", "written_profile_id", "ts", "received_at", "properties", "context", "named_by"],
            people.SelectMany(p => p.Events.Select(e => new object?[] { ++seq, $"m{seq}", "test", "track", e.Name, null, null, p.Id, e.At, e.At, e.Properties, "{}", null })), cancel);
    }, cancel);
}
