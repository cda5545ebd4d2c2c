namespace Kendt.Samples;

/// <summary>The 24 months that the demo tells, in whole weeks from the first day (the last week may be shorter).</summary>
internal sealed record Calendar(DateOnly Start, DateOnly End)
{
    public static Calendar Ending(DateOnly end) => new(end.AddMonths(-24).AddDays(1), end);

    /// <summary>The first moment, UTC.</summary>
    public DateTime Opens { get; } = Copenhagen.ToUtc(Start.ToDateTime(TimeOnly.MinValue));

    /// <summary>The moment after the last, UTC.</summary>
    public DateTime Closes { get; } = Copenhagen.ToUtc(End.AddDays(1).ToDateTime(TimeOnly.MinValue));

    public int Days => End.DayNumber - Start.DayNumber + 1;

    public int Weeks => (Days + 6) / 7;

    public DateOnly Monday(int week) => Start.AddDays(week * 7);

    public int WeekOf(DateTime utc) => (int)Math.Floor((utc - Opens).TotalDays / 7);

    public bool Holds(DateTime utc) => utc >= Opens && utc < Closes;
}

/// <summary>Danish clock time, by the rule of the European Union (Directive 2000/84/EC), so that no time-zone data is needed.</summary>
internal static class Copenhagen
{
    public static DateTime ToUtc(DateTime local)
    {
        var winter = DateTime.SpecifyKind(local, DateTimeKind.Utc).AddHours(-1);
        return IsSummer(winter) ? winter.AddHours(-1) : winter;
    }

    public static DateTime ToLocal(DateTime utc) =>
        DateTime.SpecifyKind(utc.AddHours(IsSummer(utc) ? 2 : 1), DateTimeKind.Unspecified);

    /// <summary>From one to one o'clock UTC, the last Sundays of March and October.</summary>
    private static bool IsSummer(DateTime utc) =>
        utc.Month is > 3 and < 10 || (utc.Month == 3 && utc >= Turn(utc.Year, 3)) || (utc.Month == 10 && utc < Turn(utc.Year, 10));

    private static DateTime Turn(int year, int month)
    {
        var last = new DateTime(year, month, 31, 1, 0, 0, DateTimeKind.Utc);
        return last.AddDays(-(int)last.DayOfWeek);
    }
}
