namespace Kendt.Collect;

/// <summary>Something that could not be taken, as it was sent, with the reason: kept to be seen, mended and sent again.</summary>
/// <param name="Origin">Where it came in: <c>intake</c>, <c>webhook</c>, <c>message:SOURCE:SEQ</c>, <c>import:ID:ROW</c> (<c>import:ID:message</c> for what rows became) or <c>record:SOURCE:KEY</c>.</param>
/// <param name="Reason">Which field, which rule, how to mend it; the same words for the same mistake, so that letters can be counted by it.</param>
public sealed record DeadLetter(Guid Id, string Source, string Origin, string Reason, string Body, DateTimeOffset ReceivedAt)
{
    /// <summary>The body as a person mended it; null if nobody did.</summary>
    public string? Mended { get; init; }

    /// <summary>The mapping that it is to be read by instead of the one it came with, by its name; null: the one it came with.</summary>
    public string? Mapping { get; init; }

    /// <summary>How often it was replayed and failed.</summary>
    public long Tries { get; init; }

    /// <summary>When it was replayed last.</summary>
    public DateTimeOffset? TriedAt { get; init; }

    /// <summary>What a replay takes.</summary>
    internal string Text => Mended ?? Body;

    /// <summary>A dead letter whose id follows from what it says, so that writing it twice leaves one.</summary>
    public static DeadLetter Of(string source, string origin, string reason, string body, DateTimeOffset receivedAt) =>
        new(DeadLetters.IdOf($"{source}\0{origin}\0{reason}\0{body}", receivedAt), source, origin, reason, body, receivedAt);
}

/// <summary>How many dead letters a source has for one reason.</summary>
public sealed record DeadLetterCount(string Source, string Reason, long Count, DateTimeOffset LastSeen);

/// <summary>Which dead letters are meant; what is null does not narrow.</summary>
public sealed record DeadLetterFilter
{
    /// <summary>Every dead letter.</summary>
    public static DeadLetterFilter All { get; } = new();

    public IReadOnlyList<Guid>? Ids { get; init; }

    public string? Source { get; init; }

    /// <summary>The whole reason.</summary>
    public string? Reason { get; init; }

    /// <summary>Looked for in reason and body, whatever the case of letters.</summary>
    public string? Text { get; init; }

    /// <summary>Received from this time on.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Received before this time.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Not replayed since this time.</summary>
    public DateTimeOffset? NotTriedSince { get; init; }
}
