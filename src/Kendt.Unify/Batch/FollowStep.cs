using Kendt.Model;
using Kendt.Store;
using Kendt.Unify.Matching;

namespace Kendt.Unify.Batch;

/// <summary>
/// Judges those anew who hang together with what came: their groups, the decisions about them and the pairs of the index make a plan of these few,
/// and it is applied at once, within the caller's ledger transaction.
/// </summary>
internal sealed class FollowStep(ApplyPlan apply, FollowBasis basis, DateTimeOffset at)
{
    // So many pairs wait to be answered; more are not asked about until a new plan chooses the best.
    private const int MostOpen = 400;

    private sealed record Part(MatchIndex Index, IReadOnlyList<int> Records, IReadOnlyList<Identifier> Units, IReadOnlyList<Edge> Uncertain);

    /// <param name="units">How many units were looked at.</param>
    public async Task<AppliedStep> RunAsync(Session ledger, IReadOnlyList<(MatchIndex Index, bool IsAccount, Touched Touched)> touched, int units, CancellationToken cancel)
    {
        await ledger.LockAsync(Decisions.Lock, cancel);
        var parts = new List<Part>();
        foreach (var (index, isAccount, what) in touched) parts.Add(await AroundAsync(ledger, index, isAccount, what.Records, index.Around, what.Uncertain, cancel));
        var owners = await GroupBook.OwnersAsync(ledger, [.. parts.SelectMany(p => p.Units).Distinct()], cancel);
        var groups = await GroupBook.LoadAsync(ledger, [.. owners.Values.Select(o => o.Id).Distinct()], cancel);
        var found = parts.ConvertAll(part => Judge(part, groups, owners, cancel));
        var plan = Planner.Make(groups, found, cancel);
        var ends = await GroupBook.OwnersAsync(ledger, [.. plan.Links.SelectMany(l => new[] { l.Left, l.Right }).Distinct()], cancel);
        var (outcome, counts) = await apply.LinksAsync(ledger, basis.Run, plan.Links, ends, at, cancel);
        foreach (var (index, isAccount, what) in touched) if (!isAccount) await HouseholdsAsync(ledger, index, what.Records, [.. outcome.Profiles, .. outcome.Merges.Select(m => m.Loser)], cancel);
        foreach (var part in parts) await AskAsync(ledger, part, groups, cancel);
        await MatchRuns.AddOutcomeAsync(ledger, basis.Run, counts with { Followed = units }, cancel);
        return new(outcome.Merges, outcome.Profiles, 0, 0);
    }

    // Everybody whose customer may change: who is tied to them by pairs, and who is one profile with these.
    private static async Task<Part> AroundAsync(Session ledger, MatchIndex index, bool isAccount, IReadOnlyCollection<int> seeds, Func<IEnumerable<int>, IReadOnlyList<int>> look, IReadOnlyList<Edge> uncertain, CancellationToken cancel)
    {
        while (true)
        {
            var around = look(seeds);
            var units = around.Select(record => FieldMap.UnitOf(index.IdOf(record))).ToList();
            var owners = await GroupBook.OwnersAsync(ledger, [.. units.Distinct()], cancel);
            var members = (await Unify.Cluster.ReadAsync(ledger, [.. owners.Values.Select(o => o.Id).Distinct()], cancel)).Members;
            var all = around.Union(FollowNews.IdsOf(index, members.Select(m => m.Identifier)).Select(id => index.Find(id)!.Value)).ToList();
            if (all.Count > around.Count)
            {
                seeds = all;
                continue;
            }
            // Nobody's any more, or become of the other kind.
            var places = Enumerable.Range(0, around.Count).Where(i => owners.TryGetValue(units[i], out var owner) && owner.Kind == People.Account == isAccount).ToList();
            return new(index, [.. places.Select(i => around[i])], [.. places.Select(i => units[i])], uncertain);
        }
    }

    // Whoever has a home or telephone in common with what came, and who lived with these until now.
    private async Task HouseholdsAsync(Session ledger, MatchIndex index, IReadOnlyCollection<int> touched, IReadOnlyList<ProfileId> changed, CancellationToken cancel)
    {
        var here = await AroundAsync(ledger, index, false, touched, index.Homes, [], cancel);
        var owners = await GroupBook.OwnersAsync(ledger, [.. here.Units.Distinct()], cancel);
        var concerned = owners.Values.Select(o => o.Id).Union(changed).ToList();
        var mates = (await HouseholdBook.MatesAsync(ledger, concerned, cancel)).Except(concerned).ToList();
        var members = (await Unify.Cluster.ReadAsync(ledger, mates, cancel)).Members;
        var more = FollowNews.IdsOf(index, members.Select(m => m.Identifier)).Select(id => index.Find(id)!.Value).ToList();
        if (more.Count > 0)
        {
            here = await AroundAsync(ledger, index, false, [.. here.Records, .. more], index.Homes, [], cancel);
            owners = await GroupBook.OwnersAsync(ledger, [.. here.Units.Distinct()], cancel);
        }
        var moves = await HouseholdBook.MovesAsync(ledger, [.. concerned.Union(mates).Union(owners.Values.Select(o => o.Id))], Live(index, here.Records, [.. here.Units.Select(unit => owners[unit].Id)]), at, cancel);
        await HouseholdBook.WriteAsync(ledger, moves, cancel);
    }

