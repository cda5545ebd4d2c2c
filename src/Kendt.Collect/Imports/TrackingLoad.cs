using Kendt.Store;

namespace Kendt.Collect;

/// <summary>A file of tracking messages, one a line: the same door as the HTTP API, in batches.</summary>
internal sealed class TrackingLoad(LogLoad log, TimeProvider time)
{
    public async Task RunAsync(ImportRun run, LineReader lines, CancellationToken cancel)
    {
        var number = 0L;
        while (lines.Read(out var line))
        {
            cancel.ThrowIfCancellationRequested();
            if (++number <= run.Begin) continue;
            await log.MakeRoomAsync(run, number - 1, cancel);
            if (lines.IsCut) log.Add(run.Refuse(number, $"The line is longer than {LineReader.MaxLine / 1024 / 1024} MB.", DeadLetters.TextOf(line.Span)));
            else Read(run, line, number);
        }
        await log.FlushAsync(run, number, cancel);
    }

    private void Read(ImportRun run, ReadOnlyMemory<byte> line, long number)
    {
        switch (TrackingCall.Read(line, null, time))
        {
            case TrackingCall.Items call:
                // Without an id of its own a line is known again by what it says.
                foreach (var item in call.Taken)
                    log.Add(new Item(item.Body.ToArray(), item.IdIsGiven ? RowKeys.Digest(item.Body.Span) : item.MessageId, item.Index, item.SentAt));
                foreach (var item in call.Refused) log.Add(run.Refuse(number, item.Reason, DeadLetters.TextOf(item.Raw.Span)));
                break;
            case TrackingCall.Unreadable:
                log.Add(run.Refuse(number, "The line is not JSON.", DeadLetters.TextOf(line.Span)));
                break;
        }
    }
}

/// <summary>
/// The way of an import into the intake log. The place is written after the messages, so a killed import repeats at most
/// one batch, and the log knows those messages again.
/// </summary>
internal sealed class LogLoad(Stores stores, IntakeLog log, TimeProvider time)
{
    private const int Batch = 5_000;
    private const int BatchBytes = 16 * 1024 * 1024;

    private readonly List<Item> _items = [];
    private readonly List<DeadLetter> _letters = [];
    private long _bytes;

    public void Add(Item item)
    {
        _items.Add(item);
        _bytes += item.Body.Length;
    }

    public void Add(DeadLetter letter) => _letters.Add(letter);

    /// <summary>Writes what was added if it is a batch; <paramref name="done"/> rows are in it and before it.</summary>
    public Task MakeRoomAsync(ImportRun run, long done, CancellationToken cancel) =>
        _items.Count + _letters.Count >= Batch || _bytes >= BatchBytes ? FlushAsync(run, done, cancel) : Task.CompletedTask;

    public async Task FlushAsync(ImportRun run, long done, CancellationToken cancel)
    {
        if (_items.Count + _letters.Count == 0) return;
        while (true)
        {
            var result = await log.AppendAsync(run.Import.Source, new TrackingCall.Items(_items, [], null), time.GetUtcNow(), cancel);
            if (result is AppendResult.Busy busy)
            {
                await Task.Delay(busy.RetryAfter, time, cancel); // people's clicks come first
                continue;
            }
            var taken = (AppendResult.Taken)result;
            run.Taken += taken.New;
            run.Known += taken.Duplicates;
            break;
        }
        if (_letters.Count > 0) await stores.Warehouse.WriteAsync(s => DeadLetters.WriteAsync(s, _letters, cancel), cancel);
        await stores.Ledger.WriteAsync(s => Projection.WriteAsync(s, "import:" + run.Import.Id, done, cancel), cancel);
        _items.Clear();
        _letters.Clear();
        _bytes = 0;
        run.Report(done);
    }
}
