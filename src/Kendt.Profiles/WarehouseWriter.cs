using Kendt.Model;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>One event with the profile that it belonged to when it was written; null if it names nobody (a receipt without a card).</summary>
/// <param name="NamedBy">The identifier that decided whose it is; the event goes where that goes.</param>
public sealed record OwnedHappening(Happening Happening, ProfileId? Profile, Identifier? NamedBy = null);

/// <summary>Appends events and what was said of traits to the warehouse, within the caller's transaction.</summary>
public static class WarehouseWriter
{
    private static readonly string[] EventColumns = ["seq", "message_id", "source", "type", "name", "user_id", "anonymous_id", "written_profile_id", "ts", "received_at", "properties", "context", "named_by"];
    private static readonly string[] TraitColumns = ["seq", "written_profile_id", "name", "value", "source", "ts", "evidence", "named_by"];

    public static Task WriteEventsAsync(Session warehouse, IEnumerable<OwnedHappening> events, CancellationToken cancel) =>
        warehouse.LoadAsync("event_log", EventColumns, events.Select(e => new object?[]
        {
            e.Happening.Seq, e.Happening.MessageId, e.Happening.Source, e.Happening.Type, e.Happening.Name, e.Happening.UserId, e.Happening.AnonymousId,
            e.Profile, e.Happening.At, e.Happening.ReceivedAt, e.Happening.Properties, e.Happening.Context, e.NamedBy?.ToString(),
        }), cancel);

    public static Task WriteTraitsAsync(Session warehouse, IEnumerable<TraitNews> news, CancellationToken cancel) =>
        warehouse.LoadAsync("trait_log", TraitColumns, news.SelectMany(n => n.Traits.Select(t => new object?[]
        {
            n.Seq, n.Profile, t.Key, t.Value.GetRawText(), n.Source, n.At, n.Evidence, n.NamedBy?.ToString(),
        })), cancel);

    /// <summary>
    /// Brings events and what was said of traits to those whom the identifiers that named them belong to now.
    /// </summary>
    /// <param name="profiles">Every id that may be written, with the one that it leads to.</param>
    /// <param name="owners">Whose the identifiers are; what an identifier named stays where it is if it leads there already.</param>
    public static async Task MoveAsync(Session warehouse, IReadOnlyDictionary<ProfileId, ProfileId> profiles, IReadOnlyDictionary<Identifier, ProfileId> owners, CancellationToken cancel)
    {
        object?[][] moves = [.. profiles.SelectMany(p => owners.Where(o => o.Value != p.Value).Select(o => new object?[] { p.Key, o.Key.ToString(), o.Value }))];
        await warehouse.ExecuteChunkedAsync(moves, rows => Sql.Of($"""
            with v(written, named_by, owner) as ({rows})
            update event_log set written_profile_id = v.owner from v where event_log.written_profile_id = v.written and event_log.named_by = v.named_by
            """), cancel);
        await warehouse.ExecuteChunkedAsync(moves, rows => Sql.Of($"""
            with v(written, named_by, owner) as ({rows})
            update trait_log set written_profile_id = v.owner from v where trait_log.written_profile_id = v.written and trait_log.named_by = v.named_by
            """), cancel);
    }
}
