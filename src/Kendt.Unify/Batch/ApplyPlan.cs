using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify.Batch;

/// <summary>What one step of applying did.</summary>
/// <param name="Merges">Profile ids that became part of another.</param>
/// <param name="Profiles">The profiles that were touched, as they are called now.</param>
/// <param name="Done">How many places are done; <paramref name="Total"/> of how many.</param>
public sealed record AppliedStep(IReadOnlyList<Merge> Merges, IReadOnlyList<ProfileId> Profiles, long Done, long Total);

/// <summary>
/// Applies a plan, a bounded number of changes in each ledger transaction: links are written and revoked, and the profiles that they touch
/// derived anew. The place that it has come to is in the same transaction, so that a killed process goes on there and nothing is done twice.
/// </summary>
/// <param name="places">Changes of one transaction; 200 unless said.</param>
public sealed class ApplyPlan(IdentifierRules rules, int places = 200)
{
    /// <summary>The next step within the caller's ledger transaction; null when all is done.</summary>
    /// <exception cref="BadInputException">The run is not being applied.</exception>
    public async Task<AppliedStep?> StepAsync(Session ledger, Guid run, DateTimeOffset at, CancellationToken cancel)
    {
        await ledger.LockAsync(Decisions.Lock, cancel);
        var row = await MatchRuns.FindAsync(ledger, run, cancel) ?? throw new BadInputException("There is no such run of matching.");
        if (row.State is MatchState.Applied) return null;
        if (row.State is not MatchState.Applying) throw new BadInputException("This plan is not being applied.");
        var until = await ledger.CountAsync(Sql.Of($"select max(place) from (select place from match_change where run_id = {run} and place > {row.AppliedTo} order by place limit {(long)places}) as next"), cancel);
        if (until == 0)
        {
            await ledger.ExecuteAsync(Sql.Of($"update match_run set state = {MatchState.Applied}, applied_at = {at} where run_id = {run}"), cancel);
            if (await MatchRuns.BasisAsync(ledger, run, cancel) is { } basis) await basis.Reached.WriteAsync(ledger, cancel); // what came later is matched from here on
            return null;
        }
        var links = await ledger.ListAsync(Sql.Of($"""
            select place, action, left_type, left_value, right_type, right_value, rule, weight, detail from match_link
            where run_id = {run} and place > {row.AppliedTo} and place <= {until} order by place, number
            """), r => new PlannedLink(r.Int(0), r.Text(1) == "add", new(r.Text(2), r.Text(3)), new(r.Text(4), r.Text(5)), r.Text(6), r.Double(7), r.TextOrNull(8)), cancel);
        var owners = await GroupBook.OwnersAsync(ledger, [.. links.SelectMany(l => new[] { l.Left, l.Right }).Distinct()], cancel);
        var skipped = await SkippedAsync(ledger, links, owners, row.Decisions, cancel);
        links.RemoveAll(l => skipped.Contains(l.Place));
        var (outcome, now) = await LinksAsync(ledger, run, links, owners, at, cancel);
        now = now with { Skipped = skipped.Count };
        await ledger.ExecuteAsync(Sql.Of($"update match_run set applied_to = {until}, outcome = {MatchRuns.Json(row.Outcome + now)} where run_id = {run}"), cancel);
        return new(outcome.Merges, outcome.Profiles, until, await ledger.CountAsync(Sql.Of($"select max(place) from match_change where run_id = {run}"), cancel));
    }

