using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Measures;
using Kendt.Store.Filters;

namespace Kendt.Store.Measures;

/// <summary>Of whom figures are wanted.</summary>
/// <param name="Persons">For companies: a query of <c>(profile_id, subject)</c>, the persons and the company itself; null for customers and the business.</param>
/// <param name="Only">A query of the ids of the subjects that are wanted; null for all.</param>
public sealed record MeasureSubjects(MeasureLevel Level, Sql? Persons = null, Sql? Only = null);

/// <summary>Measures as SQL over the warehouse, for DuckDB and PostgreSQL; the same meaning as <see cref="MeasureFigure"/>.</summary>
public static class MeasureSql
{
    /// <summary>The subject of what is measured for the whole business.</summary>
    public static ProfileId Business { get; } = new(Guid.Empty);

    /// <summary>A query of <c>(subject, value, until)</c>: one row for each subject that has a value, with the moment at which it may change by time alone.</summary>
    public static Sql Of(Measure measure, MeasureSubjects subjects, DateTimeOffset asOf, TimeZoneInfo zone)
    {
        asOf = asOf.ToUniversalTime();
        if (measure is EventMeasure one) return Sql.Of($"with {Steps("m", one, subjects, asOf, zone)} select subject, value, until from m");
        var ratio = (Ratio)measure;
        var zero = ratio.Of.Calculation.IsZeroWithoutEvents ? Sql.Of($"coalesce(a.value, 0)") : Sql.Of($"a.value");
        return Sql.Of($"""
            with {Steps("a", ratio.Of, subjects, asOf, zone)},
            {Steps("b", ratio.To, subjects, asOf, zone)}
            select b.subject, {zero} / b.value as value, least(coalesce(a.until, b.until), coalesce(b.until, a.until)) as until
            from b left join a on a.subject = b.subject where b.value <> 0 and {zero} is not null
            """);
    }

    /// <summary>The rule that an event has to pass to matter to a measure at all, by name and type.</summary>
    public static Sql Concerns(Measure measure)
    {
        var names = (measure is Ratio ratio ? [ratio.Of.Match.Name, ratio.To.Match.Name] : new[] { ((EventMeasure)measure).Match.Name }).Distinct().ToList();
        return names.Contains(EventMeasure.Everything) ? Sql.And() : Sql.Of($"type = 'track' and {ValueSql.OneOf(Sql.Of($"name"), names)}");
    }

    // The steps that end in `name (subject, value, until)`.
    private static Sql Steps(string name, EventMeasure measure, MeasureSubjects subjects, DateTimeOffset asOf, TimeZoneInfo zone)
    {
        var values = new NodeColumns();
        var tests = measure.Match.Where.Select(w => TestSql.All(w.Tests, values.Of(measure.Match.Name, w.Property.Steps), asOf)).ToList();
        var of = measure.Calculation.Of is { } path ? values.Of(measure.Match.Name, path.Steps) : null;
        var figure = Figure(measure.Calculation, of, asOf, zone);
        Sql node = Sql.Name(name + "_node"), value = Sql.Name(name + "_value"), match = Sql.Name(name + "_match");
        // What stands for every event has no name of its own to read its properties by.
        var label = measure.Match.Name == EventMeasure.Everything ? Sql.Of($"'*'") : Sql.Of($"e.name");
        var (from, to, turns) = MeasureFigure.Window(measure.Window, asOf, zone);
        List<Sql> rules = [Sql.Of($"e.profile_id is not null and e.ts <= {asOf}")];
        if (measure.Match.Name != EventMeasure.Everything) rules.Add(Sql.Of($"e.type = 'track' and e.name = {measure.Match.Name}"));
        if (from is { } start) rules.Add(Sql.Of($"e.ts >= {start}"));
        if (to is { } end) rules.Add(Sql.Of($"e.ts < {end}"));
        var subject = subjects.Level switch { MeasureLevel.Profile => Sql.Of($"e.profile_id"), MeasureLevel.Account => Sql.Of($"w.subject"), _ => Sql.Of($"cast({Business} as uuid)") };
        var whose = subjects.Level is MeasureLevel.Account ? Sql.Of($" join ({subjects.Persons!}) as w on w.profile_id = e.profile_id") : Sql.Empty;
        if (subjects.Only is { } only) rules.Add(Sql.Of($"{subject} in ({only})"));
        var until = measure.Window.Within is { } within ? Sql.Of($"min(ts) + {within.Ticks / TimeSpan.TicksPerSecond} * interval '1 second'")
            : turns is { } moment ? Sql.Of($"cast({moment} as timestamptz)") : Sql.Of($"cast(null as timestamptz)");
        return Sql.Of($"""
            {node} as (
                select subject, profile_id, name, ts{values.Nodes(Sql.Of($"properties"))} from (
                    select {subject} as subject, e.profile_id, {label} as name, e.ts, e.properties from event e{whose} where {Sql.Join(" and ", rules)}) as own{ValueSql.Fence}),
            {value} as (select subject, profile_id, name, ts{values.Facets()} from {node}{ValueSql.Fence}),
            {match} as (select * from {value} where {Sql.And(tests)}),
            {figure(Sql.Name(name), match, until)}
            """);
    }

