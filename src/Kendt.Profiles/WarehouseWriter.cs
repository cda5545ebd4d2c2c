using Kendt.Model;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>One event with the profile that it belonged to when it was written; null if it names nobody (a receipt without a card).</summary>
public sealed record OwnedHappening(Happening Happening, ProfileId? Profile);

/// <summary>Appends events and what was said of traits to the warehouse, within the caller's transaction.</summary>
public static class WarehouseWriter
{
    private static readonly string[] EventColumns = ["seq", "message_id", "source", "type", "name", "user_id", "anonymous_id", "written_profile_id", "ts", "received_at", "properties", "context"];
    private static readonly string[] TraitColumns = ["seq", "written_profile_id", "name", "value", "source", "ts", "evidence"];

    public static Task WriteEventsAsync(Session warehouse, IEnumerable<OwnedHappening> events, CancellationToken cancel)
    {
        var keyed = OwnEvents.HasKey(warehouse.Dialect);
        return warehouse.LoadAsync("event_log", keyed ? [.. EventColumns, "profile_key"] : EventColumns, events.Select(e =>
        {
            object?[] row =
            [
                e.Happening.Seq, e.Happening.MessageId, e.Happening.Source, e.Happening.Type, e.Happening.Name, e.Happening.UserId, e.Happening.AnonymousId,
                e.Profile, e.Happening.At, e.Happening.ReceivedAt, e.Happening.Properties, e.Happening.Context,
            ];
            return keyed ? [.. row, e.Profile is { } profile ? OwnEvents.Key(profile) : null] : row;
        }), cancel);
    }

    public static Task WriteTraitsAsync(Session warehouse, IEnumerable<TraitNews> news, CancellationToken cancel) =>
        warehouse.LoadAsync("trait_log", TraitColumns, news.SelectMany(n => n.Traits.Select(t => new object?[]
        {
            n.Seq, n.Profile, t.Key, t.Value.GetRawText(), n.Source, n.At, n.Evidence,
        })), cancel);
}
