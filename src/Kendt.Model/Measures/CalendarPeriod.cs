namespace Kendt.Model.Measures;

/// <summary>A period of the calendar, this one or the one before: <c>this month</c>, <c>last week</c>.</summary>
/// <param name="Unit">day, week (from Monday), month, quarter or year.</param>
public sealed record CalendarPeriod(bool IsLast, string Unit)
{
    /// <summary>The words that a period is written in.</summary>
    public static IReadOnlyList<string> Words { get; } = ["today", "yesterday", .. new[] { "week", "month", "quarter", "year" }.SelectMany(u => new[] { "this " + u, "last " + u })];

    public static CalendarPeriod? Parse(string text) => !Words.Contains(text) ? null
        : text is "today" or "yesterday" ? new(text == "yesterday", "day") : new(text.StartsWith("last", StringComparison.Ordinal), text[5..]);

    /// <summary>Its first moment, the first moment after it, and when another period takes its place.</summary>
    public (DateTimeOffset From, DateTimeOffset To, DateTimeOffset Until) At(DateTimeOffset asOf, TimeZoneInfo zone)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(asOf, zone).DateTime);
        var begin = Unit switch
        {
            "day" => day,
            "week" => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
            "month" => new DateOnly(day.Year, day.Month, 1),
            "quarter" => new DateOnly(day.Year, (day.Month - 1) / 3 * 3 + 1, 1),
            _ => new DateOnly(day.Year, 1, 1),
        };
        DateOnly Moved(int periods) => Unit switch
        {
            "day" => begin.AddDays(periods),
            "week" => begin.AddDays(7 * periods),
            "month" => begin.AddMonths(periods),
            "quarter" => begin.AddMonths(3 * periods),
            _ => begin.AddYears(periods),
        };
        var next = Start(Moved(1), zone);
        return IsLast ? (Start(Moved(-1), zone), Start(begin, zone), next) : (Start(begin, zone), next, next);
    }

    /// <summary>The day, week or month of a moment, counted from one fixed for all; next to each other where the periods are.</summary>
    public static long Number(string unit, DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone).DateTime;
        var day = DateOnly.FromDateTime(local).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        return unit switch { "day" => day, "week" => (long)Math.Floor((day + 3) / 7.0), _ => local.Year * 12L + local.Month };
    }

    public override string ToString() => Unit == "day" ? IsLast ? "yesterday" : "today" : (IsLast ? "last " : "this ") + Unit;

    // The first moment of a day; where clocks skip midnight it is the first after.
    private static DateTimeOffset Start(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(15);
        return new DateTimeOffset(local, zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