    private delegate Sql Ending(Sql name, Sql match, Sql until);

    private static Ending Figure(Calculation calculation, ValueColumns? of, DateTimeOffset asOf, TimeZoneInfo zone)
    {
        switch (calculation.Kind)
        {
            case CalculationKind.Sessions:
                var pause = (long)Calculation.SessionPause.TotalSeconds;
                return (name, match, until) => Sql.Of($"""
                    {name}_gap as (select subject, ts, lag(ts) over (partition by subject, profile_id order by ts) as before from {match}),
                    {name} as (select subject, cast(count(case when before is null or ts > before + {pause} * interval '1 second' then 1 end) as double precision) as value, {until} as until from {name}_gap group by subject)
                    """);
            case CalculationKind.Streak:
                return Streak(calculation, asOf, zone);
            case CalculationKind.Since:
                var anchor = calculation.Which == "first" ? Sql.Of($"min(ts)") : Sql.Of($"max(ts)");
                var units = Sql.Of($"floor(({IsoTime.TicksOf(asOf) / 10} - {ValueSql.Micros(anchor)}) / cast({calculation.UnitSeconds * 1_000_000L} as double precision))");
                return (name, match, until) => Sql.Of($"""
                    {name} as (select subject, {units} as value, least({anchor} + cast(({units} + 1) * {calculation.UnitSeconds} as bigint) * interval '1 second', coalesce({until}, {anchor} + cast(({units} + 1) * {calculation.UnitSeconds} as bigint) * interval '1 second')) as until
                        from {match} group by subject)
                    """);
        }
        var number = calculation.Kind switch
        {
            CalculationKind.Count => Sql.Of($"count(*)"),
            CalculationKind.Sum => Sql.Of($"coalesce(sum({of!.Number}), 0)"),
            CalculationKind.Average => Sql.Of($"sum({of!.Number}) / nullif(count({of.Number}), 0)"),
            CalculationKind.Min => Sql.Of($"min({of!.Number})"),
            CalculationKind.Max => Sql.Of($"max({of!.Number})"),
            CalculationKind.Distinct => Sql.Of($"count(distinct {of!.Text}) + count(distinct {of.Number}) + count(distinct {of.Truth})"),
            CalculationKind.First => Sql.Of($"(array_agg({of!.Number} order by ts, {of.Number} desc) filter (where {of.Number} is not null))[1]"),
            CalculationKind.Last => Sql.Of($"(array_agg({of!.Number} order by ts desc, {of.Number} desc) filter (where {of.Number} is not null))[1]"),
            CalculationKind.Percentile => Sql.Of($"percentile_cont({ValueSql.Raw((calculation.At / 100).ToString("R", System.Globalization.CultureInfo.InvariantCulture))}) within group (order by {of!.Number})"),
            CalculationKind.Days => Sql.Of($"count(distinct {Period("day", zone)})"),
            _ => throw new InvalidOperationException($"{calculation.Kind} has no SQL form."),
        };
        return (name, match, until) => Sql.Of($"""
            {name}_all as (select subject, cast({number} as double precision) as value, {until} as until from {match} group by subject),
            {name} as (select * from {name}_all where value is not null)
            """);
    }

    private static Ending Streak(Calculation calculation, DateTimeOffset asOf, TimeZoneInfo zone)
    {
        var now = CalendarPeriod.Number(calculation.Unit, asOf, zone);
        var isCurrent = calculation.Which == "current";
        var value = isCurrent ? Sql.Of($"max(case when latest >= {now - 1} then n end)") : Sql.Of($"max(n)");
        var turns = isCurrent ? Sql.Of($"cast({MeasureFigure.NextPeriod(calculation.Unit, asOf, zone)} as timestamptz)") : Sql.Of($"cast(null as timestamptz)");
        return (name, match, until) => Sql.Of($"""
            {name}_until as (select subject, {until} as leaves from {match} group by subject),
            {name}_period as (select distinct subject, {Period(calculation.Unit, zone)} as period from {match}),
            {name}_run as (select subject, period, period - row_number() over (partition by subject order by period) as run from {name}_period),
            {name}_length as (select subject, run, count(*) as n, max(period) as latest from {name}_run group by subject, run),
            {name}_all as (select subject, cast({value} as double precision) as value from {name}_length group by subject),
            {name} as (select v.subject, v.value, least(coalesce({turns}, u.leaves), coalesce(u.leaves, {turns})) as until from {name}_all v join {name}_until u on u.subject = v.subject where v.value is not null)
            """);
    }

    // The number of a day, week or month, as CalendarPeriod.Number counts them.
    private static Sql Period(string unit, TimeZoneInfo zone)
    {
        var local = Sql.Of($"(ts at time zone cast({zone.Id} as text))");
        var day = Sql.Of($"cast(cast({local} as date) - cast('1970-01-01' as date) as bigint)");
        return unit switch
        {
            "day" => day,
            "week" => Sql.Of($"cast(floor(({day} + 3) / cast(7 as double precision)) as bigint)"),
            _ => Sql.Of($"cast(extract(year from {local}) * 12 + extract(month from {local}) as bigint)"),
        };
    }
}
