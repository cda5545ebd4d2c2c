using System.Text.Json;
using Kendt.Model.Filters;

namespace Kendt.Model.Measures;

/// <summary>Measures over one list of events, with the meaning that their SQL has over all.</summary>
public static class MeasureFigure
{
    /// <param name="events">All that the subject did: whose they are matters for sessions only.</param>
    /// <param name="zone">The time zone of calendar periods, days and streaks.</param>
    public static MeasureValue Of(Measure measure, IReadOnlyList<OwnedEvent> events, DateTimeOffset asOf, TimeZoneInfo zone)
    {
        if (measure is not Ratio ratio) return Of((EventMeasure)measure, events, asOf, zone);
        var (of, to) = (Of(ratio.Of, events, asOf, zone), Of(ratio.To, events, asOf, zone));
        if (to.Value is null or 0) return default;
        var top = of.Value ?? (ratio.Of.Calculation.IsZeroWithoutEvents ? 0 : null);
        return top is null ? default : new(top / to.Value, of.Until is null ? to.Until : to.Until is null || of.Until < to.Until ? of.Until : to.Until);
    }

    private static MeasureValue Of(EventMeasure measure, IReadOnlyList<OwnedEvent> events, DateTimeOffset asOf, TimeZoneInfo zone)
    {
        var (from, to, turns) = Window(measure.Window, asOf, zone);
        var found = events.Where(e => e.Event.At <= asOf && (from is null || e.Event.At >= from) && (to is null || e.Event.At < to) && Matches(measure.Match, e.Event)).OrderBy(e => e.Event.At).ToList();
        if (found.Count == 0) return default;
        if (measure.Window.Within is { } within) turns = found[0].Event.At + TimeSpan.FromTicks(within.Ticks);
        var (value, until) = Value(measure.Calculation, found, asOf, zone);
        return value is null ? default : new(value, turns is null ? until : until is null || turns < until ? turns : until);
    }

    /// <summary>The moments between which events count, and when that changes for all at once.</summary>
    public static (DateTimeOffset? From, DateTimeOffset? To, DateTimeOffset? Turns) Window(MeasureWindow window, DateTimeOffset asOf, TimeZoneInfo zone)
    {
        if (window.During is { } period) return period.At(asOf, zone) is var (from, to, until) ? (from, to, until) : default;
        if (window.Within is { } within) return (asOf - TimeSpan.FromTicks(within.Ticks) + TimeSpan.FromMicroseconds(1), null, null);
        return (window.From?.ToDateTimeOffset(), window.To?.ToDateTimeOffset(), null);
    }

    /// <summary>When the streak of today can break: the first moment of the next period.</summary>
    public static DateTimeOffset NextPeriod(string unit, DateTimeOffset asOf, TimeZoneInfo zone) => new CalendarPeriod(false, unit).At(asOf, zone).Until;

    private static bool Matches(EventMatch match, EventFact fact) =>
        (match.Name == EventMeasure.Everything || (match.Name == fact.Name && fact.Name.Length > 0))
        && match.Where.All(w => ValueTest.Look(fact.Properties, w.Property.Steps) is var value && w.Tests.All(t => ValueTest.Holds(t, value, 0)));

    private static (double? Value, DateTimeOffset? Until) Value(Calculation calculation, List<OwnedEvent> events, DateTimeOffset asOf, TimeZoneInfo zone)
    {
        var numbers = calculation.Of is { } path && calculation.Kind is not CalculationKind.Distinct
            ? events.Select(e => (e.Event.At, Value: ValueTest.Look(e.Event.Properties, path.Steps))).Where(v => v.Value.ValueKind is JsonValueKind.Number).Select(v => (v.At, Number: ValueTest.NumberOf(v.Value))).ToList()
            : [];
        switch (calculation.Kind)
        {
            case CalculationKind.Count: return (events.Count, null);
            case CalculationKind.Sum: return (numbers.Sum(n => n.Number), null);
            case CalculationKind.Distinct:
                return (events.Select(e => ValueTest.LiteralOf(ValueTest.Look(e.Event.Properties, calculation.Of!.Steps))).Where(v => v is not null).Distinct().Count(), null);
            case CalculationKind.Days: return (events.Select(e => CalendarPeriod.Number("day", e.Event.At, zone)).Distinct().Count(), null);
            case CalculationKind.Sessions:
                return (events.GroupBy(e => e.Owner).Sum(own => 1 + own.Zip(own.Skip(1)).Count(pair => pair.Second.Event.At - pair.First.Event.At > Calculation.SessionPause)), null);
            case CalculationKind.Since:
                var anchor = (calculation.Which == "first" ? events[0] : events[^1]).Event.At;
                var units = (asOf - anchor).Ticks / (calculation.UnitSeconds * TimeSpan.TicksPerSecond);
                return (units, anchor.AddSeconds((units + 1) * calculation.UnitSeconds));
            case CalculationKind.Streak: return Streak(calculation, events, asOf, zone);
            case var _ when numbers.Count == 0: return default;
            case CalculationKind.Average: return (numbers.Average(n => n.Number), null);
            case CalculationKind.Min: return (numbers.Min(n => n.Number), null);
            case CalculationKind.Max: return (numbers.Max(n => n.Number), null);
            case CalculationKind.First: return (numbers.Where(n => n.At == numbers[0].At).Max(n => n.Number), null);
            case CalculationKind.Last: return (numbers.Where(n => n.At == numbers[^1].At).Max(n => n.Number), null);
            case CalculationKind.Percentile: return (Percentile([.. numbers.Select(n => n.Number).Order()], calculation.At / 100), null);
            default: throw new InvalidOperationException($"{calculation.Kind} has no figure.");
        }
    }

    private static (double? Value, DateTimeOffset? Until) Streak(Calculation calculation, List<OwnedEvent> events, DateTimeOffset asOf, TimeZoneInfo zone)
    {
        var periods = events.Select(e => CalendarPeriod.Number(calculation.Unit, e.Event.At, zone)).Distinct().Order().ToList();
        var (longest, run) = (1, 1);
        for (var i = 1; i < periods.Count; i++) longest = Math.Max(longest, run = periods[i] == periods[i - 1] + 1 ? run + 1 : 1);
        if (calculation.Which == "longest") return (longest, null);
        return periods[^1] >= CalendarPeriod.Number(calculation.Unit, asOf, zone) - 1 ? (run, NextPeriod(calculation.Unit, asOf, zone)) : ((double?)null, (DateTimeOffset?)null);
    }

    private static double Percentile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)Math.Floor(place);
        return below + 1 >= sorted.Length ? sorted[^1] : sorted[below] + (sorted[below + 1] - sorted[below]) * (place - below);
    }
}

/// <summary>An event and the customer who did it.</summary>
public readonly record struct OwnedEvent(ProfileId Owner, EventFact Event);
