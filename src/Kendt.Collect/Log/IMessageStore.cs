using Kendt.Model;

namespace Kendt.Collect;

/// <summary>One call on its way into the log.</summary>
internal readonly record struct Append(string Source, IReadOnlyList<Item> Items, DateTimeOffset ReceivedAt);

/// <summary>What is known of a log's soundness.</summary>
/// <param name="Messages">How many can be read.</param>
/// <param name="Damages">What cannot; messages in it are lost unless a copy of the log has them.</param>
public sealed record LogHealth(long Messages, IReadOnlyList<LogDamage> Damages);

/// <summary>Where the messages of the log are kept: files of segments beside the embedded engines, a table in PostgreSQL. One caller appends at a time.</summary>
internal interface IMessageStore : IAsyncDisposable
{
    /// <summary>The place of the last message that is durable.</summary>
    long Last { get; }

    /// <summary>Appends the messages that are new, all in one commit: they are durable when this returns, or an exception says that none is known to be.</summary>
    /// <returns>How many messages of each call were new.</returns>
    ValueTask<int[]> AppendAsync(IReadOnlyList<Append> calls);

    /// <summary>Messages after a place, in order: at most so many, and fewer when they are large.</summary>
    Task<List<Message>> ReadAsync(long afterSeq, int max, CancellationToken cancel);

    /// <summary>Reads everything and says what cannot be read.</summary>
    Task<LogHealth> VerifyAsync(CancellationToken cancel);

    /// <summary>Removes messages received before a time, but none after a place; what is removed is still known again.</summary>
    Task<long> RemoveAsync(DateTimeOffset receivedBefore, long upToSeq, CancellationToken cancel);
}
