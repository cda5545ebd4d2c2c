using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>Writes what a batch of sightings changed: profiles, identifiers, links, merges, what was left out. Set-based, in one transaction.</summary>
internal sealed class StitchWriter(Session ledger)
{
    internal async Task WriteAsync(People people, CancellationToken cancel)
    {
        await ledger.ExecuteChunkedAsync([.. people.Created.Select(p => new object?[] { p.Id, p.One.Kind, p.One.CreatedAt, p.One.Origin.ToString() })],
            rows => Sql.Of($"insert into profile (profile_id, kind, created_at, origin) {rows} on conflict do nothing"), cancel);
        await ledger.ExecuteChunkedAsync([.. people.Promoted.Select(p => new object?[] { p.Id, p.Kind })],
            rows => Sql.Of($"with v(profile_id, kind) as ({rows}) update profile set kind = v.kind from v where profile.profile_id = v.profile_id"), cancel);
        await ledger.ExecuteChunkedAsync([.. people.Attached.Select(a => new object?[] { a.Key.Type, a.Key.Value, people.Survivor(a.Value.Id), a.Value.Source, a.Value.At })],
            rows => Sql.Of($"insert into identifier (type, value, profile_id, source, first_seen) {rows} on conflict do nothing"), cancel);
        if (people.Unions.Count > 0) await MergeAsync(people, cancel);
        var tied = await ledger.ListChunkedAsync([.. people.Links.Select(l => new object?[] { l.Key.Left.Type, l.Key.Left.Value, l.Key.Right.Type, l.Key.Right.Value, "seen_together", l.Value.Evidence, l.Value.Source, 1.0, l.Value.At })],
            rows => Sql.Of($"insert into link (left_type, left_value, right_type, right_value, rule, evidence, source, weight, at) {rows} on conflict do nothing returning right_type, right_value"), r => new Identifier(r.Text(0), r.Text(1)), cancel);
        ledger.Changes([.. tied.Select(people.OwnerOf), .. people.Created.Select(p => p.Id), .. people.Promoted.Select(p => p.Id), .. people.Attached.Values.Select(a => people.Survivor(a.Id)), .. people.Unions.SelectMany(u => new[] { u.Loser, people.Survivor(u.Loser) })]);
        await ledger.ExecuteChunkedAsync([.. people.Refused.Select(l => new object?[] { l.Key.Identifier.Type, l.Key.Identifier.Value, l.Key.With.Type ?? "", l.Key.With.Value ?? "", l.Key.Reason, l.Value.First.Evidence, (long)l.Value.Times, l.Value.First.At })],
            rows => Sql.Of($"""
                insert into left_out (type, value, with_type, with_value, reason, evidence, times, at) {rows}
                on conflict (type, value, with_type, with_value, reason) do update set times = left_out.times + excluded.times
                """), cancel);
    }

    // A loser's identifiers, and the ids that it had taken over earlier, go to the final survivor: every id resolves in one step.
    private async Task MergeAsync(People people, CancellationToken cancel)
    {
        var because = people.Unions.ToDictionary(u => u.Loser, u => u.Because);
        object?[][] losers = [.. because.Keys.Select(loser => new object?[] { loser, people.Survivor(loser), because[loser].At })];
        var carried = await ledger.ListChunkedAsync(losers,
            rows => Sql.Of($"""
                with v(loser, survivor, at) as ({rows})
                select p.profile_id, v.survivor, v.loser from v join profile p on p.merged_into = v.loser
                """),
            r => (Id: r.ProfileId(0), Survivor: r.ProfileId(1), Loser: r.ProfileId(2)), cancel);
        ledger.Changes(carried.Select(c => c.Id));
        await ledger.ExecuteChunkedAsync(losers,
            rows => Sql.Of($"with v(loser, survivor, at) as ({rows}) update identifier set profile_id = v.survivor from v where identifier.profile_id = v.loser"), cancel);
        object?[][] moved = [.. losers, .. carried.Select(c => new object?[] { c.Id, c.Survivor, because[c.Loser].At })];
        await ledger.ExecuteChunkedAsync(moved,
            rows => Sql.Of($"with v(loser, survivor, at) as ({rows}) update profile set merged_into = v.survivor, merged_at = v.at from v where profile.profile_id = v.loser"), cancel);

        var seq = await ledger.CountAsync(Sql.Of($"select max(seq) from merge_log"), cancel);
        await ledger.ExecuteChunkedAsync(
            [.. because.Select(b => new object?[] { ++seq, b.Key, people.Survivor(b.Key), b.Value.At, b.Value.Evidence, false }),
             .. carried.Select(c => new object?[] { ++seq, c.Id, c.Survivor, because[c.Loser].At, because[c.Loser].Evidence, true })],
            rows => Sql.Of($"insert into merge_log (seq, profile_id, survivor_id, merged_at, evidence, carried) {rows}"), cancel);
    }
}
