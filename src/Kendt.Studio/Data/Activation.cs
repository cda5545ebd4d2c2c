using Kendt.Model;

namespace Kendt.Studio.Data;

/// <summary>Reads where data are sent, and what was sent.</summary>
public interface IActivationReader
{
    /// <summary>All destinations by name.</summary>
    Task<IReadOnlyList<DestinationRow>> DestinationsAsync(CancellationToken cancel);

    /// <summary>Deliveries, the newest first.</summary>
    Task<Stretch<DeliveryRow>> DeliveriesAsync(DeliveryQuery query, CancellationToken cancel);

    /// <summary>One delivery; null if there is none of that id.</summary>
    Task<DeliveryView?> DeliveryAsync(DeliveryId id, CancellationToken cancel);
}

/// <summary>Another platform that can receive.</summary>
/// <param name="Kind">What it is: <c>file</c>, <c>webhook</c> ...</param>
/// <param name="Address">Where it is, without secrets.</param>
/// <param name="Delivered">People delivered over all time.</param>
public sealed record DestinationRow(
    string Name, string Kind, string Address, DateTimeOffset CreatedAt, long Deliveries, long Delivered, DateTimeOffset? LastDelivery, DeliveryState? LastState);

/// <summary>How a delivery stands.</summary>
public enum DeliveryState { Waiting, Running, Done, Failed, Cancelled }

/// <summary>Which deliveries are wanted; null for all.</summary>
public sealed record DeliveryQuery(string? Destination, string? Segment, int Page, int Size);

/// <summary>One attempt to bring a segment to a destination.</summary>
/// <param name="Asked">Members of the segment.</param>
/// <param name="Permitted">Those who allowed the purpose.</param>
/// <param name="Refused">Those whom the destination did not take.</param>
public sealed record DeliveryRow(
    DeliveryId Id, string Destination, string Segment, string Purpose, DeliveryState State, long Asked, long Permitted, long Delivered,
    long Refused, string Note, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt);

/// <summary>A delivery with what the destination answered.</summary>
/// <param name="LeftOut">Why people were left out before sending: reason and how many.</param>
/// <param name="Answers">What the destination said of those it refused: answer and how many.</param>
public sealed record DeliveryView(DeliveryRow Row, IReadOnlyList<ReasonCount> LeftOut, IReadOnlyList<ReasonCount> Answers);

/// <summary>A reason and how many it met.</summary>
public sealed record ReasonCount(string Reason, long People);
