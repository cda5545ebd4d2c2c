using System.Diagnostics;
using System.Threading.Channels;
using Kendt.Model;
using Kendt.Store;
using Microsoft.Win32.SafeHandles;

namespace Kendt.Collect;

/// <summary>How the intake log is written.</summary>
public sealed record IntakeOptions
{
    /// <summary>Calls that may wait for the writer; one more is answered <see cref="AppendResult.Busy"/>. Default: 8,192.</summary>
    public int MaxWaitingCalls { get; init; } = 8_192;

    /// <summary>Bytes that may wait for the writer. Default: 64 MB.</summary>
    public long MaxWaitingBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Messages after which a commit is made although more are waiting. Default: 10,000.</summary>
    public int RowsPerCommit { get; init; } = 10_000;

    /// <summary>With the embedded engines: a file of the log that is as long as this is ended and the next begun. Default: 128 MB.</summary>
    public long SegmentBytes { get; init; } = 128L << 20;

    /// <summary>Asked before a call is let in; false turns it away as <see cref="AppendResult.Busy"/> (the disk is nearly full). Default: always true.</summary>
    public Func<bool> Accepts { get; init; } = () => true;

    /// <summary>When a client that was turned away should come again. Default: 2 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Told of every part of the log that cannot be read, once, when somebody comes upon it. Default: nobody.</summary>
    public Action<LogDamage> Damaged { get; init; } = _ => { };

    /// <summary>Slots of the first table of ids, a power of two. Default: 262,144, which is 2 MB.</summary>
    internal long FirstIdSlots { get; init; } = 1 << 18;

    /// <summary>How bytes come into a file of the log. Default: as the system does it.</summary>
    internal Durable.Writing Write { get; init; } = RandomAccess.Write;

    /// <summary>How a file of the log comes to the disk. Default: as the system does it.</summary>
    internal Action<SafeFileHandle> Flush { get; init; } = RandomAccess.FlushToDisk;
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
/// source and messageId. Places (<see cref="Message.Seq"/>) follow the order of commits; none is given twice.
/// </summary>
public sealed class IntakeLog : IAsyncDisposable
{
    /// <summary>The offset of the messages that are profiles and events.</summary>
    public const string Offset = "messages";

    private const int Crowd = 8;

    private static readonly TimeSpan Lately = TimeSpan.FromMilliseconds(500);

    private readonly IntakeOptions _options;
    private readonly IMessageStore _messages;
    private readonly RejectedItems _rejected;
    private readonly Channel<Waiting> _queue;
    private readonly Task _writer;
    private long _waitingBytes;
    private long _crowdedAt;
    private TaskCompletionSource _grown = NewSignal();

    private IntakeLog(IntakeOptions options, IMessageStore messages, RejectedItems rejected)
    {
        (_options, _messages, _rejected) = (options, messages, rejected);
        _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(options.MaxWaitingCalls) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _writer = Task.Run(WriteAllAsync);
    }