    /// <summary>Writes and revokes links, and derives the profiles that they touch anew.</summary>
    /// <param name="owners">Whose the ends of the links are.</param>
    internal async Task<(Regroup.Outcome Outcome, MatchOutcome Counts)> LinksAsync(Session ledger, Guid run, IReadOnlyList<PlannedLink> links, Dictionary<Identifier, Owner> owners, DateTimeOffset at, CancellationToken cancel)
    {
        await WriteAsync(ledger, run, links, at, cancel);
        var touched = links.SelectMany(l => new[] { owners[l.Left].Id, owners[l.Right].Id }).Distinct().ToList();
        var outcome = await new Regroup(rules, EvidenceOf(run), new HashSet<Identifier>(), at).RunAsync(ledger, touched, cancel);
        await Reattribution.AskAsync(ledger, outcome.Parted, at, cancel);
        var parted = Math.Max(0, outcome.Profiles.Count + outcome.Merges.Count - touched.Count);
        return (outcome, new(outcome.Merges.Count, parted, links.Count(l => l.IsAdded), links.Count(l => !l.IsAdded)));
    }

    /// <summary>How links and merges name the run that made them.</summary>
    public static string EvidenceOf(Guid run) => $"match:{run:D}";

    // What somebody decided after the plan was made stands above it; so does what is not there any more, or turned out to be of another kind.
    private static async Task<HashSet<int>> SkippedAsync(Session ledger, List<PlannedLink> links, Dictionary<Identifier, Owner> owners, long decisions, CancellationToken cancel)
    {
        var skipped = new HashSet<int>();
        foreach (var link in links)
        {
            if (!owners.TryGetValue(link.Left, out var left) || !owners.TryGetValue(link.Right, out var right) || link.IsAdded && (left.Kind == People.Account) != (right.Kind == People.Account)) skipped.Add(link.Place);
        }
        var newer = await ledger.ListAsync(Sql.Of($"select kind, left_type, left_value from identity_decision where seq > {decisions} and undone_at is null"), r => (Kind: r.Text(0), Left: new Identifier(r.Text(1), r.Text(2))), cancel);
        if (newer.Count == 0) return skipped;
        var shared = newer.Where(d => d.Kind == "quarantine").Select(d => d.Left).ToHashSet();
        var apart = await Apart.ReadAsync(ledger, [.. owners.Values.Select(o => o.Id).Distinct()], cancel);
        foreach (var place in links.GroupBy(l => l.Place))
        {
            var concerned = place.SelectMany(l => new[] { l.Left, l.Right }).Where(owners.ContainsKey).ToList();
            var ids = concerned.Select(i => owners[i].Id).ToHashSet();
            if (concerned.Exists(shared.Contains) || apart.Pairs.Any(p => p.Seq > decisions && ids.Contains(p.LeftOwner) && ids.Contains(p.RightOwner))) skipped.Add(place.Key);
        }
        return skipped;
    }

    private static async Task WriteAsync(Session ledger, Guid run, IReadOnlyList<PlannedLink> links, DateTimeOffset at, CancellationToken cancel)
    {
        await ledger.ExecuteChunkedAsync([.. links.Where(l => l.IsAdded).Select(l => new object?[] { l.Left.Type, l.Left.Value, l.Right.Type, l.Right.Value, l.Rule, EvidenceOf(run), "matching", l.Weight, at, l.Detail ?? "" })],
            rows => Sql.Of($"""
                insert into link (left_type, left_value, right_type, right_value, rule, evidence, source, weight, at, detail) {rows}
                on conflict (left_type, left_value, right_type, right_value, rule) do update
                set evidence = excluded.evidence, weight = excluded.weight, at = excluded.at, detail = excluded.detail, revoked_at = null, revoked_by = null
                """), cancel);
        await ledger.ExecuteChunkedAsync([.. links.Where(l => !l.IsAdded).Select(l => new object?[] { l.Left.Type, l.Left.Value, l.Right.Type, l.Right.Value, l.Rule })],
            rows => Sql.Of($"""
                with v(left_type, left_value, right_type, right_value, rule) as ({rows})
                update link set revoked_at = {at} from v where link.left_type = v.left_type and link.left_value = v.left_value
                    and link.right_type = v.right_type and link.right_value = v.right_value and link.rule = v.rule and link.revoked_at is null
                """), cancel);
    }
}
