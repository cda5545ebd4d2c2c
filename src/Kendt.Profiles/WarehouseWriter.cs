using Kendt.Model;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>One event with the profile that it belonged to when it was written; null if it names nobody (a receipt without a card).</summary>
/// <param name="NamedBy">The identifier that decided whose it is; the event goes where that goes.</param>
public sealed record OwnedHappening(Happening Happening, ProfileId? Profile, Identifier? NamedBy = null);

/// <summary>Appends events, what was said of traits and who was named to the warehouse, within the caller's transaction.</summary>
public static class WarehouseWriter
{
    private static readonly string[] EventColumns = ["seq", "message_id", "source", "type", "name", "user_id", "anonymous_id", "written_profile_id", "ts", "received_at", "properties", "context", "named_by"];
    private static readonly string[] TraitColumns = ["seq", "written_profile_id", "name", "value", "source", "ts", "evidence", "named_by"];

    public static Task WriteEventsAsync(Session warehouse, IEnumerable<OwnedHappening> events, CancellationToken cancel)
    {
        var keyed = OwnEvents.HasKey(warehouse.Dialect);
        return warehouse.LoadAsync("event_log", keyed ? [.. EventColumns, "profile_key"] : EventColumns, events.Select(e =>
        {
            object?[] row =
            [
                e.Happening.Seq, e.Happening.MessageId, e.Happening.Source, e.Happening.Type, e.Happening.Name, e.Happening.UserId, e.Happening.AnonymousId,
                e.Profile, e.Happening.At, e.Happening.ReceivedAt, e.Happening.Properties, e.Happening.Context, e.NamedBy?.ToString(),
            ];
            return keyed ? [.. row, e.Profile is { } profile ? OwnEvents.Key(profile) : null] : row;
        }), cancel);
    }

    public static Task WriteTraitsAsync(Session warehouse, IEnumerable<TraitNews> news, CancellationToken cancel) =>
        warehouse.LoadAsync("trait_log", TraitColumns, news.SelectMany(n => n.Traits.Select(t => new object?[]
        {
            n.Seq, n.Profile, t.Key, JsonText.Of(t.Value), n.Source, n.At, n.Evidence, n.NamedBy?.ToString(),
        })), cancel);

    /// <summary>Records that brought identifiers and no traits: whom they named, so that readers who follow the log see that somebody is known by more.</summary>
    public static Task WriteNamingsAsync(Session warehouse, IEnumerable<(long Record, ProfileId Profile)> namings, CancellationToken cancel) =>
        warehouse.LoadAsync("naming_log", ["seq", "written_profile_id"], namings.Select(n => new object?[] { n.Record, n.Profile }), cancel);

    /// <summary>
    /// Brings events and what was said of traits to those whom the identifiers that named them belong to now.
    /// </summary>
    /// <param name="profiles">Every id that may be written, with the one that it leads to.</param>
    /// <param name="owners">Whose the identifiers are; what an identifier named stays where it is if it leads there already.</param>
    public static async Task MoveAsync(Session warehouse, IReadOnlyDictionary<ProfileId, ProfileId> profiles, IReadOnlyDictionary<Identifier, ProfileId> owners, CancellationToken cancel)
    {
        if (profiles.Values.Concat(owners.Values).Distinct().Count() < 2) return; // everything leads to one
        await warehouse.ExecuteAsync(Sql.Of($"create temporary table if not exists written_id (written uuid not null, leads uuid not null)"), cancel);
        await warehouse.ExecuteAsync(Sql.Of($"create temporary table if not exists named_owner (named_by text not null, owner uuid not null)"), cancel);
        await warehouse.ExecuteAsync(Sql.Of($"delete from written_id"), cancel);
        await warehouse.ExecuteAsync(Sql.Of($"delete from named_owner"), cancel);
        await warehouse.LoadAsync("written_id", ["written", "leads"], profiles.Select(p => new object?[] { p.Key, p.Value }), cancel);
        await warehouse.LoadAsync("named_owner", ["named_by", "owner"], owners.Select(o => new object?[] { o.Key.ToString(), o.Value }), cancel);
        // Asked so that no engine begins with every id beside every identifier.
        await warehouse.ExecuteAsync(Sql.Of($"""
            update event_log set written_profile_id = n.owner{OwnEvents.Moved} from named_owner n
            where event_log.named_by = n.named_by and (event_log.written_profile_id, n.owner) not in (select written, leads from written_id)
            """), cancel);
        await warehouse.ExecuteAsync(Sql.Of($"""
            update trait_log set written_profile_id = n.owner from named_owner n
            where trait_log.named_by = n.named_by and (trait_log.written_profile_id, n.owner) not in (select written, leads from written_id)
            """), cancel);
    }

    /// <summary>
    /// Takes back what records said, before the batch's own news is written. A row without a value stays in its place, so that readers who
    /// follow the log see that something of this profile is not said any more.
    /// </summary>
    public static async Task WithdrawAsync(Session warehouse, IReadOnlyList<TraitNews> gone, CancellationToken cancel)
    {
        if (gone.Count == 0) return;
        var byEvidence = gone.GroupBy(g => g.Evidence, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.MaxBy(n => n.Seq)!, StringComparer.Ordinal);
        object?[][] evidence = [.. byEvidence.Keys.Select(e => new object?[] { e })];
        var said = await warehouse.ListChunkedAsync(evidence, rows => Sql.Of($"with v(evidence) as ({rows}) select distinct t.profile_id, t.name, t.evidence from v join trait_said t on t.evidence = v.evidence where t.value <> ''"),
            r => (Profile: r.ProfileId(0), Name: r.Text(1), Last: byEvidence[r.Text(2)]), cancel);
        await warehouse.ExecuteChunkedAsync(evidence, rows => Sql.Of($"delete from trait_log where evidence in ({rows})"), cancel);
        await warehouse.LoadAsync("trait_log", TraitColumns, said.Select(s => new object?[] { s.Last.Seq, s.Profile, s.Name, "", s.Last.Source, s.Last.At, s.Last.Evidence, s.Last.NamedBy?.ToString() }), cancel);
    }
}
