using Kendt.Maths;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Measures;
using Kendt.Store;
using Kendt.Store.Filters;
using Kendt.Store.Measures;

namespace Kendt.Segments.Insight;

/// <summary>A cluster of customers that is a rule over measures.</summary>
/// <param name="Traits">What sets it apart, the strongest first: a measure and by how many standard deviations its logarithm lies above or below that of all.</param>
public sealed record ClusterSuggestion(Suggestion Segment, IReadOnlyList<ClusterTrait> Traits);

/// <summary>A measure of a cluster.</summary>
/// <param name="Mean">Over the cluster's people that were looked at.</param>
/// <param name="MeanOfAll">Over all that were looked at.</param>
/// <param name="Distance">In standard deviations of the logarithm; above zero for more than all.</param>
public sealed record ClusterTrait(string Measure, string Title, double Mean, double MeanOfAll, double Distance);

/// <summary>Clusters of buyers.</summary>
/// <param name="Looked">How many people were looked at: all, or a sample.</param>
/// <param name="Agreement">The part of them whose rule is that of the centre that is nearest to them, 0 to 1.</param>
public sealed record ClusterReport(DateTimeOffset AsOf, long Looked, double Agreement, IReadOnlyList<ClusterSuggestion> Clusters);

/// <summary>
/// Groups of buyers who are alike in their measures: k-means over standardised logarithms, the number of groups chosen by the
/// silhouette, then thresholds that tell the groups apart, so that each is a rule of its own and everybody is in one.
/// </summary>
public sealed class Clusters(Stores stores)
{
    private const int MostPeople = 20_000, MostForSilhouette = 3000, FewestPeople = 200, MostMeasures = 8, Fewest = 3, Most = 8;
    private const ulong Seed = 20;

    /// <summary>Clusters; none where fewer than 200 people have orders.</summary>
    public async Task<ClusterReport> RunAsync(OrderWords orders, DateTimeOffset asOf, CancellationToken cancel)
    {
        asOf = Crowd.Moment(asOf);
        var measures = await MeasuresAsync(orders, cancel);
        var people = await PeopleAsync(orders, measures, asOf, cancel);
        if (people.Count < FewestPeople) return new(asOf, people.Count, 1, []);
        var scale = Enumerable.Range(0, measures.Count).Select(d => Scale.Of(people.ConvertAll(p => p[d]))).ToList();
        // What does not vary tells nobody apart.
        var used = Enumerable.Range(0, measures.Count).Where(d => scale[d].Deviation > 1e-9).ToList();
        if (used.Count == 0) return new(asOf, people.Count, 1, []);
        var points = people.ConvertAll(p => used.ConvertAll(d => scale[d].Standard(p[d])).ToArray());
        var some = points.Take(MostForSilhouette).ToList();
        var groups = Enumerable.Range(Fewest, Most - Fewest + 1).Select(k => KMeans.Of(some, k, Seed)).MaxBy(g => g.Silhouette(some))!.Centres.Length;
        var found = KMeans.Of(points, groups, Seed);
        var leaves = ThresholdTree.Of(points, found, (d, value) => scale[used[d]].Standard(Neat(measures[used[d]].Measure, scale[used[d]].Plain(value))));
        var rules = leaves.Select(l => Rule(orders, l, used, scale, measures)).ToList();
        var figures = await RuleFigures.OfAsync(stores, rules, orders.Spend, asOf, cancel);
        var sum = figures.Sum(f => f.Sum);
        var mine = points.ConvertAll(p => leaves.Select((l, i) => (l, i)).First(l => l.l.Has(p)).i);
        // A leaf stands for the group that most of its people come from.
        var agreement = mine.Zip(found.Group).GroupBy(p => p.First).Sum(g => g.GroupBy(p => p.Second).Max(s => s.Count())) / (double)points.Count;
        return new(asOf, people.Count, agreement, [.. leaves.Select((_, i) => new ClusterSuggestion(
            new($"cluster-{i + 1}", rules[i], figures[i].People, figures[i].Mean, sum > 0 ? figures[i].Sum / sum : 0), Apart([.. Enumerable.Range(0, points.Count).Where(p => mine[p] == i)], people, points, used, measures)))
            .Where(c => c.Segment.People > 0).OrderByDescending(c => c.Segment.SumPart).Select((c, i) => c with { Segment = c.Segment with { Key = $"cluster-{i + 1}" } })]);
    }

    private sealed record NamedMeasure(string Name, string Title, EventMeasure Measure, bool IsStored);

    /// <summary>A measure's logarithm, as standard deviations from the mean.</summary>
    private sealed record Scale(double Least, double Mean, double Deviation)
    {
        public static Scale Of(List<double> values)
        {
            var least = Math.Min(0, values.Min());
            var logs = values.ConvertAll(v => Math.Log(1 + v - least));
            var mean = logs.Average();
            return new(least, mean, Math.Sqrt(logs.Average(v => (v - mean) * (v - mean))));
        }

        public double Standard(double value) => (Math.Log(Math.Max(double.Epsilon, 1 + value - Least)) - Mean) / Deviation;

        public double Plain(double standard) => Math.Exp((standard * Deviation) + Mean) - 1 + Least;
    }

