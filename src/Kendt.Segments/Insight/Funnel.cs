using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Store;
using Kendt.Store.Filters;

namespace Kendt.Segments.Insight;

/// <summary>How many people came how far through a sequence of events.</summary>
/// <param name="Looked">How many of those who did the first step were looked at; where that is fewer than all, later numbers are estimates.</param>
/// <param name="Groups">The same for the members of each segment that was asked for.</param>
public sealed record FunnelReport(DateTimeOffset AsOf, SequenceRule Rule, long Looked, IReadOnlyList<FunnelStep> Steps, IReadOnlyList<FunnelGroup> Groups);

/// <summary>One step.</summary>
/// <param name="People">Those who reached it.</param>
/// <param name="OfFirst">Their part of those who did the first step, 0 to 1.</param>
/// <param name="Low">The lower end of an interval that has the true part of the first in it 19 times of 20; both ends are that part where everybody was looked at.</param>
/// <param name="High">The upper end.</param>
/// <param name="OfBefore">Their part of those who reached the step before.</param>
/// <param name="Median">Time since the step before, at each person's shortest; null for the first step and where nobody came.</param>
/// <param name="Nine">The time that nine in ten stay below.</param>
/// <param name="Reached">Those who reached it, as a rule.</param>
/// <param name="Lost">Those who reached this step and not the next, as a rule; null for the last step.</param>
public sealed record FunnelStep(EventMatch Match, long People, double OfFirst, double Low, double High, double OfBefore, TimeSpan? Median, TimeSpan? Nine, Filter Reached, Filter? Lost);

/// <summary>The members of a segment at each step.</summary>
public sealed record FunnelGroup(string Segment, IReadOnlyList<long> People, IReadOnlyList<Filter> Reached);

/// <summary>Funnels. A funnel is a sequence rule and means what the rule means: each step's people are those for whom its beginning holds.</summary>
public sealed class Funnel(Stores stores, Catalogue catalogue, Membership membership)
{
    /// <summary>The most segments that a funnel is split by.</summary>
    public const int MostGroups = 12;

    /// <summary>So many of those who did the first step are looked at unless more are asked for.</summary>
    public const int Usual = Looked.Usual;

    private static readonly double[] Parts = [0.5, 0.9];

    /// <param name="most">How many of those who did the first step are looked at, the same each time; null for all.</param>
    /// <exception cref="BadInputException">The rule is no sequence, or a segment does not exist.</exception>
    public async Task<FunnelReport> RunAsync(Filter rule, IReadOnlyList<string> segments, int? most, DateTimeOffset asOf, CancellationToken cancel)
    {
        if (rule is not SequenceRule sequence) throw new BadInputException("""A funnel is a sequence, as in {"sequence": [{"event": "Product Viewed"}, {"event": "Order Completed"}], "span": "7d", "within": "90d"}.""");
        if (segments.Count > MostGroups) throw new BadInputException($"A funnel is split by at most {MostGroups} segments; {segments.Count} were named.");
        var known = (await catalogue.ListAsync(cancel)).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in segments)
            if (!known.Contains(name)) throw new BadInputException($"There is no segment '{name}'. 'kendt segment list' shows them.");
        if (segments.Count > 0) await membership.CopyAsync(cancel);
        asOf = Crowd.Moment(asOf);
        var looked = most is null ? null : await Looked.ChooseAsync(stores, FunnelSql.Began(sequence, asOf), Looked.Nobody, most, "funnel", cancel);
        // Everybody needs no list, and is one scan.
        var among = looked is null or { IsEverybody: true } ? null : Sql.Of($"select profile_id from ({looked.Who}) as looked");
        var count = sequence.Steps.Count;
        var people = Sql.Join(", ", Enumerable.Range(1, count).Select(k => Sql.Of($"count(case when {Sql.Name($"r{k}")} then 1 end)")));
        // Only those of who reached the step have a time.
        var times = Sql.Join("", Enumerable.Range(2, count - 1).SelectMany(k => Parts.Select(at =>
            Sql.Of($", percentile_cont({ValueSql.Raw(at.ToString(System.Globalization.CultureInfo.InvariantCulture))}) within group (order by cast({Sql.Name($"g{k}")} as double precision))"))));
        var nothing = Sql.Join("", Enumerable.Range(0, 2 * (count - 1)).Select(_ => Sql.Of($", cast(null as double precision)")));
        var groups = segments.Count == 0 ? Sql.Empty : Sql.Of($"""
             union all select m.segment, {people}{nothing} from reach join membership m on m.profile_id = reach.profile_id
            where m.left_at is null and m.segment in ({Sql.Join(", ", segments.Select(s => Sql.Value(s)))}) group by m.segment
            """);
        var rows = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"with reach as ({FunnelSql.Reached(sequence, among, asOf)}) select '' as segment, {people}{times} from reach{groups}"), r => (
            Segment: r.Text(0),
            People: Enumerable.Range(1, count).Select(r.Long).ToList(),
            Times: Enumerable.Range(1 + count, 2 * (count - 1)).Select(r.DoubleOrNull).ToList()), cancel), cancel);
        var all = rows.Single(r => r.Segment.Length == 0);
        var seen = all.People[0];
        var scale = among is null || seen == 0 ? 1 : looked!.All / (double)seen;
        long Many(long people) => (long)Math.Round(people * scale);
        (double Low, double High) Ends(long people) => among is null || seen == 0 ? (Part(people, seen), Part(people, seen)) : Maths.Differences.Wilson(people, seen);
        var reached = Enumerable.Range(1, count).Select(k => k == 1
            ? (Filter)new EventRule(sequence.Steps[0].Match, new(sequence.Within, null, null), Aggregate.Once)
            : sequence with { Steps = [.. sequence.Steps.Take(k)] }).ToList();
        return new(asOf, sequence, seen,
            [.. sequence.Steps.Select((step, i) => new FunnelStep(step.Match, Many(all.People[i]), Part(all.People[i], seen), Ends(all.People[i]).Low, Ends(all.People[i]).High, i == 0 ? 1 : Part(all.People[i], all.People[i - 1]),
                i == 0 ? null : Time(all.Times[2 * i - 2]), i == 0 ? null : Time(all.Times[2 * i - 1]), reached[i], i == count - 1 ? null : new All([reached[i], new Not(reached[i + 1])])))],
            [.. segments.Select(s => new FunnelGroup(s, (rows.FirstOrDefault(r => r.Segment == s).People ?? [.. new long[count]]).ConvertAll(Many), [.. reached.Select(r => new All([new InSegment(s), r]))]))]);
    }

    private static double Part(long some, long of) => of == 0 ? 0 : some / (double)of;

    private static TimeSpan? Time(double? micros) => micros is { } m ? TimeSpan.FromMicroseconds(Math.Round(m)) : null;
}
