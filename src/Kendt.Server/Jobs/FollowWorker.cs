using System.Diagnostics;
using Kendt.Model;
using Kendt.Server.Host;
using Kendt.Store;
using Kendt.Unify;
using Kendt.Unify.Batch;

namespace Kendt.Server.Jobs;

/// <summary>
/// Matches what came since a plan was applied, when the pipeline has nothing else to do, and with pauses that are much longer than the work. A
/// while after the last step the index goes to its files, later out of memory.
/// </summary>
internal sealed partial class FollowWorker(MatchFollow follow, PipelineRooms rooms, Pipeline pipeline, Pulse pulse, DiskGuard disk, ILogger<FollowWorker> log) : BackgroundService
{
    private const int Share = 10;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2), Save = TimeSpan.FromSeconds(20), Release = TimeSpan.FromMinutes(10), Longest = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (pause, rested, seen) = (Look, Stopwatch.GetTimestamp(), -1L);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(pause, stoppingToken);
                var beat = pulse.Beats;
                if (beat == seen) await pulse.NextAsync(Save, stoppingToken);
                (beat, pause) = (pulse.Beats, Look);
                if (beat != seen && !disk.IsLow && await pipeline.BacklogAsync(stoppingToken) == 0)
                {
                    var started = Stopwatch.GetTimestamp();
                    var step = await follow.StepAsync((ledger, done) => rooms.Profiles.WriteAsync(ledger, [], done.Merges, done.Profiles, stoppingToken), stoppingToken);
                    if (step is null)
                    {
                        seen = beat;
                        continue;
                    }
                    await rooms.Stores.Warehouse.WriteAsync(async warehouse =>
                    {
                        await MergeLog.CopyAsync(rooms.Stores.Ledger, warehouse, stoppingToken);
                        await HouseholdBook.CopyAsync(rooms.Stores.Ledger, warehouse, stoppingToken);
                    }, stoppingToken);
                    pulse.Beat();
                    rested = Stopwatch.GetTimestamp();
                    if (Stopwatch.GetElapsedTime(started) * Share is var longer && longer > Look) pause = longer < Longest ? longer : Longest;
                }
                else if (Stopwatch.GetElapsedTime(rested) is var idle && idle > Save) await follow.RestAsync(release: idle > Release, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is SqlException or CannotException or IOException)
            {
                Failed(log, fault.Message);
                pause = Longest;
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "What came since a plan was applied could not be matched; it is tried again: {Why}")]
    private static partial void Failed(ILogger log, string why);
}
