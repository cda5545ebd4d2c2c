using Kendt.Model;

namespace Kendt.Activate;

/// <summary>Where a delivery stands.</summary>
public enum DeliveryState
{
    /// <summary>Items wait, now or for another try.</summary>
    Running,

    /// <summary>The destination does not let Kendt in; it goes on when a person has mended that.</summary>
    Held,

    /// <summary>Every item was delivered or refused.</summary>
    Done,
}

/// <summary>Where one item of the outbox stands.</summary>
public enum ItemState { Waiting, Sending, Held, Delivered, Refused }

/// <summary>One attempt to bring a segment's members to a destination.</summary>
/// <param name="Asked">How many members the segment had.</param>
/// <param name="Permitted">How many of them may be sent and have something to send: the items of the outbox.</param>
/// <param name="Withheld">Why the others were left out: reason to how many.</param>
/// <param name="Note">What a person has to know or do; empty if nothing.</param>
/// <param name="PermitId">The permit under which it was started.</param>
public sealed record Delivery(
    DeliveryId Id, string Destination, string Segment, string Purpose, DeliveryState State,
    long Asked, long Permitted, long Delivered, long Refused, IReadOnlyDictionary<string, long> Withheld,
    string Note, Guid PermitId, string Actor, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt);

/// <summary>A delivery with what its items say.</summary>
/// <param name="Items">State, the destination's last answer, and how many.</param>
/// <param name="NextTry">When the next item is due; null if none waits.</param>
public sealed record DeliveryDetail(Delivery Delivery, IReadOnlyList<(ItemState State, string Answer, long Items)> Items, DateTimeOffset? NextTry);

/// <summary>How often and how long the outbox tries.</summary>
public sealed record DeliveryOptions
{
    /// <summary>The wait after the first failed try; it doubles with every other. Default: 30 seconds.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait that the outbox itself chooses. Default: 1 hour.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest wait that a destination may ask for. Default: 1 day.</summary>
    public TimeSpan LongestAskedWait { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Tries before an item is given up. Default: 30, about a day.</summary>
    public int MostAttempts { get; init; } = 30;

    /// <summary>After this time an item that was being sent is taken to be lost with its process, and sent again. Default: 10 minutes.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(10);

    internal TimeSpan WaitAfter(int attempt) => attempt >= 32 ? LongestWait : TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, FirstWait.Ticks << Math.Min(attempt - 1, 20)));

    internal TimeSpan Asked(TimeSpan wait) => wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wait > LongestAskedWait ? LongestAskedWait : wait;
}
