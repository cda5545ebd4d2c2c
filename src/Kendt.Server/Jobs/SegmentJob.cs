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
            var (building, done, total) = (await live.StatusAsync(cancel)).Where(s => s.IsBuilding).Aggregate((0, 0L, 0L), (sum, s) => (sum.Item1 + 1, s.Done, s.Total));
            progress.Report(done, total, building == 0 ? "" : $"{building:N0} segments are being built");
        }
        await membership.CopyAsync(cancel);
    }
}

/// <summary>The refresh as a job of its own.</summary>
public sealed class SegmentJob(SegmentRefresh refresh) : JobKind
{
    public const string Kind = "segments";

    public override string Name => Kind;

    public override IReadOnlyList<JobStep> Steps(string argument) => [new("Refresh segments", refresh.RunAsync)];
}
