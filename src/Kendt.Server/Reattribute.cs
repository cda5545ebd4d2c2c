using Kendt.Collect;
using Kendt.Profiles;
using Kendt.Store;
using Kendt.Unify;

namespace Kendt.Server;

/// <summary>
/// Brings what was written for profiles that a decision changed to those whom the identifiers that named it belong to now. It
/// takes its turn when both tracks rest and both stores have come equally far. The warehouse first, in one transaction
/// (merges, events, what was said of traits), then the ledger in another (documents, consent, companies), then measures are
/// told whose figures are others now, then segments.
/// Doing it again changes nothing, and the offset is written last, so that a killed process goes on where it was.
/// </summary>
internal sealed class Reattribute(PipelineRooms rooms) : IDisposable
{
    private const string Name = "reattribution";

    private const int Tracks = 2;

    private readonly SemaphoreSlim _turns = new(Tracks);
    private long _done = -1;
    private volatile bool _isWanted;

    /// <summary>A track that is at work should rest at its next batch.</summary>
    public bool IsWanted => _isWanted;

    public Task TakeTurnAsync(CancellationToken cancel) => _turns.WaitAsync(cancel);

    public void GiveTurn() => _turns.Release();

    /// <summary>Whether something waits.</summary>
    public async Task<bool> IsDueAsync(CancellationToken cancel)
    {
        if (Interlocked.Read(ref _done) < 0) Interlocked.Exchange(ref _done, await rooms.Stores.Ledger.ReadAsync(s => Projection.ReadAsync(s, Name, cancel), cancel));
        return await rooms.Stores.Ledger.ReadAsync(s => Reattribution.LastAsync(s, cancel), cancel) > Interlocked.Read(ref _done);
    }

    /// <summary>Does what waits; false if nothing does, or if the stores have not come equally far yet.</summary>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        if (!await IsDueAsync(cancel)) return false;
        _isWanted = true;
        var turns = 0;
        try
        {
            for (; turns < Tracks; turns++) await _turns.WaitAsync(cancel);
            if (!await IsLevelAsync(cancel)) return false;
            var waiting = await rooms.Stores.Ledger.ReadAsync(s => Reattribution.ReadAsync(s, Interlocked.Read(ref _done), cancel), cancel);
            if (waiting is null) return false;
            await rooms.Stores.Warehouse.WriteAsync(async warehouse =>
            {
                await MergeLog.CopyAsync(rooms.Stores.Ledger, warehouse, cancel);
                await WarehouseWriter.MoveAsync(warehouse, waiting.Profiles, waiting.Owners, cancel);
            }, cancel);
            await WriteLedgerAsync(waiting, cancel);
            await rooms.Stores.Warehouse.WriteAsync(warehouse => MeasureValues.MovedAsync(warehouse, waiting.Profiles.Values, cancel), cancel);
            await rooms.Live.RebuildAsync([.. waiting.Profiles.Values.Distinct()], cancel);
            await rooms.Stores.Ledger.WriteAsync(s => Projection.WriteAsync(s, Name, waiting.Last, cancel), cancel);
            Interlocked.Exchange(ref _done, waiting.Last);
            return true;
        }
        finally
        {
            _isWanted = false;
            if (turns > 0) _turns.Release(turns);
        }
    }

    private async Task WriteLedgerAsync(Reattribution.Waiting waiting, CancellationToken cancel)
    {
        var said = await WarehouseReader.SaidAsync(rooms.Stores.Warehouse, waiting.Profiles, cancel);
        await rooms.Stores.Ledger.WriteAsync(async ledger =>
        {
            await rooms.Profiles.RebuildAsync(ledger, [.. waiting.Profiles.Values.Distinct()], said, cancel);
            await rooms.Consents.MoveAsync(ledger, waiting.Profiles, waiting.Owners, cancel);
            await Accounts.MoveAsync(ledger, waiting, cancel);
        }, cancel);
    }

    private async Task<bool> IsLevelAsync(CancellationToken cancel)
    {
        foreach (var track in new[] { IntakeLog.Offset, Pipeline.RecordsOffset })
        {
            var ledger = await rooms.Stores.Ledger.ReadAsync(s => Projection.ReadAsync(s, track, cancel), cancel);
            if (ledger != await rooms.Stores.Warehouse.ReadAsync(s => Projection.ReadAsync(s, track, cancel), cancel)) return false;
        }
        return true;
    }

    public void Dispose() => _turns.Dispose();
}
