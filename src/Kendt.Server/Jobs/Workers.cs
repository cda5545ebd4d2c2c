using Kendt.Activate;
using Kendt.Collect;
using Kendt.Server.Host;
using Kendt.Store;

namespace Kendt.Server.Jobs;

/// <summary>Sends what waits in the outbox for as long as the host runs.</summary>
internal sealed partial class OutboxWorker(Deliveries deliveries, TimeProvider time, ILogger<OutboxWorker> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var outbox = new Outbox(deliveries, time, fault => Failed(log, fault));
        try
        {
            await Task.Run(() => outbox.RunAsync(stoppingToken), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    [LoggerMessage(LogLevel.Error, "The outbox could not send; it tries again")]
    private static partial void Failed(ILogger log, Exception fault);
}

/// <summary>Removes messages that are older than the workspace keeps them, once an hour; never one that is not in profiles and events.</summary>
internal sealed partial class RetentionWorker(KendtOptions options, IntakeLog messages, Pipeline pipeline, TimeProvider time, ILogger<RetentionWorker> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.KeepMessages is not { } kept) return;
        using var every = new PeriodicTimer(TimeSpan.FromHours(1), time);
        try
        {
            do
            {
                try
                {
                    var removed = await messages.RemoveAsync(time.GetUtcNow() - kept, pipeline.MessagesDone, stoppingToken);
                    if (removed > 0) Removed(log, removed, kept.TotalDays);
                }
                catch (Exception fault) when (fault is IOException or SqlException)
                {
                    Failed(log, fault);
                }
            }
            while (await every.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    [LoggerMessage(LogLevel.Information, "{Count} messages older than {Days} days were removed from the intake log")]
    private static partial void Removed(ILogger log, long count, double days);

    [LoggerMessage(LogLevel.Error, "Old messages could not be removed; tried again in an hour")]
    private static partial void Failed(ILogger log, Exception fault);
}

/// <summary>Writes the counts of violations about once a second, and once more at the end.</summary>
internal sealed partial class ViolationWorker(Violations violations, TimeProvider time, ILogger<ViolationWorker> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await NextAsync(timer, stoppingToken)) await FlushAsync();
        await FlushAsync();
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task FlushAsync()
    {
        try
        {
            await violations.FlushAsync(CancellationToken.None);
        }
        catch (Exception fault) when (fault is SqlException or Kendt.Model.CannotException)
        {
            Failed(log, fault);
        }
    }

    [LoggerMessage(LogLevel.Error, "Counts of violations could not be written; they are kept and written later")]
    private static partial void Failed(ILogger log, Exception fault);
}

/// <summary>When nothing has come for a while: the warehouse's log goes to its file (nothing is lost without it, but the next start is quicker), and memory back to the machine.</summary>
internal sealed partial class CheckpointWorker(Stores stores, Pipeline pipeline, Pulse pulse, DiskGuard disk, ILogger<CheckpointWorker> log) : BackgroundService
{
    private const long Grown = 48 << 20; // what readers filled caches with, too
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long backlog = 0;
        Telemetry.Watch(() => Interlocked.Read(ref backlog), () => disk.Free);
        var (dirty, least) = (true, long.MaxValue);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var beat = pulse.Beats;
                await pulse.NextAsync(Quiet, stoppingToken);
                Interlocked.Exchange(ref backlog, await pipeline.BacklogAsync(stoppingToken));
                least = Math.Min(least, Environment.WorkingSet);
                if (pulse.Beats != beat) dirty = true;
                else if ((dirty || Environment.WorkingSet - least > Grown) && !disk.IsLow)
                {
                    await stores.Warehouse.RestAsync(stoppingToken);
                    await stores.Ledger.RestAsync(stoppingToken);
                    ProcessMemory.GiveBack();
                    (dirty, least) = (false, Environment.WorkingSet);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        catch (SqlException fault)
        {
            Failed(log, fault);
        }
    }

    [LoggerMessage(LogLevel.Error, "The warehouse could not be tidied; nothing is lost, start Kendt again when the disk has room")]
    private static partial void Failed(ILogger log, Exception fault);
}
