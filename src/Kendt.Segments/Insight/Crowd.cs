using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Measures;
using Kendt.Store;
using Kendt.Store.Filters;

namespace Kendt.Segments.Insight;

/// <summary>How many of those who are looked at have a feature, and how many of those are members.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct FeatureCount(Feature Feature, long Having, long Both);

/// <summary>The features of everybody, or of the members of a segment, counted.</summary>
internal sealed class Crowd(Stores stores)
{
    // A value that fewer have says nothing of a group, and of a trait nobody reads more values.
    private const int Fewest = 10, MostValues = 40, MostPaths = 30, Sampled = 200, MostSaid = 100_000;

    /// <summary>The moment as the engines hold it, in whole microseconds.</summary>
    public static DateTimeOffset Moment(DateTimeOffset asOf) => IsoTime.At(IsoTime.TicksOf(asOf) / 10 * 10);

    /// <summary>The open stays of a segment: <c>(profile_id)</c>.</summary>
    public static Sql Members(string segment) => Sql.Of($"select distinct profile_id from membership where segment = {segment} and left_at is null");

    /// <summary>What there is to look at in these people.</summary>
    public async Task<FactScope> ScopeAsync(Looked looked, string? besides, DateTimeOffset asOf, CancellationToken cancel)
    {
        var measures = (await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select name, definition from measure where level = 'profile' order by name"), r => (Name: r.Text(0), Definition: r.Text(1)), cancel), cancel))
            .Where(m => CanBeAsked(m.Name, m.Definition)).Select(m => (m.Name, ((EventMeasure)MeasureJson.Parse(m.Definition)).Calculation.IsZeroWithoutEvents)).ToList();
        var traits = await TraitsAsync(cancel);
        var scope = new FactScope(asOf, await PathsAsync(traits, asOf, cancel), measures, [], besides, traits, looked);
        return scope with { Bands = await BandsAsync(scope, cancel) };
    }

    /// <summary>The features of those who are looked at.</summary>
    public async Task<List<FeatureCount>> CountAsync(FactScope scope, CancellationToken cancel)
    {
        var rows = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            with {FactSql.Who(scope)},
            {FactSql.Facts(scope)},
            counted as (select f.kind, f.subject, f.value, count(*) as having_it, sum(w.inside) as both_of_it from fact f join who w on w.profile_id = f.profile_id group by f.kind, f.subject, f.value),
            ranked as (select kind, subject, value, having_it, both_of_it, row_number() over (partition by kind, subject order by having_it desc, value) as place from counted where having_it >= {(long)Fewest} or kind = 'habit')
            select kind, subject, value, having_it, both_of_it from ranked where place <= {(long)MostValues} or kind = 'habit'
            """), r => (Kind: r.Text(0), Subject: r.Text(1), Value: r.Text(2), Having: r.Long(3), Both: r.Long(4)), cancel), cancel);
        var bands = scope.Bands.ToDictionary(b => (b.Kind, b.Subject));
        return [.. rows.SelectMany(r => Features.Of(r.Kind, r.Subject, r.Value, bands).Select(f => (Feature: f, r.Having, r.Both)))
            .GroupBy(f => (f.Feature.Kind, f.Feature.Subject, f.Feature.Value)).Select(g => new FeatureCount(g.First().Feature, g.Sum(f => f.Having), g.Sum(f => f.Both)))
            .Where(f => f.Having >= Fewest).OrderBy(f => f.Feature.Kind).ThenBy(f => f.Feature.Subject, StringComparer.Ordinal).ThenBy(f => f.Feature.Value, StringComparer.Ordinal)];
    }

    private async Task<IReadOnlyList<Bands>> BandsAsync(FactScope scope, CancellationToken cancel)
    {
        var rows = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            with {FactSql.Who(scope)}, {FactSql.Traits(scope)}, {FactSql.Numbers(scope)}
            select kind, subject, min(n), percentile_cont(0.2) within group (order by n), percentile_cont(0.4) within group (order by n), percentile_cont(0.6) within group (order by n), percentile_cont(0.8) within group (order by n)
            from number group by kind, subject having count(*) >= {(long)Fewest} order by kind, subject
            """), r => (Kind: r.Text(0), Subject: r.Text(1), Least: r.Double(2), Near: new[] { r.Double(3), r.Double(4), r.Double(5), r.Double(6) }), cancel), cancel);
        var aboveZero = scope.Measures.Where(m => m.AboveZero).Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        return [.. rows.Select(r => new Bands(r.Kind == "number" ? FeatureKind.Number : FeatureKind.Measure, r.Subject, Bands.Neat(r.Near, r.Least), r.Kind == "measure" && aboveZero.Contains(r.Subject)))];
    }

    // Traits whose values come again, or are numbers, by a look at some of what was said: names and addresses set nobody apart.
    private async Task<IReadOnlyList<string>> TraitsAsync(CancellationToken cancel) => await stores.Warehouse.ReadAsync(async s =>
    {
        // Odd, because places of messages are even and those of records are odd.
        var every = (await s.CountAsync(Sql.Of($"select count(*) from trait_log"), cancel) / MostSaid * 2) + 1;
        return await s.ListAsync(Sql.Of($"""
            select shown from (
                select coalesce(r.shown, t.name) as shown, t.value from trait_log t left join merge_rule r on r.name = t.name
                where t.seq % {every} = 0 and t.value <> '' and t.name not like '%.%' and coalesce(r.way, '') <> 'exclude') as said
            group by shown
            having count(*) < {(long)Sampled} or count(distinct value) <= count(*) / 2 or count(case when value like '"%' then 1 end) * 2 < count(*) order by shown
            """), r => r.Text(0), cancel);
    }, cancel);

    // The ways of two steps that values which are objects have, by a look at some of each; texts that hardly come again are left out.
    private async Task<IReadOnlyList<string>> PathsAsync(IReadOnlyList<string> traits, DateTimeOffset asOf, CancellationToken cancel)
    {
        if (traits.Count == 0) return [];
        var some = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($$"""
            select name, value from (
                select name, value, row_number() over (partition by name order by seq) as place from trait_log
                where value like '{%' and {{ValueSql.OneOf(Sql.Of($"name"), traits)}} and ts <= {{asOf}}) as objects
            where place <= {{(long)Sampled}}
            """), r => (Name: r.Text(0), Value: r.Text(1)), cancel), cancel);
        return [.. some.SelectMany(v => Entries(v.Value).Select(k => (Path: $"{v.Name}.{k.Key}", k.Text))).GroupBy(p => p.Path, StringComparer.Ordinal)
            .Where(g => g.Count(e => e.Text is not null) is var texts && (texts < Sampled / 2 || g.Select(e => e.Text).Distinct().Count() <= texts / 2))
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Take(MostPaths).Select(g => g.Key)];
    }

    private static IEnumerable<(string Key, string? Text)> Entries(string value)
    {
        using var document = System.Text.Json.JsonDocument.Parse(value);
        return [.. document.RootElement.EnumerateObject().Where(p => p.Name.Length > 0 && p.Name != "*" && !p.Name.Contains('.', StringComparison.Ordinal))
            .DistinctBy(p => p.Name, StringComparer.Ordinal).Select(p => (p.Name, p.Value.ValueKind is System.Text.Json.JsonValueKind.String ? p.Value.GetRawText() : null))];
    }

    private static bool CanBeAsked(string name, string definition)
    {
        try
        {
            FilterMeasures.Expand(new MeasureRule(name, [new Compare(Comparison.AtLeast, 1)]), _ => MeasureJson.Parse(definition));
            // Since is asked for in whole units, which bands do not promise.
            return ((EventMeasure)MeasureJson.Parse(definition)).Calculation.Kind is not CalculationKind.Since;
        }
        catch (BadInputException)
        {
            return false;
        }
    }
}
