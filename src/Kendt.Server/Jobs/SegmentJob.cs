using Kendt.Segments;
using Kendt.Segments.Live;

namespace Kendt.Server.Jobs;

/// <summary>Waits until the members of all stored segments are those of everything that was taken before.</summary>
public sealed class SegmentRefresh(LiveSegments live, Membership membership)
{
    public async Task RunAsync(JobProgress progress, CancellationToken cancel)
    {
        while (await live.StepAsync(cancel))
        {
            var building = (await live.StatusAsync(cancel)).Where(s => s.IsBuilding).ToList();
            if (building.Count > 0) progress.Report(building[0].Done, building[0].Total, $"{building.Count:N0} segments are being built");
        }
        await membership.CopyAsync(cancel);
    }
}

/// <summary>The nightly check of the truth: live members against a full evaluation. What is not needed any more is let go.</summary>
public sealed class SegmentJob(SegmentCheck check, LiveSegments live, Membership membership, TimeProvider time) : JobKind
{
    public const string Kind = "segments", Title = "Check segments";

    // How long the log of changes goes back.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    public override string Name => Kind;

    public override IReadOnlyList<JobStep> Steps(string argument) =>
    [
        new("Compare live members with a full evaluation", async (progress, cancel) =>
        {
            var report = await check.RunAsync((done, total) => progress.Report(done, total, ""), cancel);
            progress.Report(report.Segments, report.Segments, report.Defects.Count == 0 ? $"{report.Memberships:N0} memberships, all the same" : $"{report.Defects.Count:N0} of {report.Memberships:N0} memberships differed and were mended");
        }),
        new("Let go of what no rule looks at", async (_, cancel) =>
        {
            await live.PruneAsync(cancel);
            await membership.TidyAsync(time.GetUtcNow() - Kept, cancel);
        }),
    ];
}

/// <summary>Starts what is done once a night, at two o'clock UTC.</summary>
internal sealed class NightlyWorker(JobRunner jobs, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var now = time.GetUtcNow();
            var next = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) + Hour;
            if (next <= now) next += TimeSpan.FromDays(1);
            try
            {
                await Task.Delay(next - now, time, stoppingToken);
                await jobs.StartAsync(SegmentJob.Kind, SegmentJob.Title, "", stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
