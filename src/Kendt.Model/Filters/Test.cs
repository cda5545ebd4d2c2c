namespace Kendt.Model.Filters;

/// <summary>One operator with what it wants. Several in one leaf must all hold.</summary>
public abstract record Test
{
    private protected Test() { }

    /// <summary>The answer where there is no value: true for <c>isNot</c>, <c>notIn</c> and <c>exists: false</c>.</summary>
    public virtual bool OfNothing => false;
}

/// <summary><c>is</c> and, with <paramref name="Yes"/> false, <c>isNot</c>.</summary>
public sealed record Is(Literal Value, bool Yes) : Test
{
    public override bool OfNothing => !Yes;
}

/// <summary><c>in</c> and, with <paramref name="Yes"/> false, <c>notIn</c>.</summary>
public sealed record OneOf(IReadOnlyList<Literal> Values, bool Yes) : Test
{
    private readonly HashSet<Literal> _set = [.. Values];

    public override bool OfNothing => !Yes;

    public bool Has(Literal value) => _set.Contains(value);
}

/// <summary><c>exists</c>: there is a value that is not null.</summary>
public sealed record Exists(bool Yes) : Test
{
    public override bool OfNothing => !Yes;
}

/// <summary>Where a part is looked for in a text.</summary>
public enum Place { Contains, StartsWith, EndsWith }

/// <summary><c>contains</c>, <c>startsWith</c>, <c>endsWith</c>: ignoring case by <see cref="CaseFold"/>.</summary>
public sealed record Part(Place Place, string Text) : Test
{
    /// <summary>The part as it is looked for.</summary>
    public string Folded { get; } = CaseFold.Fold(Text);
}

/// <summary>How a number is compared.</summary>
public enum Comparison { Above, AtLeast, Below, AtMost }

/// <summary><c>above</c>, <c>atLeast</c>, <c>below</c>, <c>atMost</c>.</summary>
public sealed record Compare(Comparison How, double Value) : Test;

/// <summary><c>between</c>, both ends included.</summary>
public sealed record Between(double Low, double High) : Test;

/// <summary><c>after</c> and, with <paramref name="After"/> false, <c>before</c>; both strict.</summary>
public sealed record When(bool After, IsoTime At) : Test;

/// <summary><c>withinLast</c>: asOf - d &lt; t &lt;= asOf.</summary>
public sealed record WithinLast(Duration Span) : Test;

/// <summary>
/// <c>anniversaryIn</c>: the day on which the month and day of a time (UTC) come round in a later year has not ended and begins
/// before asOf + d, at most 366 days. The 29th of February comes round on the 28th in years without it.
/// </summary>
public sealed record AnniversaryIn(Duration Span) : Test
{
    /// <summary>The anniversaries that may be asked for at a moment: of each year, the days of the year as month * 100 + day.</summary>
    public IEnumerable<(int Year, IReadOnlyList<int> Days)> Days(long asOf)
    {
        var (first, last) = (Date(asOf), Date(asOf + Span.Ticks - 1));
        for (var year = first.Year; year <= last.Year; year++)
        {
            var days = new List<int>();
            for (var day = year == first.Year ? first : new DateOnly(year, 1, 1); day <= last && day.Year == year; day = day.AddDays(1))
            {
                days.Add(day.Month * 100 + day.Day);
                if (day is { Month: 2, Day: 28 } && !DateTime.IsLeapYear(year)) days.Add(229);
                if (day == DateOnly.MaxValue) break;
            }
            yield return (year, days);
        }
    }

    public bool Holds(long time, long asOf)
    {
        var day = Date(time);
        return Days(asOf).Any(y => day.Year < y.Year && y.Days.Contains(day.Month * 100 + day.Day));
    }

    /// <summary>The moments about asOf at which the answer for a time changes by time alone.</summary>
    public void Turns(long time, long asOf, Until until)
    {
        var (day, now) = (Date(time), Date(asOf));
        var later = Date(asOf + Span.Ticks).Year + 1;
        for (var year = Math.Max(day.Year + 1, now.Year); year <= Math.Min(later, 9999); year++)
        {
            var comes = new DateTime(year, day.Month, day is { Month: 2, Day: 29 } && !DateTime.IsLeapYear(year) ? 28 : day.Day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks;
            until.At(comes - Span.Ticks + 1);
            until.At(comes + TimeSpan.TicksPerDay);
        }
    }

    private static DateOnly Date(long ticks) => DateOnly.FromDateTime(IsoTime.At(ticks).UtcDateTime);
}

/// <summary>What kind of value is compared.</summary>
public enum LiteralKind { Text, Number, Truth }

/// <summary>A text, a number or a boolean; 1, "1" and true are three different values.</summary>
public readonly record struct Literal
{
    private Literal(LiteralKind kind, string? text, double number) => (Kind, Text, Number) = (kind, text, number);

    public LiteralKind Kind { get; }
    public string? Text { get; }

    /// <summary>The number; for a boolean 1 or 0.</summary>
    public double Number { get; }

    public bool Truth => Number != 0;

    public static Literal Of(string text) => new(LiteralKind.Text, text, 0);
    public static Literal Of(double number) => new(LiteralKind.Number, null, RuleNumber.Limit(number));
    public static Literal Of(bool truth) => new(LiteralKind.Truth, null, truth ? 1 : 0);
}

/// <summary>
/// Numbers are IEEE doubles. What is beyond ±1e300 counts as ±1e300, so that no sum overflows and no engine refuses a
/// number that another one takes.
/// </summary>
public static class RuleNumber
{
    public const double Largest = 1e300;

    public static double Limit(double number) => Math.Clamp(number, -Largest, Largest);
}
