using System.Threading.Channels;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>
/// Refused items on their way to the dead letters, durable before their call is answered. They have a writer of their own:
/// it waits for the ledger's other writers, and the messages' need not wait with it.
/// </summary>
internal sealed class RejectedItems : IAsyncDisposable
{
    private static readonly string[] Columns = ["seq", "source", "origin", "reason", "body", "received_at"];

    private readonly Stores _stores;
    private readonly Channel<Waiting> _queue;
    private readonly Task _writer;
    private long _last, _seen;
    private TaskCompletionSource _grown = IntakeLog.NewSignal();

    private sealed record Waiting(object?[][] Rows, TaskCompletionSource Done);

    private RejectedItems(Stores stores, int maxWaiting, long last)
    {
        (_stores, _last) = (stores, last);
        _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(maxWaiting) { SingleReader = true });
        _writer = Task.Run(WriteAllAsync);
    }

    // They leave the ledger when they are in the warehouse, so their end may be known only there.
    public static async Task<RejectedItems> OpenAsync(Stores stores, int maxWaiting, CancellationToken cancel)
    {
        var moved = await stores.Warehouse.ReadAsync(s => Projection.ReadAsync(s, DeadLetters.Offset, cancel), cancel);
        var last = await stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select max(seq) from rejected_item"), cancel), cancel);
        return new(stores, maxWaiting, Math.Max(moved, last));
    }

    /// <summary>True when the items are durable, false if too much is waiting.</summary>
    public async ValueTask<bool> AppendAsync(string source, IReadOnlyList<Rejected> items, DateTimeOffset receivedAt)
    {
        if (items.Count == 0) return true;
        var waiting = new Waiting([.. items.Select(item => new object?[] { null, source, "intake", item.Reason, DeadLetters.TextOf(item.Raw.Span), receivedAt })], IntakeLog.NewSignal());
        if (!_queue.Writer.TryWrite(waiting)) return false;
        await waiting.Done.Task;
        return true;
    }

    /// <summary>Returns when items have come since this was called last, or have not been brought to the dead letters yet.</summary>
    public async Task WaitForNewAsync(CancellationToken cancel)
    {
        while (true)
        {
            var grown = Volatile.Read(ref _grown);
            var last = Volatile.Read(ref _last);
            if (Interlocked.Exchange(ref _seen, last) < last) return;
            await grown.Task.WaitAsync(cancel);
        }
    }

    /// <summary>Takes no more, writes what is waiting, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writer;
    }

    private async Task WriteAllAsync()
    {
        var group = new List<Waiting>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            group.Clear();
            for (var rows = 0; rows < 10_000 && _queue.Reader.TryRead(out var waiting); rows += waiting.Rows.Length) group.Add(waiting);
            try
            {
                var last = _last;
                foreach (var row in group.SelectMany(w => w.Rows)) row[0] = ++last;
                await _stores.Ledger.WriteAsync(s => s.LoadAsync("rejected_item", Columns, group.SelectMany(w => w.Rows), CancellationToken.None), CancellationToken.None);
                Volatile.Write(ref _last, last);
                Interlocked.Exchange(ref _grown, IntakeLog.NewSignal()).TrySetResult();
                foreach (var waiting in group) waiting.Done.TrySetResult();
            }
            catch (Exception fault)
            {
                foreach (var waiting in group) waiting.Done.TrySetException(IntakeLog.Unwritable(fault));
            }
        }
    }
}
