using Kendt.Maths;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Store;

namespace Kendt.Segments.Insight;

/// <summary>How segments share their members.</summary>
/// <param name="All">Everybody that rules are judged for.</param>
/// <param name="Combinations">People by the exact set of these segments that they are in, the largest first; those in none are left out.</param>
/// <param name="Pairs">Each two of them, in the order in which they were asked for.</param>
public sealed record OverlapReport(DateTimeOffset AsOf, long All, IReadOnlyList<SegmentSize> Segments, IReadOnlyList<Combination> Combinations, IReadOnlyList<SegmentPair> Pairs);

/// <summary>A segment and how many are in it.</summary>
public sealed record SegmentSize(string Name, string Title, long Members);

/// <summary>People who are in exactly these of the segments that were asked for.</summary>
/// <param name="Rule">Who they are, as a rule.</param>
public sealed record Combination(IReadOnlyList<string> In, long People, Filter Rule);

/// <summary>Two segments.</summary>
public sealed record SegmentPair(string A, string B, TwoSets Sets, Filter Rule);

/// <summary>Exact overlap of any set of stored segments, by the members that they have now.</summary>
public sealed class Overlap(Stores stores, Catalogue catalogue, Membership membership, TimeProvider time)
{
    /// <summary>The most segments at once: with more, nobody reads the combinations.</summary>
    public const int Most = 12;

    /// <exception cref="BadInputException">Too few or too many segments, one twice, or one that does not exist.</exception>
    public async Task<OverlapReport> RunAsync(IReadOnlyList<string> names, CancellationToken cancel)
    {
        if (names.Count is < 2 or > Most) throw new BadInputException($"Overlap is of 2 to {Most} segments; {names.Count} were named.");
        if (names.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new BadInputException($"The segment '{twice.Key}' is named twice.");
        var stored = (await catalogue.ListAsync(cancel)).ToDictionary(s => s.Name, StringComparer.Ordinal);
        foreach (var name in names)
            if (!stored.ContainsKey(name)) throw new BadInputException($"There is no segment '{name}'. 'kendt segment list' shows them.");
        await membership.CopyAsync(cancel);
        var asOf = time.GetUtcNow();
        var bits = Sql.Join(" ", names.Select((n, i) => Sql.Of($"when {n} then {ValueOf(1L << i)}")));
        var (all, masks) = await stores.Warehouse.ReadAsync(async s => (
            await s.CountAsync(Sql.Of($"select count(*) from ({FilterSql.Everyone(asOf)}) as everyone"), cancel),
            await s.ListAsync(Sql.Of($"""
                select mask, count(*) from (
                    select profile_id, sum(case segment {bits} end) as mask from membership
                    where left_at is null and segment in ({Sql.Join(", ", names.Select(n => Sql.Value(n)))}) group by profile_id) as inside
                group by mask order by count(*) desc, mask
                """), r => (Mask: r.Long(0), People: r.Long(1)), cancel)), cancel);
        long Within(long mask) => masks.Where(m => (m.Mask & mask) == mask).Sum(m => m.People);
        return new(asOf, all,
            [.. names.Select((n, i) => new SegmentSize(n, stored[n].Title, Within(1L << i)))],
            [.. masks.Select(m => new Combination([.. names.Where((_, i) => (m.Mask >> i & 1) == 1)], m.People, RuleOf(names, m.Mask)))],
            [.. names.SelectMany((a, i) => names.Skip(i + 1).Select((b, j) => new SegmentPair(a, b,
                new(Within(1L << i | 1L << (i + 1 + j)), Within(1L << i), Within(1L << (i + 1 + j)), all), new All([new InSegment(a), new InSegment(b)]))))]);
    }

    private static Sql ValueOf(long number) => Store.Filters.ValueSql.Raw(number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static All RuleOf(IReadOnlyList<string> names, long mask) =>
        new([.. names.Select((n, i) => (mask >> i & 1) == 1 ? (Filter)new InSegment(n) : new Not(new InSegment(n)))]);
}
