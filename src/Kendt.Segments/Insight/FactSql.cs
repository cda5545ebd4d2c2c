using Kendt.Store;
using Kendt.Store.Filters;

namespace Kendt.Segments.Insight;

/// <summary>What the warehouse knows of people, as features, at one moment.</summary>
/// <param name="Paths">Ways into traits that are objects: <c>address.city</c>.</param>
/// <param name="Measures">Measures of customers whose figures are stored, and whether only those above zero stand for something.</param>
/// <param name="Bands">The bands of numbers; those without are left out.</param>
/// <param name="Besides">A segment that is no feature: it is the one that is looked at.</param>
/// <param name="Traits">The traits that are looked at.</param>
/// <param name="Looked">Those who are looked at.</param>
internal sealed record FactScope(DateTimeOffset AsOf, IReadOnlyList<string> Paths, IReadOnlyList<(string Name, bool AboveZero)> Measures, IReadOnlyList<Bands> Bands, string? Besides, IReadOnlyList<string> Traits, Looked Looked);

/// <summary>The steps of statements over features: one scan of traits and one of events, of those who are looked at.</summary>
internal static class FactSql
{
    /// <summary>The step <c>who (profile_id, inside)</c>, before all others.</summary>
    public static Sql Who(FactScope scope) => Sql.Of($"who as ({scope.Looked.Who})");

    /// <summary>The steps, after <see cref="Who"/>, that end in <c>said (profile_id, name, t, n, b)</c>: what traits are, as text, number or boolean.</summary>
    public static Sql Traits(FactScope scope)
    {
        var document = Sql.Of($"value");
        var paths = scope.Paths.Select(p => p.Split('.')).Select(steps => Sql.Of($"""
             union all select profile_id, {string.Join('.', steps)} as name, {ValueSql.Node(document, steps[1..])} as node from trait_now where name = {steps[0]}
            """));
        return Sql.Of($"""
            trait_now as ({MergeSql.Now(scope.Traits.Count == 0 ? [""] : scope.Traits, scope.AsOf, MergeTables.Stored, scope.Looked.Whose)}),
            trait_node as (
                select profile_id, name, node from (
                    select profile_id, name, {ValueSql.Node(document, [])} as node from trait_now{Sql.Join("", paths)}) as every{ValueSql.Fence}),
            said as (select profile_id, name, {ValueSql.Text(Sql.Of($"node"))} as t, {ValueSql.Number(Sql.Of($"node"))} as n, {ValueSql.Truth(Sql.Of($"node"))} as b from trait_node{ValueSql.Fence})
            """);
    }

    /// <summary>The step <c>number (kind, subject, n, profile_id)</c>, after <c>said</c>.</summary>
    public static Sql Numbers(FactScope scope)
    {
        var measures = scope.Measures.Select(m => Sql.Of($"""
             union all select 'measure', measure, value, subject from measure_value where measure = {m.Name} and subject in (select profile_id from who){(m.AboveZero ? Sql.Of($" and value > 0") : Sql.Empty)}
            """));
        return Sql.Of($"number as (select 'number' as kind, name as subject, n, profile_id from said where n is not null{Sql.Join("", measures)})");
    }

    /// <summary>The steps, after <see cref="Who"/>, that end in <c>fact (kind, subject, value, profile_id)</c>, each once a person.</summary>
    public static Sql Facts(FactScope scope)
    {
        var asOf = scope.AsOf;
        Sql recency = Sql.Join(" ", Features.RecencyDays.Select((d, i) => Sql.Of($"when last > {asOf.AddDays(-d)} then {Raw(i)}"))), frequency = Sql.Join(" ", Features.FrequencyMost.Select((m, i) => Sql.Of($"when n <= {Raw(m)} then {Raw(i)}")));
        var days = Enumerable.Range(1, 7).ToList();
        // The first of January 1970 was a Thursday. Whole days since then cost far less than a time zone.
        var weekday = Sql.Of($"(((cast(floor({ValueSql.Micros(Sql.Of($"ts"))} / 86400000000.0) as bigint) + 3) % 7) + 7) % 7 + 1");
        var most = Sql.Of($"greatest({Sql.Join(", ", days.Select(d => Day(d)))})");
        List<Sql> facts =
        [
            Sql.Of($"select 'trait' as kind, name as subject, coalesce('t' || t, case when b then 'btrue' else 'bfalse' end) as value, profile_id from said where t is not null or b is not null"),
            Sql.Of($"select 'habit', name, (case {recency} else {Raw(Features.RecencyDays.Length)} end) || '|' || (case {frequency} else {Raw(Features.FrequencyMost.Length)} end), profile_id from habit"),
            Sql.Of($"select 'weekday', '', case {most} {Sql.Join(" ", days.Select(d => Sql.Of($"when {Day(d)} then '{Raw(d)}'")))} end, profile_id from week where n >= 3"),
            Sql.Of($"select distinct 'source', '', source, profile_id from seen"),
            Sql.Of($"select 'segment', segment, '', profile_id from membership where left_at is null and segment <> {scope.Besides ?? ""}"),
        ];
        var cuts = scope.Bands.SelectMany(b => Enumerable.Range(0, b.Cuts.Count + 1).Select(i => new object?[]
            { b.Kind is FeatureKind.Number ? "number" : "measure", b.Subject, i.ToString(System.Globalization.CultureInfo.InvariantCulture), i == 0 ? double.NegativeInfinity : b.Cuts[i - 1], i == b.Cuts.Count ? double.PositiveInfinity : b.Cuts[i] })).ToList();
        if (cuts.Count > 0) facts.Add(Sql.Of($"select c.kind, c.subject, c.place, number.profile_id from number join cut c on c.kind = number.kind and c.subject = number.subject and number.n >= c.low and number.n < c.high"));
        var numbers = cuts.Count == 0 ? Sql.Empty : Sql.Of($"""
            {Numbers(scope)},
            cut as (select cast(kind as text) as kind, cast(subject as text) as subject, cast(place as text) as place, cast(low as double precision) as low, cast(high as double precision) as high
                from (values {Sql.Rows(cuts)}) as v(kind, subject, place, low, high)),
            
            """);
        return Sql.Of($"""
            {Traits(scope)},
            {numbers}
            seen as (select profile_id, type, name, source, count(*) as n, max(ts) as last{Sql.Join("", days.Select(d => Sql.Of($", count(case when day = {Raw(d)} then 1 end) as {Day(d)}")))} from (
                select profile_id, type, name, source, ts, {weekday} as day from event where {scope.Looked.Whose} and ts <= {asOf}) as dated group by profile_id, type, name, source),
            habit as (select profile_id, name, sum(n) as n, max(last) as last from seen where type = 'track' group by profile_id, name),
            week as (select profile_id, sum(n) as n{Sql.Join("", days.Select(d => Sql.Of($", sum({Day(d)}) as {Day(d)}")))} from seen group by profile_id),
            fact as ({Sql.Join("\nunion all ", facts)})
            """);
    }

    private static Sql Day(int number) => Sql.Name("d" + number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static Sql Raw(int number) => ValueSql.Raw(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
