using System.Text.Json;

namespace Kendt.Model.Filters;

/// <summary>Figures over the events of one profile.</summary>
internal static class Figure
{
    public static bool Holds(Aggregate aggregate, IReadOnlyList<EventFact> events, long asOf, Until until)
    {
        if (aggregate.Kind is AggregateKind.First or AggregateKind.Last)
        {
            if (events.Count == 0) return false;
            var at = IsoTime.TicksOf((aggregate.Kind is AggregateKind.First ? events[0] : events[^1]).At);
            foreach (var test in aggregate.Tests) ValueTest.Turns(test, at, asOf, until);
            return aggregate.Tests.All(t => ValueTest.Holds(t, at, asOf));
        }
        return Number(aggregate, events) is { } number && aggregate.Tests.All(t => ValueTest.Holds(t, number));
    }

    /// <summary>
    /// The place of the event whose leaving the window may be the first to change the answer; null if none does. Events leave
    /// in order, so a count is known beforehand; other figures are computed again for each, or of many events not looked into.
    /// </summary>
    public static int? Turns(Aggregate aggregate, IReadOnlyList<EventFact> events, bool holds)
    {
        if (aggregate.Kind is AggregateKind.First or AggregateKind.Last) return events.Count == 0 ? null : 0;
        if (aggregate.Kind is not AggregateKind.Count && events.Count > MostLookedInto) return 0;
        for (var gone = 1; gone <= events.Count; gone++)
        {
            var left = aggregate.Kind is AggregateKind.Count ? events.Count - gone : Number(aggregate, [.. events.Skip(gone)]);
            if ((left is { } number && aggregate.Tests.All(t => ValueTest.Holds(t, number))) != holds) return gone - 1;
        }
        return null;
    }

    private const int MostLookedInto = 32;

    private static int Period(AggregateKind kind, DateTimeOffset at)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        return kind switch
        {
            AggregateKind.Days => day.DayNumber,
            AggregateKind.Weeks => day.DayNumber / 7, // the first day of all was a Monday
            AggregateKind.Months => day.Year * 12 + day.Month,
            _ => day.Year,
        };
    }

    /// <summary>The figure; null where there is nothing to compute it from.</summary>
    public static double? Number(Aggregate aggregate, IReadOnlyList<EventFact> events)
    {
        if (aggregate.Kind is AggregateKind.Count) return events.Count;
        if (aggregate.Kind >= AggregateKind.Days) return events.Select(e => Period(aggregate.Kind, e.At)).Distinct().Count();
        var values = events.Select(e => ValueTest.Look(e.Properties, aggregate.Of!.Steps));
        if (aggregate.Kind is AggregateKind.Distinct) return values.Select(ValueTest.LiteralOf).Where(v => v is not null).Distinct().Count();
        var numbers = values.Where(v => v.ValueKind is JsonValueKind.Number).Select(ValueTest.NumberOf).ToList();
        return aggregate.Kind switch
        {
            AggregateKind.Sum => numbers.Sum(),
            _ when numbers.Count == 0 => null,
            AggregateKind.Average => numbers.Average(),
            AggregateKind.Min => numbers.Min(),
            _ => numbers.Max(),
        };
    }
}
