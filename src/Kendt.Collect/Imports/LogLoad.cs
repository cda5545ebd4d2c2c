using Kendt.Store;

namespace Kendt.Collect;

/// <summary>Where the events of rows go.</summary>
internal interface ITakesEvents
{
    /// <summary>Far more was added than a batch, because there was no moment to write it.</summary>
    bool IsOverfull { get; }

    void Add(Item item);

    void Add(DeadLetter letter);

    /// <summary>Writes what was added if it is a batch; <paramref name="done"/> rows are in it and before it.</summary>
    Task MakeRoomAsync(ImportRun run, long done, CancellationToken cancel);

    Task FlushAsync(ImportRun run, long done, CancellationToken cancel);
}

/// <summary>
/// The way of an import into the intake log. The place is written after the messages, so a killed import repeats at most
/// one batch, and the log knows those messages again.
/// </summary>
internal sealed class LogLoad(Stores stores, Entrance entrance, TimeProvider time) : ITakesEvents
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

    public bool IsOverfull => _items.Count + _letters.Count >= 2 * Batch;

    public void Add(DeadLetter letter) => _letters.Add(letter);

    public Task MakeRoomAsync(ImportRun run, long done, CancellationToken cancel) =>
        _items.Count + _letters.Count >= Batch || _bytes >= BatchBytes ? FlushAsync(run, done, cancel) : Task.CompletedTask;

    public async Task FlushAsync(ImportRun run, long done, CancellationToken cancel)
    {
        if (_items.Count + _letters.Count == 0) return;
        while (true)
        {
            var (result, refused) = await entrance.AppendTakenAsync(run.Import.Source, new TrackingCall.Items(_items, [], null), time.GetUtcNow(), cancel);
            if (result is AppendResult.Busy busy)
            {
                await Task.Delay(busy.RetryAfter, time, cancel); // people's clicks come first
                continue;
            }
            var taken = (AppendResult.Taken)result;
            _letters.AddRange(refused.Select(r => run.Refuse("message", r.Reason, DeadLetters.TextOf(r.Raw.Span))));
            run.Taken += taken.New;
            run.Known += taken.Duplicates;
            break;
        }
        if (_letters.Count > 0) await stores.Warehouse.WriteAsync(s => DeadLetters.WriteAsync(s, _letters, cancel), cancel);
        await stores.Ledger.WriteAsync(async session =>
        {
            await Projection.WriteAsync(session, run.Offset, done, cancel);
            await session.ExecuteAsync(Sql.Of($"update import set rows_taken = {run.Taken}, rows_known = {run.Known} where import_id = {run.Import.Id.Value}"), cancel);
        }, cancel);
        _items.Clear();
        _letters.Clear();
        _bytes = 0;
        run.Report(done);
    }
}
