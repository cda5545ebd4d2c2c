using Kendt.Segments;
using Kendt.Segments.Live;
using Kendt.Server.Host;

namespace Kendt.Server.Jobs;

/// <summary>Keeps segments live for as long as the host runs: awake when the pipeline has brought something, when a rule was put, and when somebody is due.</summary>
internal sealed partial class LiveWorker(LiveSegments live, Membership membership, Pulse pulse, DiskGuard disk, TimeProvider time, ILogger<LiveWorker> log) : BackgroundService
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1), CopyEvery = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Task.Run(() => KeepRunningAsync(RunAsync, stoppingToken), stoppingToken),
        Task.Run(() => KeepRunningAsync(CopyAsync, stoppingToken), stoppingToken));

    private async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            var beat = pulse.Beats;
            disk.Need();
            var more = await live.StepAsync(stopping);
            if (more || pulse.Beats != beat) continue;
            var wait = live.NextDue is { } due && due - time.GetUtcNow() is var left && left < Idle ? left : Idle;
            if (wait > TimeSpan.Zero) await pulse.NextAsync(wait, stopping);
        }
    }

    // Set-based readers can be a little behind; one look at the warehouse for many changes.
    private async Task CopyAsync(CancellationToken stopping)
    {
        while (true)
        {
            await membership.CopyAsync(stopping);
            await Task.Delay(CopyEvery, time, stopping);
        }
    }

    private async Task KeepRunningAsync(Func<CancellationToken, Task> run, CancellationToken stopping)
    {
        for (var pause = 1; !stopping.IsCancellationRequested; pause = Math.Min(60, pause * 2))
        {
            try
            {
                await run(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                Stopped(log, fault, pause);
                await Task.Delay(TimeSpan.FromSeconds(pause), stopping).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    [LoggerMessage(LogLevel.Critical, "Live segments stopped and begin again in {Seconds} s")]
    private static partial void Stopped(ILogger log, Exception fault, int seconds);
}
