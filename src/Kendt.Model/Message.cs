using System.Text.Json;

namespace Kendt.Model;

/// <summary>What a message of the tracking API is.</summary>
public enum MessageType { Track, Identify, Page, Screen, Group, Alias }

/// <summary>
/// One message of a source as it was taken: its place in the intake log, when it came, and its JSON body in
/// tracking-API form. The intake log is the truth; all that is known of people's doings is made from it.
/// </summary>
/// <param name="Seq">Place in the log, growing by commit order, never reused.</param>
/// <param name="MessageId">The sender's id of it, once per source.</param>
/// <param name="SentAt">The sender's clock when it sent the call, for time correction; null if not said.</param>
public sealed record Message(long Seq, string Source, string MessageId, DateTimeOffset ReceivedAt, DateTimeOffset? SentAt, byte[] Body);

/// <summary>A message read: the fields by which it is filed; its JSON parts stay text.</summary>
public sealed record Happening
{
    public required long Seq { get; init; }
    public required string Source { get; init; }
    public required string MessageId { get; init; }
    public required MessageType Type { get; init; }
    /// <summary>The event of a track, the name of a page or screen; empty for the others.</summary>
    public required string Name { get; init; }
    public string? UserId { get; init; }
    public string? AnonymousId { get; init; }
    public string? PreviousId { get; init; }
    public string? GroupId { get; init; }
    /// <summary>When it happened, corrected by the sender's clock and never after <see cref="ReceivedAt"/>.</summary>
    public required DateTimeOffset At { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    /// <summary>JSON object: the properties, or the traits of an identify or group.</summary>
    public required string Properties { get; init; }
    /// <summary>JSON object: the context as sent.</summary>
    public required string Context { get; init; }
    /// <summary>Identifiers named in the message, canonical, the strongest first.</summary>
    public required IReadOnlyList<Identifier> Identifiers { get; init; }
    /// <summary>Traits that the message says of the person: first-level key to JSON value.</summary>
    public IReadOnlyDictionary<string, JsonElement> Traits { get; init; } = new Dictionary<string, JsonElement>();
    /// <summary>Traits that a group says of the company.</summary>
    public IReadOnlyDictionary<string, JsonElement> GroupTraits { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, JsonElement>.Empty;
    /// <summary>Consent decisions in the message.</summary>
    public IReadOnlyList<ConsentDecision> Consents { get; init; } = [];
}

/// <summary>A person's decision on one purpose, as a source reports it.</summary>
public sealed record ConsentDecision(string Purpose, ConsentState State, DateTimeOffset At);

/// <summary>What a person said about a purpose.</summary>
public enum ConsentState { Unknown, Granted, Denied }
