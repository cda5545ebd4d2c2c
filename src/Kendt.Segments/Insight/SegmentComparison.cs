using Kendt.Maths;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Measures;
using Kendt.Store;
using Kendt.Store.Filters;

namespace Kendt.Segments.Insight;

/// <summary>Two segments by one trait or measure.</summary>
/// <param name="Of">What they are compared by: <c>trait:plan</c> or <c>measure:spend</c>.</param>
/// <param name="Both">Members of both; they count in either, so that intervals are a little too wide.</param>
/// <param name="Means">The difference of the means of its numbers; null where there are none.</param>
/// <param name="Holders">How many members of either have a text or boolean of it.</param>
/// <param name="Values">How many different ones they have; with about as many as people there is nothing to compare, and no part.</param>
/// <param name="Parts">Values, or bands of numbers, with the part of each segment's members that has them.</param>
public sealed record ComparisonReport(DateTimeOffset AsOf, string Of, ComparedSegment A, ComparedSegment B, long Both, Difference? Means, long Holders, long Values, IReadOnlyList<ComparedPart> Parts);

/// <summary>One of the two.</summary>
/// <param name="Numbers">How its numbers lie; null where it has none.</param>
public sealed record ComparedSegment(string Name, long Members, NumberSpread? Numbers);

/// <summary>How numbers lie.</summary>
public sealed record NumberSpread(long Count, double Mean, double Deviation, double LowerQuarter, double Median, double UpperQuarter);

/// <summary>A value or band.</summary>
/// <param name="Difference">Of the part of A's members and the part of B's; null where a segment is empty.</param>
public sealed record ComparedPart(Feature Feature, long A, long B, Difference? Difference);