    /// <summary>Opens the log at its end and starts its writer.</summary>
    /// <exception cref="CannotException">Its files cannot be read or written.</exception>
    public static async Task<IntakeLog> OpenAsync(Stores stores, IntakeOptions options, CancellationToken cancel)
    {
        var rejected = await RejectedItems.OpenAsync(stores, options.MaxWaitingCalls, cancel);
        try
        {
            IMessageStore messages = stores.Ledger.Dialect.Engine is EngineKind.Postgres
                ? await MessageTable.OpenAsync(stores, cancel)
                : SegmentLog.Open(FolderOf(stores.Folder), options, await stores.Ledger.ReadAsync(s => Projection.ReadAsync(s, Offset, cancel), cancel));
            return new(options, messages, rejected);
        }
        catch
        {
            await rejected.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where a workspace has the log with the embedded engines.</summary>
    public static string FolderOf(string workspace) => Path.Combine(workspace, "log");

    /// <summary>All messages in the files of a log, from the first to the last, beside whoever writes it.</summary>
    public static IEnumerable<Message> ReadFolder(string folder) => SegmentLog.ReadFolder(folder);

    /// <summary>The place of the last message.</summary>
    public long Last => _messages.Last;

    /// <summary>Many calls came at once lately, as under a rush at the doors; an import is one call at a time.</summary>
    public bool IsCrowded => Volatile.Read(ref _crowdedAt) is var at and not 0 && Stopwatch.GetElapsedTime(at) < Lately;

    /// <summary>Appends a call; when this returns <see cref="AppendResult.Taken"/>, it is durable. Its bodies must stay as they are until then.</summary>
    /// <param name="cancel">Looked at before the call waits for the writer; from then on it is taken.</param>
    /// <exception cref="CannotException">The disk or the server refused: nothing is known to be durable, the client must come again.</exception>
    public async ValueTask<AppendResult> AppendAsync(string source, TrackingCall.Items call, DateTimeOffset receivedAt, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (call.Taken.Count == 0 && call.Refused.Count == 0) return new AppendResult.Taken(0, 0, 0);
        if (!_options.Accepts()) return new AppendResult.Busy(_options.RetryAfter);
        var bytes = BytesOf(call);
        // One call alone is always let in, however large, or it could never come in.
        if (Interlocked.Add(ref _waitingBytes, bytes) > _options.MaxWaitingBytes && Volatile.Read(ref _waitingBytes) != bytes)
        {
            Interlocked.Add(ref _waitingBytes, -bytes);
            return new AppendResult.Busy(_options.RetryAfter);
        }
        try
        {
            var waiting = new Waiting(new(source, call.Taken, receivedAt));
            if (call.Taken.Count > 0 && !_queue.Writer.TryWrite(waiting)) return new AppendResult.Busy(_options.RetryAfter);
            var refused = _rejected.AppendAsync(source, call.Refused, receivedAt);
            var fresh = call.Taken.Count > 0 ? await waiting.Done.Task : 0;
            return await refused ? new AppendResult.Taken(fresh, call.Taken.Count - fresh, call.Refused.Count) : new AppendResult.Busy(_options.RetryAfter);
        }
        finally
        {
            Interlocked.Add(ref _waitingBytes, -bytes);
        }
    }

    /// <summary>Messages after a place, in order: at most so many, and fewer when they are large. What is damaged is left out, and told.</summary>
    /// <exception cref="CannotException">There are messages after the place, and none of them can be read.</exception>
    public async Task<List<Message>> ReadAsync(long afterSeq, int max, CancellationToken cancel)
    {
        var last = Last;
        var messages = await _messages.ReadAsync(afterSeq, max, cancel);
        return messages.Count > 0 || last <= afterSeq ? messages : throw new CannotException($"The intake log cannot be read after place {afterSeq}. 'kendt check' says which file is damaged; a copy of it from a backup mends it.");
    }

    /// <summary>Reads all of the log and says how many messages there are and what is damaged.</summary>
    public Task<LogHealth> VerifyAsync(CancellationToken cancel) => _messages.VerifyAsync(cancel);

    /// <summary>Removes messages that were received before a time, up to a place that every projection has passed. A removed message is still known when it comes again from a file that is kept.</summary>
    /// <returns>How many are gone; with the embedded engines whole files go.</returns>
    public Task<long> RemoveAsync(DateTimeOffset receivedBefore, long upToSeq, CancellationToken cancel) => _messages.RemoveAsync(receivedBefore, upToSeq, cancel);

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
    public Task WaitForRejectedAsync(CancellationToken cancel) => _rejected.WaitForNewAsync(cancel);

    /// <summary>Takes no more, writes what is waiting, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writer;
        await _rejected.DisposeAsync();
        await _messages.DisposeAsync();
    }

    internal static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal static CannotException Unwritable(Exception fault) =>
        new("The intake log cannot be written. Check that the disk is not full and the database is reachable; clients will send again.", fault);

    private static long BytesOf(TrackingCall.Items call)
    {
        var bytes = 200L * (call.Taken.Count + call.Refused.Count);
        foreach (var item in call.Taken) bytes += item.Body.Length;
        foreach (var item in call.Refused) bytes += item.Raw.Length;
        return bytes;
    }

    private async Task WriteAllAsync()
    {
        var (group, calls) = (new List<Waiting>(), new List<Append>());
        while (await _queue.Reader.WaitToReadAsync())
        {
            group.Clear();
            calls.Clear();
            for (var rows = 0; rows < _options.RowsPerCommit && _queue.Reader.TryRead(out var waiting); rows += waiting.Call.Items.Count)
            {
                group.Add(waiting);
                calls.Add(waiting.Call);
            }
            if (group.Count >= Crowd) Volatile.Write(ref _crowdedAt, Stopwatch.GetTimestamp());
            try
            {
                var before = Last;
                var fresh = await _messages.AppendAsync(calls);
                for (var i = 0; i < group.Count; i++) group[i].Done.TrySetResult(fresh[i]);
                if (Last > before) Interlocked.Exchange(ref _grown, NewSignal()).TrySetResult();
            }
            catch (Exception fault)
            {
                foreach (var waiting in group) waiting.Done.TrySetException(Unwritable(fault));
            }
        }
    }

    private sealed class Waiting(Append call)
    {
        public Append Call { get; } = call;

        public TaskCompletionSource<int> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
