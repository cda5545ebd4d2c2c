using Kendt.Model.Filters;
using Kendt.Model.Measures;
using Kendt.Store;
using Kendt.Store.Measures;

namespace Kendt.Segments.Insight;

/// <summary>What suggestions are about: which events are orders and what they are worth.</summary>
public sealed record OrderWords(string Event = "Order Completed", string Worth = "total")
{
    /// <summary>Orders without conditions.</summary>
    public EventMatch Match => new(Event, []);

    /// <summary>The sum of what orders are worth.</summary>
    public EventMeasure Spend => new(Match, MeasureWindow.Always, new(CalculationKind.Sum, new(Worth)));
}

/// <summary>A segment that could be.</summary>
/// <param name="Key">What it is called by programs: <c>champions</c>, <c>cluster-1</c>; unique among those it came with.</param>
/// <param name="Rule">The segment, ready to be stored.</param>
/// <param name="People">For how many the rule holds now.</param>
/// <param name="Mean">The mean of the measure that was looked at, over them.</param>
/// <param name="SumPart">Their part of the sum of that measure, 0 to 1.</param>
public sealed record Suggestion(string Key, Filter Rule, long People, double Mean, double SumPart);

/// <summary>The three ways to segments that could be.</summary>
public sealed record SuggestionRooms(RfmFamilies Families, Clusters Clusters, Subgroups Subgroups);

/// <summary>Figures of people for whom rules hold.</summary>
internal static class RuleFigures
{
    private const int AtOnce = 12;

    /// <summary>For each rule: how many people it holds for, and the mean and sum of a number over those of them that have one, or 0 counts where there is none.</summary>
    public static async Task<IReadOnlyList<(long People, double Mean, double Sum)>> OfAsync(Stores stores, IReadOnlyList<Filter> rules, EventMeasure measure, DateTimeOffset asOf, CancellationToken cancel)
    {
        var evaluate = new Evaluate(stores);
        var known = await MeasureRules.OfAsync(stores, rules, cancel);
        List<Filter> expanded = [.. rules.Select(r => FilterMeasures.Expand(r, known))];
        var sources = await evaluate.QuestionAsync(expanded, asOf, cancel);
        var value = measure.Calculation.IsZeroWithoutEvents ? Sql.Of($"coalesce(m.value, 0)") : Sql.Of($"m.value");
        var found = new List<(long, double, double)>();
        foreach (var chunk in expanded.Chunk(AtOnce))
        {
            var figures = Sql.Join(", ", chunk.Select((_, i) => (Sql.Name($"r{i}"))).Select(r => Sql.Of($"count(case when t.{r} then 1 end), avg(case when t.{r} then {value} end), sum(case when t.{r} then {value} end)")));
            found.AddRange(await stores.Warehouse.ReadAsync(s => s.FirstAsync(Sql.Of($"""
                select {figures} from ({FilterSql.Table(chunk, sources, asOf)}) as t
                left join ({MeasureSql.Of(measure, new(MeasureLevel.Profile), asOf, TimeZoneInfo.Utc)}) as m on m.subject = t.profile_id
                """), r => chunk.Select((_, i) => (r.Long(3 * i), r.DoubleOrNull((3 * i) + 1) ?? 0, r.DoubleOrNull((3 * i) + 2) ?? 0)).ToList(), cancel), cancel) ?? []);
        }
        return found;
    }

    /// <summary>Values that these parts of all who have one stay up to.</summary>
    public static async Task<double[]> QuantilesAsync(Stores stores, Measure measure, double above, IReadOnlyList<double> parts, DateTimeOffset asOf, CancellationToken cancel)
    {
        var columns = Sql.Join(", ", parts.Select(p => Sql.Of($"percentile_cont({Store.Filters.ValueSql.Raw(p.ToString(System.Globalization.CultureInfo.InvariantCulture))}) within group (order by value)")));
        return await stores.Warehouse.ReadAsync(s => s.FirstAsync(Sql.Of($"select {columns} from ({MeasureSql.Of(measure, new(MeasureLevel.Profile), asOf, TimeZoneInfo.Utc)}) as m where value > {above}"),
            r => parts.Select((_, i) => r.DoubleOrNull(i) ?? double.NaN).ToArray(), cancel), cancel) ?? [];
    }
}
