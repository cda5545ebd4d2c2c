using Kendt.Model.Filters;

namespace Kendt.Model.Measures;

/// <summary>Of whom a measure is a number.</summary>
public enum MeasureLevel
{
    /// <summary>Each customer.</summary>
    Profile,

    /// <summary>Each company: its own events and those of its persons, together.</summary>
    Account,

    /// <summary>The whole business: one number.</summary>
    Business,
}

/// <summary>
/// A number computed from events at one moment (asOf). Which events is said in the language of segments; a measure has one
/// meaning as SQL over everybody and as <see cref="MeasureFigure"/> over one list of events.
/// </summary>
public abstract record Measure
{
    private protected Measure() { }
}

/// <summary>A figure over the events of one name.</summary>
public sealed record EventMeasure(EventMatch Match, MeasureWindow Window, Calculation Calculation) : Measure
{
    /// <summary>The name that stands for every event, whatever its type.</summary>
    public const string Everything = "*";
}

/// <summary>One figure by another; there is none where the other is zero or missing.</summary>
public sealed record Ratio(EventMeasure Of, EventMeasure To) : Measure;

/// <summary>Which events count: the last <see cref="Within"/>, a calendar period, from (included) to (excluded), or all until asOf.</summary>
public sealed record MeasureWindow(Duration? Within, CalendarPeriod? During, IsoTime? From, IsoTime? To)
{
    public static MeasureWindow Always { get; } = new(null, null, null, null);
}

/// <summary>What is computed.</summary>
public enum CalculationKind
{
    Count, Sum, Average, Min, Max, Distinct,

    /// <summary>The number at the first event that has one; of several at one moment the greatest.</summary>
    First,

    /// <summary>The number at the last event that has one; of several at one moment the greatest.</summary>
    Last,

    /// <summary>Between the two nearest numbers, in proportion.</summary>
    Percentile,

    /// <summary>Whole units of time since the first or last event.</summary>
    Since,

    /// <summary>Calendar days, weeks or months in a row with an event.</summary>
    Streak,

    /// <summary>Different calendar days with an event.</summary>
    Days,

    /// <summary>Stretches of events with no more than 30 minutes between one and the next.</summary>
    Sessions,
}

/// <summary>How a figure is computed.</summary>
/// <param name="Of">The property of sum, average, min, max, distinct, first, last and percentile.</param>
/// <param name="At">Of a percentile, 0 to 100.</param>
/// <param name="Unit">Of since (hour, day, week) and streak (day, week, month).</param>
/// <param name="Which">Of since: first or last; of streak: longest or current (one that reaches this period or the one before).</param>
public sealed record Calculation(CalculationKind Kind, ValuePath? Of = null, double At = 0, string Unit = "", string Which = "")
{
    /// <summary>The longest pause within a session.</summary>
    public static TimeSpan SessionPause { get; } = TimeSpan.FromMinutes(30);

    /// <summary>Without an event it is zero, not unknown.</summary>
    public bool IsZeroWithoutEvents => Kind is CalculationKind.Count or CalculationKind.Sum or CalculationKind.Distinct or CalculationKind.Days or CalculationKind.Sessions or CalculationKind.Streak;

    /// <summary>The length of the unit of <see cref="CalculationKind.Since"/>, in seconds.</summary>
    public long UnitSeconds => Unit switch { "hour" => 3600, "week" => 7 * 86400, _ => 86400 };
}

/// <summary>A figure and the moment at which it may change by time alone; both null where there is none.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
public readonly record struct MeasureValue(double? Value, DateTimeOffset? Until);
