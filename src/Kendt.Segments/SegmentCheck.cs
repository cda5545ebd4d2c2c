using System.Text.Json;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Segments.Live;
using Kendt.Store;

namespace Kendt.Segments;

/// <summary>A condition of a rule for one person, by each way of judging.</summary>
public sealed record ConditionTwice(string Path, string Condition, bool ByPredicate, bool BySql, IReadOnlyList<string> Seen);

/// <summary>Somebody whom live evaluation and SQL had differently: a defect of Kendt.</summary>
/// <param name="Live">Whether live evaluation had the person in the segment.</param>
/// <param name="ByPredicate">What the predicate says of all that the warehouse knows of the person.</param>
/// <param name="BySql">What a full evaluation says.</param>
public sealed record SegmentDefect(string Segment, ProfileId Profile, DateTimeOffset FoundAt, bool Live, bool ByPredicate, bool BySql, IReadOnlyList<ConditionTwice> Conditions);

/// <summary>What a check of the truth has compared and found.</summary>
public sealed record CheckReport(DateTimeOffset At, int Segments, long Memberships, IReadOnlyList<SegmentDefect> Defects);

/// <summary>
/// Compares live members with a full evaluation by SQL. The world goes on meanwhile, so only who differs in the same way
/// several times, with live evaluation brought up to date in between, is a defect. A defect is kept with both explanations,
/// and mended: the facts of that person are read from the warehouse again.
/// </summary>
public sealed class SegmentCheck(Stores stores, Catalogue catalogue, LiveSegments live, TimeProvider time)
{
    private const int SegmentsAtOnce = 12, Looks = 3, MostExplained = 100;

    private readonly Evaluate _evaluate = new(stores);
    private readonly Explain _explain = new(stores);

    /// <param name="progress">Segments compared, and of how many.</param>
    public async Task<CheckReport> RunAsync(Action<int, int>? progress, CancellationToken cancel)
    {
        var rules = (await catalogue.ListAsync(cancel)).ToDictionary(s => s.Name, s => s.Rule, StringComparer.Ordinal);
        var defects = new List<SegmentDefect>();
        var (memberships, done) = (0L, 0);
        foreach (var names in rules.Keys.Chunk(SegmentsAtOnce))
        {
            Dictionary<(string Segment, ProfileId Profile), bool>? odd = null;
            for (var look = 0; look < Looks && odd is not { Count: 0 }; look++)
            {
                var asked = odd is null ? names : [.. odd.Keys.Select(o => o.Segment).Distinct()];
                var (differing, compared) = await DifferingAsync([.. asked.Select(n => new NamedRule(n, rules[n]))], cancel);
                if (odd is null) memberships += compared;
                odd = odd is null ? differing : odd.Where(o => differing.TryGetValue(o.Key, out var inside) && inside == o.Value).ToDictionary();
            }
            foreach (var ((segment, profile), inside) in (odd ?? []).Take(MostExplained)) defects.Add(await ExplainAsync(segment, rules[segment], profile, inside, cancel));
            progress?.Invoke(done += names.Length, rules.Count);
        }
        if (defects.Count > 0)
        {
            await WriteAsync(defects, cancel);
            await live.RebuildAsync([.. defects.Select(d => d.Profile)], cancel);
        }
        return new(time.GetUtcNow(), rules.Count, memberships, defects);
    }

    /// <summary>The defects that were found, the latest first.</summary>
    public Task<List<SegmentDefect>> DefectsAsync(int most, CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
        select segment, profile_id, found_at, live, by_predicate, by_sql, conditions from segment_defect order by found_at desc, segment, profile_id limit {(long)most}
        """), r => new SegmentDefect(r.Text(0), r.ProfileId(1), r.Time(2), r.Bool(3), r.Bool(4), r.Bool(5), JsonSerializer.Deserialize<List<ConditionTwice>>(r.Text(6))!), cancel), cancel);

    // Who is in by one and not by the other: true where live evaluation has them.
    private async Task<(Dictionary<(string, ProfileId), bool> Differing, long Compared)> DifferingAsync(IReadOnlyList<NamedRule> rules, CancellationToken cancel)
    {
        await live.CatchUpAsync(cancel);
        var building = (await live.StatusAsync(cancel)).Where(s => s.IsBuilding).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var members = (await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select segment, profile_id from segment_member where segment in ({Sql.Join(", ", rules.Select(r => Sql.Value(r.Name)))})
            """), r => (r.Text(0), r.ProfileId(1)), cancel), cancel)).ToHashSet();
        var compared = members.Count;
        var missing = new Dictionary<(string, ProfileId), bool>();
        foreach (var (segment, right) in await _evaluate.MembersManyAsync(rules, time.GetUtcNow(), cancel))
            foreach (var profile in right)
                if (!members.Remove((segment, profile))) missing[(segment, profile)] = false;
        foreach (var one in members) missing[one] = true;
        return (missing.Where(m => !building.Contains(m.Key.Item1)).ToDictionary(), compared);
    }

    private async Task<SegmentDefect> ExplainAsync(string segment, Filter rule, ProfileId profile, bool inside, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var why = await _explain.RunAsync(rule, profile, now, cancel);
        var leaves = FilterLeaves.Of(rule).Select((l, i) => new NamedRule(i.ToString(System.Globalization.CultureInfo.InvariantCulture), l.Leaf)).ToList();
        var holds = new bool[leaves.Count];
        foreach (var (place, members) in await _evaluate.MembersManyAsync(leaves, now, cancel)) holds[int.Parse(place, System.Globalization.CultureInfo.InvariantCulture)] = members.Contains(profile);
        return new(segment, profile, now, inside, why.Member, !inside, [.. why.Conditions.Select((c, i) => new ConditionTwice(c.Path, c.Condition, c.Holds, holds[i], c.Seen))]);
    }

    private Task WriteAsync(List<SegmentDefect> defects, CancellationToken cancel) => stores.Ledger.WriteAsync(s => s.ExecuteChunkedAsync(
        [.. defects.Select(d => new object?[] { d.Segment, d.Profile, d.FoundAt, d.Live, d.ByPredicate, d.BySql, JsonSerializer.Serialize(d.Conditions) })],
        rows => Sql.Of($"insert into segment_defect (segment, profile_id, found_at, live, by_predicate, by_sql, conditions) {rows} on conflict do nothing"), cancel), cancel);
}