    /// <summary>The households of the profiles that some records are of.</summary>
    public static IReadOnlyList<IReadOnlyList<ProfileId>> Live(MatchIndex index, IReadOnlyList<int> records, IReadOnlyList<ProfileId> owners)
    {
        var persons = owners.Distinct().Index().ToDictionary(p => p.Item, p => p.Index);
        var household = index.HouseholdOf([.. records], [.. owners.Select(o => persons[o])], persons.Count);
        return [.. persons.Where(p => household[p.Value] >= 0).GroupBy(p => household[p.Value]).OrderBy(g => g.Key).Select(g => (IReadOnlyList<ProfileId>)[.. g.Select(p => p.Key).Order()])];
    }

    private static Found Judge(Part part, GroupBook groups, Dictionary<Identifier, Owner> owners, CancellationToken cancel)
    {
        var (index, records) = (part.Index, part.Records);
        int[] ofRow = [.. part.Units.Select(unit => groups.Of(unit, owners[unit].Id))];
        var rowOf = records.Index().ToDictionary(r => r.Item, r => r.Index);
        var first = new Dictionary<int, int>();
        var always = new List<(int, int)>();
        for (var row = 0; row < ofRow.Length; row++) if (!first.TryAdd(ofRow[row], records[row])) always.Add((first[ofRow[row]], records[row]));
        var never = groups.Never.Where(n => first.ContainsKey(n.Left) && first.ContainsKey(n.Right)).Select(n => (first[n.Left], first[n.Right])).ToList();
        var clusters = index.Cluster(records, always, never, cancel);
        return new(part.Units, ofRow, [.. clusters.Ties.Where(e => rowOf.ContainsKey(e.Left) && rowOf.ContainsKey(e.Right)).Select(e => new Tie(rowOf[e.Left], rowOf[e.Right], e.Weight, index.RuleOf(e)))], clusters.Refused, (left, right) => index.Explain(records[left], records[right]));
    }

    // Pairs that nobody was asked about yet, the least sure first.
    private async Task AskAsync(Session ledger, Part part, GroupBook groups, CancellationToken cancel)
    {
        if (part.Uncertain.Count == 0) return;
        var owners = await GroupBook.OwnersAsync(ledger, [.. part.Uncertain.SelectMany(e => new[] { e.Left, e.Right }).Distinct().Select(record => FieldMap.UnitOf(part.Index.IdOf(record))).Distinct()], cancel);
        var never = groups.Never.SelectMany(n => new[] { n, (n.Right, n.Left) }).ToHashSet();
        var pairs = part.Uncertain.Select(e => (Edge: e, Left: FieldMap.UnitOf(part.Index.IdOf(e.Left)), Right: FieldMap.UnitOf(part.Index.IdOf(e.Right)))).Where(p => owners.ContainsKey(p.Left) && owners.ContainsKey(p.Right))
            .Where(p => (groups.Of(p.Left, owners[p.Left].Id), groups.Of(p.Right, owners[p.Right].Id)) is var (one, other) && one != other && !never.Contains((one, other))).Take(MostOpen).ToList();
        if (pairs.Count == 0) return;
        var room = MostOpen - await ledger.CountAsync(Sql.Of($"select count(*) from match_pair where run_id = {basis.Run} and kind = 'review' and answer is null"), cancel);
        var known = (await ledger.ListChunkedAsync([.. pairs.Select(p => p.Left).Concat(pairs.Select(p => p.Right)).Distinct().Select(u => new object?[] { u.Type, u.Value })], rows => Sql.Of($"""
            with v(type, value) as ({rows}) select m.left_type, m.left_value, m.right_type, m.right_value from v join match_pair m on m.left_type = v.type and m.left_value = v.value where m.run_id = {basis.Run} and m.kind = 'review'
            """), r => (new Identifier(r.Text(0), r.Text(1)), new Identifier(r.Text(2), r.Text(3))), cancel)).ToHashSet();
        var next = await ledger.CountAsync(Sql.Of($"select coalesce(max(number), -1) + 1 from match_pair where run_id = {basis.Run}"), cancel);
        var fresh = pairs.Where(p => !known.Contains((p.Left, p.Right)) && !known.Contains((p.Right, p.Left))).Take((int)Math.Max(0, room)).ToList();
        await ledger.LoadAsync("match_pair", PlanWriter.PairColumns, fresh.Select((p, i) => new object?[]
        {
            basis.Run, next + i, "review", p.Left.Type, p.Left.Value, p.Right.Type, p.Right.Value, Math.Round(p.Edge.Weight, 2), Waterfall.Write(part.Index.Explain(p.Edge.Left, p.Edge.Right)),
        }), cancel);
    }
}
