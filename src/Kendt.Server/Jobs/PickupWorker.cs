using System.Collections.Concurrent;
using Kendt.Collect;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Server.Jobs;

/// <summary>Looks at the places of sources from time to time and takes the files that are new, one after another.</summary>
public sealed partial class PickupWorker(Pickups pickups, FileDoor door, JobRunner jobs, TimeProvider time, ILogger<PickupWorker> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    // What was seen of places where files grow, at the look before.
    private readonly ConcurrentDictionary<(string Source, string Name), string> _seen = new();
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Looks at one source's place and takes what is new.</summary>
    /// <returns>How many files were taken, how many could not be, and how many are looked at once more because they may still grow.</returns>
    /// <exception cref="BadInputException">The place cannot be reached.</exception>
    /// <exception cref="CannotException">A file could not be fetched this time.</exception>
    public async Task<(int Taken, int Failed, int Waiting)> CheckAsync(string source, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var (taken, failed, waiting) = (0, 0, 0);
            using var place = await pickups.OpenAsync(source, cancel);
            var files = await place.ListAsync(cancel);
            var rested = place.GrowsInPlace ? Rested(source, files) : files;
            foreach (var file in await pickups.NewAsync(source, files, cancel))
            {
                if (!rested.Contains(file)) waiting++;
                else if (await TakeAsync(source, place, file, cancel)) taken++;
                else failed++;
            }
            await pickups.CheckedAsync(source, "", cancel);
            return (taken, failed, waiting);
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or SqlException))
        {
            var isTold = fault is BadInputException or CannotException or IOException;
            await pickups.CheckedAsync(source, isTold ? fault.Message : "The connection broke off. It is tried again at the next look.", cancel);
            if (fault is IOException) throw new CannotException(fault.Message, fault);
            throw;
        }
        finally
        {
            _one.Release();
        }
    }

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (var pickup in (await pickups.ListAsync(stoppingToken)).Where(p => p.Enabled)) await QuietlyAsync(pickup.Source, stoppingToken);
            }
            catch (Exception fault) when (fault is SqlException or CannotException)
            {
                Failed(log, fault, "all sources");
            }
        }
    }

    private async Task QuietlyAsync(string source, CancellationToken cancel)
    {
        try
        {
            await CheckAsync(source, cancel);
        }
        catch (BadInputException)
        {
            return; // it stands in the pickup's note
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Failed(log, fault, source); // the network went away, or a store: the next look tries again
        }
    }

    // The file's import is awaited, so that its end is known to the place. A kill in between takes the file again, whose rows are known then.
    private async Task<bool> TakeAsync(string source, IFilePlace place, PlacedFile file, CancellationToken cancel)
    {
        await pickups.MarkAsync(source, file, "taking", "", cancel);
        string? fault = null;
        try
        {
            await using var content = await place.OpenAsync(file, cancel);
            fault = await EndAsync(await door.TakeAsync(content, Path.GetFileName(file.Name), new(null, source), "pickup", cancel), cancel);
        }
        catch (BadInputException wrong)
        {
            fault = wrong.Message;
        }
        await place.EndAsync(file, fault, cancel);
        await pickups.MarkAsync(source, file, fault is null ? "taken" : "failed", fault ?? "", cancel);
        return fault is null;
    }

    private async Task<string?> EndAsync(JobId job, CancellationToken cancel)
    {
        while (true)
        {
            var state = await jobs.FindAsync(job, cancel);
            switch (state?.State)
            {
                case "done": return null;
                case "failed": return state.Error ?? "The import failed.";
                case "cancelled" or null: return "The import was stopped.";
            }
            await Task.Delay(TimeSpan.FromMilliseconds(300), time, cancel);
        }
    }

    private List<PlacedFile> Rested(string source, IReadOnlyList<PlacedFile> files)
    {
        var rested = files.Where(f => _seen.TryGetValue((source, f.Name), out var tag) && tag == f.Tag).ToList();
        foreach (var gone in _seen.Keys.Where(k => k.Source == source)) _seen.TryRemove(gone, out _);
        foreach (var file in files) _seen[(source, file.Name)] = file.Tag;
        return rested;
    }

    [LoggerMessage(LogLevel.Error, "Files of {Source} could not be fetched; it is tried again")]
    private static partial void Failed(ILogger log, Exception fault, string source);
}
