using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>How the intake log is written.</summary>
public sealed record IntakeOptions
{
    /// <summary>Calls that may wait for the writer; one more is answered <see cref="AppendResult.Busy"/>. Default: 8,192.</summary>
    public int MaxWaitingCalls { get; init; } = 8_192;

    /// <summary>Bytes that may wait for the writer. Default: 64 MB.</summary>
    public long MaxWaitingBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Rows after which a transaction is closed although more are waiting. Default: 10,000.</summary>
    public int RowsPerCommit { get; init; } = 10_000;

    /// <summary>Asked before a call is let in; false turns it away as <see cref="AppendResult.Busy"/> (the disk is nearly full). Default: always true.</summary>
    public Func<bool> Accepts { get; init; } = () => true;

    /// <summary>When a client that was turned away should come again. Default: 2 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>What became of a call.</summary>
public abstract record AppendResult
{
    private AppendResult() { }

    /// <summary>All of it is on disk.</summary>
    /// <param name="Duplicates">Messages that were there before; they count as taken.</param>
    public sealed record Taken(int New, int Duplicates, int Rejected) : AppendResult;

    /// <summary>Nothing of it was taken: more is waiting than the writer can hold. The client keeps it and comes again.</summary>
    public sealed record Busy(TimeSpan RetryAfter) : AppendResult;
}

/// <summary>
/// The durable log of messages: the truth that all else is made from. One task writes; whatever waits while a commit is
/// under way goes into the next one, so a commit's fsync is shared by all who wait. A message is taken once for each
/// source and messageId. Places (<see cref="Message.Seq"/>) follow the order of commits, without gaps.
/// </summary>
public sealed class IntakeLog : IAsyncDisposable
{
    private readonly Stores _stores;
    private readonly IntakeOptions _options;
    private readonly Channel<Waiting> _queue;
    private readonly Task _writer;
    private long _waitingBytes;
    private long _last, _lastRejected;
    private long _rejectedSeen;
    private bool _looksFirst;
    private TaskCompletionSource _grown = NewSignal(), _rejectedGrown = NewSignal();

    private IntakeLog(Stores stores, IntakeOptions options, long last, long lastRejected)
    {
        (_stores, _options, _last, _lastRejected) = (stores, options, last, lastRejected);
        _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(options.MaxWaitingCalls) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _writer = Task.Run(WriteAllAsync);
    }

    /// <summary>Opens the log at its end and starts its writer.</summary>
    public static async Task<IntakeLog> OpenAsync(Stores stores, IntakeOptions options, CancellationToken cancel)
    {
        var (last, rejected) = await EndAsync(stores, cancel);
        return new(stores, options, last, rejected);
    }

    /// <summary>The place of the last message.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>Appends a call; when this returns <see cref="AppendResult.Taken"/>, it is durable.</summary>
    /// <exception cref="CannotException">The disk or the server refused: nothing is known to be durable, the client must come again.</exception>
    public async ValueTask<AppendResult> AppendAsync(string source, TrackingCall.Items call, DateTimeOffset receivedAt, CancellationToken cancel)
    {
        if (call.Taken.Count == 0 && call.Refused.Count == 0) return new AppendResult.Taken(0, 0, 0);
        if (!_options.Accepts()) return new AppendResult.Busy(_options.RetryAfter);
        var bytes = call.Taken.Sum(i => i.Body.Length + 200L) + call.Refused.Sum(r => r.Raw.Length + 200L);
        // One call alone is always let in, however large, or it could never come in.
        if (Interlocked.Add(ref _waitingBytes, bytes) > _options.MaxWaitingBytes && Volatile.Read(ref _waitingBytes) != bytes)
        {
            Interlocked.Add(ref _waitingBytes, -bytes);
            return new AppendResult.Busy(_options.RetryAfter);
        }
        var waiting = new Waiting(Messages(source, call, receivedAt), Rejects(source, call, receivedAt), bytes);
        if (!_queue.Writer.TryWrite(waiting))
        {
            Interlocked.Add(ref _waitingBytes, -bytes);
            return new AppendResult.Busy(_options.RetryAfter);
        }
        return await waiting.Done.Task.WaitAsync(cancel);
    }

