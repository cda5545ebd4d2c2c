namespace Kendt.Studio.Data;

/// <summary>A number (or a name) that is shown as an answer; Studio writes it in the reader's language.</summary>
public abstract record Figure
{
    private protected Figure() { }
}

/// <summary>How many.</summary>
public sealed record Count(long Value) : Figure;

/// <summary>A part of a whole, 0 to 1; shown in percent.</summary>
public sealed record Share(double Value) : Figure;

/// <summary>Money in an ISO 4217 currency (<c>DKK</c>).</summary>
public sealed record Money(decimal Value, string Currency) : Figure;

/// <summary>A plain number with at most one decimal, such as an index or a ratio.</summary>
public sealed record Number(double Value) : Figure;

/// <summary>A name out of the data, shown as it stands.</summary>
public sealed record Words(string Value) : Figure;

/// <summary>A moment, shown as a date.</summary>
public sealed record Moment(DateTimeOffset Value) : Figure;

/// <summary>One place of a curve over time.</summary>
public sealed record Point(DateTimeOffset At, double Value);

/// <summary>One row of a small list with a bar behind it.</summary>
/// <param name="Label">A name out of the data (a customer, a product, a city).</param>
/// <param name="Part">Length of the bar, 0 to 1, against the longest of the list.</param>
/// <param name="Link">An address inside Studio with the people or details behind it; null if there is none.</param>
public sealed record Bar(string Label, Figure Value, double Part, string? Link = null);

/// <summary>A stretch of a longer list.</summary>
/// <param name="Total">How many there are in all; null if counting them would cost too much.</param>
/// <param name="HasMore">True when there is a next page.</param>
public sealed record Stretch<T>(IReadOnlyList<T> Items, long? Total, bool HasMore)
{
    /// <summary>Nothing found.</summary>
    public static Stretch<T> Nothing { get; } = new([], 0, HasMore: false);
}
