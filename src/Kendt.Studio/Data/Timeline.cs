namespace Kendt.Studio.Data;

/// <summary>What something on a timeline is, for its icon and the filter.</summary>
public enum TimelineKind { Visit, Basket, Order, Shop, Return, Mail, Meeting, Support, Subscription, Consent, Profile, Other }

/// <summary>Which part of a timeline is wanted.</summary>
/// <param name="Kinds">Empty for all.</param>
/// <param name="Older">The cursor of <see cref="TimelineView.Older"/>; null for the newest.</param>
public sealed record TimelineQuery(IReadOnlyList<TimelineKind> Kinds, string? Source, string? Older, int Size);

/// <summary>A stretch of a timeline, newest first.</summary>
/// <param name="Older">Cursor for what comes next; null at the beginning of time.</param>
/// <param name="Kinds">How many there are of each kind on the whole timeline, for the filter.</param>
/// <param name="Sources">All sources on the whole timeline.</param>
public sealed record TimelineView(
    IReadOnlyList<TimelineItem> Items, string? Older, IReadOnlyDictionary<TimelineKind, long> Kinds, IReadOnlyList<string> Sources);

/// <summary>Something that happened.</summary>
/// <param name="Name">The event's name as the source sent it.</param>
/// <param name="Summary">What it was about: a page, a product, a subject; out of the data.</param>
/// <param name="Key">Unlike that of any other item, such as the event's place in the log.</param>
public sealed record TimelineItem(string Key, DateTimeOffset At, TimelineKind Kind, string Name, string Source, string? Summary)
{
    public Money? Value { get; init; }

    /// <summary>What an order, a receipt or a return consists of.</summary>
    public IReadOnlyList<OrderLine> Lines { get; init; } = [];

    /// <summary>The other properties, as they were sent.</summary>
    public IReadOnlyList<Fact> Facts { get; init; } = [];
}

/// <summary>One line of an order.</summary>
public sealed record OrderLine(string Product, string? Category, double Quantity, Money? Amount);

/// <summary>A property and its value.</summary>
public sealed record Fact(string Name, string Value);