    private async Task<IReadOnlyList<NamedMeasure>> MeasuresAsync(OrderWords orders, CancellationToken cancel)
    {
        var stored = (await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select name, title, definition from measure where level = 'profile' order by created_at, name"), r => (Name: r.Text(0), Title: r.Text(1), Measure: MeasureJson.Parse(r.Text(2))), cancel), cancel))
            .Where(m => m.Measure is EventMeasure { Match.Name: not EventMeasure.Everything, Window.During: null } e && (e.Calculation.IsZeroWithoutEvents || e.Match.Name == orders.Event) && CanBeAsked(m.Name, m.Measure))
            .Select(m => new NamedMeasure(m.Name, m.Title, (EventMeasure)m.Measure, true)).Take(MostMeasures).ToList();
        if (stored.Count >= 3) return stored;
        NamedMeasure Of(string name, string title, Calculation calculation) => new(name, title, new EventMeasure(orders.Match, MeasureWindow.Always, calculation), false);
        return [Of("orders", "Orders", new(CalculationKind.Count)), Of("spend", "Spend", orders.Spend.Calculation), Of("average", "Average basket", new(CalculationKind.Average, new(orders.Worth))), Of("recency", "Days since the last order", new(CalculationKind.Since, null, 0, "day", "last"))];
    }

    private static bool CanBeAsked(string name, Measure measure)
    {
        try
        {
            FilterMeasures.Expand(new MeasureRule(name, [new Compare(Comparison.AtMost, 1)]), _ => measure);
            return true;
        }
        catch (BadInputException)
        {
            return false;
        }
    }

    // Buyers for whom every measure has a value, or a sample of them that is the same every time.
    private async Task<List<double[]>> PeopleAsync(OrderWords orders, IReadOnlyList<NamedMeasure> measures, DateTimeOffset asOf, CancellationToken cancel)
    {
        Sql Figures(EventMeasure measure) => MeasureSql.Of(measure, new(MeasureLevel.Profile), asOf, TimeZoneInfo.Utc);
        var buyers = Figures(new(orders.Match, MeasureWindow.Always, new(CalculationKind.Count)));
        var columns = Sql.Join("", measures.Select((m, i) => m.Measure.Calculation.IsZeroWithoutEvents ? Sql.Of($", coalesce({Sql.Name($"m{i}")}.value, 0)") : Sql.Of($", {Sql.Name($"m{i}")}.value")));
        var joins = Sql.Join("", measures.Select((m, i) => Sql.Of($" {(m.Measure.Calculation.IsZeroWithoutEvents ? Sql.Of($"left join") : Sql.Of($"join"))} ({Figures(m.Measure)}) as {Sql.Name($"m{i}")} on {Sql.Name($"m{i}")}.subject = b.profile_id")));
        return await stores.Warehouse.ReadAsync(async s =>
        {
            var count = await s.CountAsync(Sql.Of($"select count(*) from ({buyers}) as b"), cancel);
            var place = Math.Min(100, 100.0 * MostPeople / Math.Max(1, count));
            return await s.ListAsync(Sql.Of($"""
                select b.profile_id{columns} from (select profile_id from (select subject as profile_id from ({buyers}) as c) as d where {ValueSql.SamplePlace("clusters")} < {place}) as b{joins} order by b.profile_id
                """), r => Enumerable.Range(1, measures.Count).Select(r.Double).ToArray(), cancel);
        }, cancel);
    }

    // Whole numbers where the measure has only such, else two digits.
    private static double Neat(EventMeasure measure, double value) => measure.Calculation.Kind is CalculationKind.Sum or CalculationKind.Average or CalculationKind.Min or CalculationKind.Max
        ? Bands.Neat([value], double.NegativeInfinity)[0] : Math.Floor(value + 1e-9);

    private static All Rule(OrderWords orders, ThresholdTree.Leaf leaf, List<int> used, List<Scale> scale, IReadOnlyList<NamedMeasure> measures)
    {
        var rules = new List<Filter>();
        for (var d = 0; d < used.Count; d++)
        {
            var measure = measures[used[d]];
            double End(double standard) => Math.Round(scale[used[d]].Plain(standard), 6);
            if (double.IsFinite(leaf.Low[d])) Add(new Compare(Comparison.Above, End(leaf.Low[d])));
            if (double.IsFinite(leaf.High[d])) Add(new Compare(Comparison.AtMost, End(leaf.High[d])));

            void Add(Test test)
            {
                var rule = new MeasureRule(measure.Name, [test]);
                rules.Add(measure.IsStored ? rule : FilterMeasures.Expand(rule, _ => measure.Measure));
            }
        }
        // A sum that is small says nothing of whether somebody ever bought.
        rules.Add(new EventRule(orders.Match, EventWindow.Always, Aggregate.Once));
        return new(rules);
    }

    private static IReadOnlyList<ClusterTrait> Apart(List<int> inside, List<double[]> people, List<double[]> points, List<int> used, IReadOnlyList<NamedMeasure> measures) => inside.Count == 0 ? [] :
        [.. used.Select((m, d) => new ClusterTrait(measures[m].Name, measures[m].Title, inside.Average(i => people[i][m]), people.Average(p => p[m]), inside.Average(i => points[i][d]))).OrderByDescending(t => Math.Abs(t.Distance))];
}
