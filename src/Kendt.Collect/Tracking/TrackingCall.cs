using System.Text.Json;
using System.Text.Unicode;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>One message that can be taken.</summary>
/// <param name="Body">Its JSON as it is kept: as sent, with the call's <c>type</c> and <c>context</c> where it has none.</param>
/// <param name="MessageId">The sender's id of it, or the one it was given.</param>
/// <param name="Index">Its place in the call, from 0.</param>
/// <param name="SentAt">The sender's clock when it sent it.</param>
/// <param name="IdIsGiven">The sender gave it no id.</param>
public readonly record struct Item(ReadOnlyMemory<byte> Body, string MessageId, int Index, DateTimeOffset? SentAt, bool IdIsGiven = false);

/// <summary>One message that cannot be taken, and why, in words for the person who wrote the sender.</summary>
/// <param name="Raw">The item as it was sent.</param>
public sealed record Rejected(int Index, string Reason, ReadOnlyMemory<byte> Raw);

/// <summary>
/// A call of the tracking API (the HTTP API that Segment's and RudderStack's clients speak), read from its raw bytes.
/// Any bytes give an answer: what is not JSON is <see cref="Unreadable"/>; in JSON each item stands or falls on its own.
/// The items share the memory of the body, so the body must live until they are appended.
/// </summary>
public abstract record TrackingCall
{
    /// <summary>The largest body, bytes after unpacking.</summary>
    public const int MaxBody = 4_000 * 1024;

    /// <summary>The largest item, bytes as sent.</summary>
    public const int MaxItem = 32 * 1024;

    /// <summary>The most items of one call.</summary>
    public const int MaxItems = 2_500;

    /// <summary>The deepest nesting of an item; JSON readers stop at 64.</summary>
    public const int MaxDepth = 64;

    /// <summary>The longest messageId, userId, anonymousId, groupId or previousId, characters.</summary>
    public const int MaxId = Identifier.MaxLength;

    // A small body with a large context must not become a large one: what merging adds to a call ends here.
    internal const int MaxMerged = 16 * 1024 * 1024;

    /// <summary>Items beyond the limit that are kept one by one; the rest is kept as one.</summary>
    public const int MaxSurplus = 5_000;

    private TrackingCall() { }

    /// <summary>The body is not JSON, or too large: nothing of it was taken, and sending it again will not help.</summary>
    public sealed record Unreadable(int Status, string Code, string Message) : TrackingCall;

    /// <summary>The items of the call.</summary>
    /// <param name="WriteKey">The key that the body itself names; many clients send no header.</param>
    public sealed record Items(IReadOnlyList<Item> Taken, IReadOnlyList<Rejected> Refused, string? WriteKey) : TrackingCall;

    /// <summary>Reads a call.</summary>
    /// <param name="pathType">What the path says the message is, which overrules its <c>type</c>; null on a path for batches.</param>
    /// <param name="sentAt">The sender's clock as a header says it; the body's own overrules it.</param>
    public static TrackingCall Read(ReadOnlyMemory<byte> body, MessageType? pathType, TimeProvider time, DateTimeOffset? sentAt = null)
    {
        if (body.Length > MaxBody)
            return new Unreadable(413, "body_too_large", $"The body is larger than {MaxBody / 1024:N0} KB. Send smaller batches: clients limit theirs to 500 KB.");
        if (body.Span.StartsWith("\uFEFF"u8)) body = body[3..];
        try
        {
            return new TrackingReader(body, pathType, time, sentAt).Read();
        }
        catch (JsonException fault)
        {
            return new Unreadable(400, "invalid_json", $"The body is not JSON: {Where(fault)}. Send one JSON object as UTF-8, packed with gzip only where Content-Encoding says so.");
        }
    }

    /// <summary>Whether the bytes are UTF-8, which JSON is.</summary>
    internal static bool IsText(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes);

    // The exception's own text quotes the input, which may be personal data.
    private static string Where(JsonException fault) => fault.LineNumber is { } line ? $"it ends or breaks in line {line + 1}, byte {fault.BytePositionInLine + 1}" : "it ends or breaks early";
}