    /// <summary>Messages after a place, in order.</summary>
    public Task<List<Message>> ReadAsync(long afterSeq, int max, CancellationToken cancel) => _stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
        select seq, source, message_id, received_at, sent_at, body from message where seq > {afterSeq} order by seq limit {(long)max}
        """), row => new Message(row.Long(0), row.Text(1), row.Text(2), row.Time(3), row.TimeOrNull(4), row.Bytes(5)), cancel), cancel);

    /// <summary>Returns when there is a message after a place.</summary>
    public async Task WaitForNewAsync(long afterSeq, CancellationToken cancel)
    {
        while (true)
        {
            var grown = Volatile.Read(ref _grown);
            if (Last > afterSeq) return;
            await grown.Task.WaitAsync(cancel);
        }
    }

    /// <summary>Returns when items have been rejected since this was called last, or have not been brought to the dead letters yet.</summary>
    public async Task WaitForRejectedAsync(CancellationToken cancel)
    {
        while (true)
        {
            var grown = Volatile.Read(ref _rejectedGrown);
            var rejected = Volatile.Read(ref _lastRejected);
            if (Interlocked.Exchange(ref _rejectedSeen, rejected) < rejected) return;
            await grown.Task.WaitAsync(cancel);
        }
    }

    /// <summary>Takes no more, writes what is waiting, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writer;
    }

    /// <summary>The key by which a message is known again: the first half of SHA-256 over source, NUL, messageId.</summary>
    internal static byte[] DedupeOf(string source, string messageId)
    {
        Span<byte> text = stackalloc byte[1024];
        var most = (source.Length + messageId.Length) * 3 + 1;
        if (most > text.Length) text = new byte[most];
        var length = Encoding.UTF8.GetBytes(source, text);
        text[length++] = 0;
        length += Encoding.UTF8.GetBytes(messageId, text[length..]);
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(text[..length], digest);
        return digest[..16].ToArray();
    }

    private static Entry[] Messages(string source, TrackingCall.Items call, DateTimeOffset receivedAt) =>
        [.. call.Taken.Select(item => new Entry(DedupeOf(source, item.MessageId), [null, source, item.MessageId, null, receivedAt, item.SentAt, item.Body.ToArray()]))];

    private static object?[][] Rejects(string source, TrackingCall.Items call, DateTimeOffset receivedAt) =>
        [.. call.Refused.Select(item => new object?[] { null, source, "intake", item.Reason, DeadLetters.TextOf(item.Raw.Span), receivedAt })];

    private async Task WriteAllAsync()
    {
        var group = new List<Waiting>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            group.Clear();
            var rows = 0;
            while (rows < _options.RowsPerCommit && _queue.Reader.TryRead(out var waiting))
            {
                group.Add(waiting);
                rows += waiting.Messages.Length + waiting.Rejects.Length;
            }
            try
            {
                await CommitAsync(group);
            }
            catch (Exception fault)
            {
                foreach (var waiting in group)
                    waiting.Done.TrySetException(new CannotException("The intake log cannot be written. Check that the disk is not full and the database is reachable; clients will send again.", fault));
            }
            Interlocked.Add(ref _waitingBytes, -group.Sum(w => w.Bytes));
        }
    }

    // Nearly always every message is new, and the unique index on its digest says so without being asked first. Where it
    // refuses, the group is written again with a look at what is known; so is the next, for duplicates come in rows.
    private async Task CommitAsync(List<Waiting> group)
    {
        List<AppendResult> results = [];
        var (last, lastRejected) = (_last, _lastRejected);
        try
        {
            (last, lastRejected) = await _stores.Ledger.WriteAsync(s => WriteAsync(s, group, results, _looksFirst), CancellationToken.None);
        }
        catch (SqlException)
        {
            // Somebody else may have written to the log, too: read its end again.
            (_last, _lastRejected) = await EndAsync(_stores, CancellationToken.None);
            results.Clear();
            (last, lastRejected) = await _stores.Ledger.WriteAsync(s => WriteAsync(s, group, results, looksFirst: true), CancellationToken.None);
        }
        _looksFirst = results.Exists(r => r is AppendResult.Taken { Duplicates: > 0 });
        var (grew, rejectedGrew) = (last > _last, lastRejected > _lastRejected);
        Volatile.Write(ref _lastRejected, lastRejected);
        Volatile.Write(ref _last, last);
        for (var i = 0; i < group.Count; i++) group[i].Done.TrySetResult(results[i]);
        if (grew) Interlocked.Exchange(ref _grown, NewSignal()).TrySetResult();
        if (rejectedGrew) Interlocked.Exchange(ref _rejectedGrown, NewSignal()).TrySetResult();
    }

    private async Task<(long, long)> WriteAsync(Session session, List<Waiting> group, List<AppendResult> results, bool looksFirst)
    {
        var keys = group.SelectMany(w => w.Messages, (_, entry) => new object?[] { entry.Dedupe }).ToArray();
        var known = !looksFirst ? [] : (await session.ListChunkedAsync(keys, rows => Sql.Of($"with v(d) as ({rows}) select m.dedupe from v join message m on m.dedupe = v.d"), row => new UInt128Key(row.Bytes(0)), CancellationToken.None)).ToHashSet();
        var (seq, rejected) = (_last, _lastRejected);
        var messages = new List<object?[]>(keys.Length);
        foreach (var waiting in group)
        {
            var fresh = 0;
            foreach (var (dedupe, row) in waiting.Messages)
            {
                if (!known.Add(new(dedupe))) continue;
                (row[0], row[3]) = (++seq, dedupe);
                messages.Add(row);
                fresh++;
            }
            foreach (var row in waiting.Rejects) row[0] = ++rejected;
            results.Add(new AppendResult.Taken(fresh, waiting.Messages.Length - fresh, waiting.Rejects.Length));
        }
        if (messages.Count > 0)
            await session.LoadAsync("message", ["seq", "source", "message_id", "dedupe", "received_at", "sent_at", "body"], messages, CancellationToken.None);
        if (rejected > _lastRejected)
            await session.LoadAsync("rejected_item", ["seq", "source", "origin", "reason", "body", "received_at"], group.SelectMany(w => w.Rejects), CancellationToken.None);
        return (seq, rejected);
    }

    // Rejected items leave the ledger when they are in the warehouse, so their end may be known only there.
    private static async Task<(long Last, long Rejected)> EndAsync(Stores stores, CancellationToken cancel)
    {
        var moved = await stores.Warehouse.ReadAsync(s => Projection.ReadAsync(s, DeadLetters.Offset, cancel), cancel);
        return await stores.Ledger.ReadAsync(async s => (
            await s.CountAsync(Sql.Of($"select max(seq) from message"), cancel),
            Math.Max(moved, await s.CountAsync(Sql.Of($"select max(seq) from rejected_item"), cancel))), cancel);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Waiting(Entry[] Messages, object?[][] Rejects, long Bytes)
    {
        public TaskCompletionSource<AppendResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Entry(byte[] Dedupe, object?[] Row);

    private readonly record struct UInt128Key(UInt128 Value)
    {
        public UInt128Key(byte[] bytes) : this(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes)) { }
    }
}
