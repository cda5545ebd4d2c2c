using Kendt.Segments;

namespace Kendt.Server.Jobs;

/// <summary>Brings the members of all stored segments up to date.</summary>
public sealed class SegmentRefresh(Catalogue catalogue, Membership membership, TimeProvider time)
{
    public async Task RunAsync(JobProgress progress, CancellationToken cancel)
    {
        var all = await catalogue.ListAsync(cancel);
        long entered = 0, left = 0;
        for (var i = 0; i < all.Count; i++)
        {
            var change = await membership.RefreshAsync(all[i].Name, time.GetUtcNow(), cancel);
            (entered, left) = (entered + change.Entered, left + change.Left);
            progress.Report(i + 1, all.Count, $"{entered:N0} entered, {left:N0} left");
        }
    }
}

/// <summary>The refresh as a job of its own.</summary>
public sealed class SegmentJob(SegmentRefresh refresh) : JobKind
{
    public const string Kind = "segments";

    public override string Name => Kind;

    public override IReadOnlyList<JobStep> Steps(string argument) => [new("Refresh segments", refresh.RunAsync)];
}
