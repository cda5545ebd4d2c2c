using Kendt.Collect;
using Kendt.Store;

namespace Kendt.Server.Jobs;

/// <summary>Writes down now and then how many messages were turned away, so that charts show them after a restart too.</summary>
internal sealed partial class TurnedAwayWorker(RateLimits limits, SourceTraffic traffic, TimeProvider time, ILogger<TurnedAwayWorker> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await WriteAsync();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await WriteAsync();
        }
    }

    // A few counts may be lost when a store refuses: they are for looking at, no message hangs on them.
    private async Task WriteAsync()
    {
        if (limits.TakeCounts() is not { Count: > 0 } counts) return;
        try
        {
            await traffic.AddTurnedAwayAsync(counts, CancellationToken.None);
        }
        catch (SqlException fault)
        {
            Failed(log, fault);
        }
    }

    [LoggerMessage(LogLevel.Warning, "How many messages were turned away could not be written down")]
    private static partial void Failed(ILogger log, Exception fault);
}