/// <summary>Compares the members of two segments.</summary>
public sealed class SegmentComparison(Stores stores, Catalogue catalogue, Membership membership)
{
    private const int MostValues = 20;
    private static readonly double[] Tenths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    /// <summary>Traits of few values, or of numbers: those that people can be compared by; those that are said most come first.</summary>
    public async Task<IReadOnlyList<string>> TraitsAsync(CancellationToken cancel) => await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($$"""
        select name from trait_log where value not like '{%' and name not like '%.%' group by name
        having count(distinct value) > 1 and (count(distinct value) <= {{5L * MostValues}} or count(case when value < '-' or value >= ':' then 1 end) = 0) order by count(*) desc, name
        """), r => r.Text(0), cancel), cancel);

    /// <exception cref="BadInputException">A segment or measure does not exist, or what to compare by is not said as it should be.</exception>
    public async Task<ComparisonReport> RunAsync(string a, string b, string of, DateTimeOffset asOf, CancellationToken cancel)
    {
        foreach (var name in new[] { a, b })
            if (await catalogue.FindAsync(name, cancel) is null) throw new BadInputException($"There is no segment '{name}'. 'kendt segment list' shows them.");
        if (a == b) throw new BadInputException("A segment cannot be compared with itself; name two.");
        await membership.CopyAsync(cancel);
        asOf = Crowd.Moment(asOf);
        var (kind, subject) = of.IndexOf(':', StringComparison.Ordinal) is var at and > 0 ? (of[..at], of[(at + 1)..]) : ("", "");
        if (kind is not ("trait" or "measure") || subject.Length == 0 || subject.Split('.').Any(s => s.Length == 0)) throw new BadInputException($"of: '{(of.Length > 80 ? of[..80] + "..." : of)}' is none; write trait:NAME or measure:NAME.");
        var scope = new FactScope(asOf, kind == "trait" && subject.Contains('.', StringComparison.Ordinal) ? [subject] : [], [], [], null, [subject.Split('.')[0]], new(0, 0, 0, 0, Sql.Of($"select distinct profile_id, 1 as inside from membership where left_at is null and segment in ({a}, {b})")));
        Filter? whole = null;
        if (kind == "measure")
        {
            var definition = await stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select definition from measure where name = {subject} and level = 'profile'"), r => r.Text(0), cancel), cancel)
                ?? throw new BadInputException($"There is no measure '{subject}' of customers. 'kendt measure list' shows them.");
            scope = scope with { Measures = [(subject, false)], Paths = [] };
            whole = MeasureJson.Parse(definition) is EventMeasure { Calculation.IsZeroWithoutEvents: true } ? new All([]) : null;
        }
        var groups = Sql.Of($"groups as (select distinct segment, profile_id from membership where left_at is null and segment in ({a}, {b}))");
        // Of a measure that is zero without events, everybody has a number.
        var number = kind == "trait" ? Sql.Of($"select profile_id, n from said where name = {subject} and n is not null")
            : whole is null ? Sql.Of($"select subject as profile_id, value as n from measure_value where measure = {subject}")
            : Sql.Of($"select distinct g.profile_id, coalesce(v.value, 0) as n from groups g left join measure_value v on v.measure = {subject} and v.subject = g.profile_id");
        var before = kind == "trait" ? Sql.Of($"{FactSql.Who(scope)}, {FactSql.Traits(scope)}, ") : Sql.Empty;
        var steps = Sql.Of($"with {before}{groups}, figure as ({number})");
        return await stores.Warehouse.ReadAsync(async s =>
        {
            var sizes = (await s.ListAsync(Sql.Of($"with {groups} select segment, count(*) from groups group by segment"), r => (r.Text(0), r.Long(1)), cancel)).ToDictionary(StringComparer.Ordinal);
            var both = await s.CountAsync(Sql.Of($"with {groups} select count(*) from (select profile_id from groups group by profile_id having count(*) = 2) as shared"), cancel);
            // Squares of numbers beyond this would overflow; a mean that has one is no mean.
            var sane = Sql.Of($"least(1e100, greatest(-1e100, n))");
            var spreads = (await s.ListAsync(Sql.Of($"""
                {steps} select g.segment, count(*), avg({sane}), coalesce(stddev_samp({sane}), 0), percentile_cont(0.25) within group (order by n), percentile_cont(0.5) within group (order by n), percentile_cont(0.75) within group (order by n)
                from groups g join figure f on f.profile_id = g.profile_id group by g.segment
                """), r => (Segment: r.Text(0), Spread: new NumberSpread(r.Long(1), r.Double(2), r.Double(3), r.Double(4), r.Double(5), r.Double(6))), cancel)).ToDictionary(r => r.Segment, r => r.Spread, StringComparer.Ordinal);
            var parts = new List<(Feature Feature, string Segment, long People)>();
            if (spreads.Count > 0) parts.AddRange(await BandsAsync(s, steps, kind, subject, cancel));
            var (holders, values) = kind == "trait" ? await ManyAsync(s, steps, subject, cancel) : (0, 0);
            if (kind == "trait" && (values <= MostValues || values * 2 <= holders)) parts.AddRange(await ValuesAsync(s, steps, subject, cancel));
            ComparedSegment Of(string name) => new(name, sizes.GetValueOrDefault(name), spreads.GetValueOrDefault(name));
            var (left, right) = (Of(a), Of(b));
            Difference? means = left.Numbers is { } m && right.Numbers is { } n ? Differences.OfMeans((m.Count, m.Mean, m.Deviation), (n.Count, n.Mean, n.Deviation)) : null;
            return new ComparisonReport(asOf, of, left, right, both, means, holders, values, [.. parts.GroupBy(p => (p.Feature.Kind, p.Feature.Value)).Select(g =>
            {
                long People(string name) => g.Where(p => p.Segment == name).Sum(p => p.People);
                return new ComparedPart(g.First().Feature, People(a), People(b), Differences.OfParts((People(a), left.Members), (People(b), right.Members)));
            })]);
        }, cancel);
    }

    private static async Task<IEnumerable<(Feature, string, long)>> BandsAsync(Session s, Sql steps, string kind, string subject, CancellationToken cancel)
    {
        var tenths = Sql.Join(", ", Tenths.Select(t => Sql.Of($"percentile_cont({ValueSql.Raw(t.ToString(System.Globalization.CultureInfo.InvariantCulture))}) within group (order by n)")));
        var (least, near) = await s.FirstAsync(Sql.Of($"{steps} select min(n), {tenths} from groups g join figure f on f.profile_id = g.profile_id"), r => (r.Double(0), Tenths.Select((_, i) => r.Double(i + 1)).ToArray()), cancel);
        var bands = new Bands(kind == "trait" ? FeatureKind.Number : FeatureKind.Measure, subject, Bands.Neat(near!, least));
        var place = bands.Cuts.Count == 0 ? ValueSql.Raw("0") : Sql.Of($"case {Sql.Join(" ", bands.Cuts.Select((cut, i) => Sql.Of($"when n < {cut} then {ValueSql.Raw(i.ToString(System.Globalization.CultureInfo.InvariantCulture))}")))} else {ValueSql.Raw(bands.Cuts.Count.ToString(System.Globalization.CultureInfo.InvariantCulture))} end");
        return (await s.ListAsync(Sql.Of($"{steps} select segment, place, count(*) from (select g.segment, {place} as place from groups g join figure f on f.profile_id = g.profile_id) as placed group by segment, place order by place"), r => (r.Text(0), r.Int(1), r.Long(2)), cancel))
            .Select(r => (bands.Feature(r.Item2), r.Item1, r.Item3));
    }

    private static Task<(long Holders, long Values)> ManyAsync(Session s, Sql steps, string subject, CancellationToken cancel) => s.FirstAsync(
        Sql.Of($"{steps} select count(distinct v.profile_id), count(distinct coalesce('t' || v.t, case when v.b then 'btrue' else 'bfalse' end)) from said v where v.name = {subject} and (v.t is not null or v.b is not null)"), r => (r.Long(0), r.Long(1)), cancel);

    private static async Task<IEnumerable<(Feature, string, long)>> ValuesAsync(Session s, Sql steps, string subject, CancellationToken cancel) =>
        (await s.ListAsync(Sql.Of($"""
            {steps}, valued as (select g.segment, coalesce('t' || v.t, case when v.b then 'btrue' else 'bfalse' end) as value from groups g join said v on v.profile_id = g.profile_id where v.name = {subject} and (v.t is not null or v.b is not null)),
            counted as (select segment, value, count(*) as people, sum(count(*)) over (partition by value) as of_both from valued group by segment, value)
            select segment, value, people, of_both from (select segment, value, people, of_both, dense_rank() over (order by of_both desc, value) as place from counted) as ranked where place <= {(long)MostValues} order by of_both desc, value
            """), r => (r.Text(0), r.Text(1), r.Long(2)), cancel)).SelectMany(r => Features.Of("trait", subject, r.Item2, new Dictionary<(FeatureKind, string), Bands>()).Select(f => (f, r.Item1, r.Item3)));
}
