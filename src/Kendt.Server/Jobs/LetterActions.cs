using System.Globalization;
using System.Text.Json;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;

namespace Kendt.Server.Jobs;

/// <summary>What people do to dead letters from the API and Studio: audited, a few at once, many as a job.</summary>
public sealed class LetterActions(Replay replay, DeadLetters letters, JobRunner jobs, Audit audit, TimeProvider time)
{
    /// <summary>Replays a few letters while the caller waits.</summary>
    public async Task<ReplayResult> ReplayAsync(DeadLetterFilter filter, string actor, CancellationToken cancel)
    {
        var done = await replay.RunAsync(filter, null, cancel);
        await audit.WriteAsync(actor, "dead_letter.replay", filter.Source ?? "", string.Create(CultureInfo.InvariantCulture, $"{done.Taken:N0} taken, {done.Failed:N0} failed"), cancel);
        return done;
    }

    /// <summary>Replays all that are meant as a job.</summary>
    public async Task<JobId> StartReplayAsync(DeadLetterFilter filter, string actor, CancellationToken cancel)
    {
        var count = await letters.CountAsync(filter, cancel);
        await audit.WriteAsync(actor, "dead_letter.replay", filter.Source ?? "", string.Create(CultureInfo.InvariantCulture, $"{count:N0} letters, as a job"), cancel);
        return await jobs.StartAsync(ReplayJob.Kind, string.Create(CultureInfo.InvariantCulture, $"Replay {count:N0} dead letters"), JsonSerializer.Serialize(filter with { NotTriedSince = time.GetUtcNow() }), cancel);
    }

    /// <returns>How many were removed.</returns>
    public async Task<int> DiscardAsync(DeadLetterFilter filter, string actor, CancellationToken cancel)
    {
        // Written first: a removal that nobody can find is worse than an entry about one that failed.
        var counts = await letters.CountByReasonAsync(filter, 20, cancel);
        await audit.WriteAsync(actor, "dead_letter.discard", filter.Source ?? "", string.Join("; ", counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Count:N0} of {c.Source}: {c.Reason}"))), cancel);
        return await letters.DiscardAsync(filter, cancel);
    }
}

/// <summary>Takes dead letters again. Cut off, it goes on with those that it has not tried.</summary>
public sealed class ReplayJob(Replay replay, Pipeline pipeline) : JobKind
{
    public const string Kind = "replay";

    public override string Name => Kind;

    public override IReadOnlyList<JobStep> Steps(string argument)
    {
        var filter = JsonSerializer.Deserialize<DeadLetterFilter>(argument)!;
        return
        [
            new("Take the letters again", async (progress, cancel) => await replay.RunAsync(filter, new Notes(progress), cancel)),
            new("Bring profiles up to date", (progress, cancel) => pipeline.CaughtUpAsync((done, total) => progress.Report(done, total, ""), cancel)),
        ];
    }

    private sealed class Notes(JobProgress progress) : IProgress<ReplayResult>
    {
        public void Report(ReplayResult value) =>
            progress.Report(value.Taken + value.Failed, 0, string.Create(CultureInfo.InvariantCulture, $"{value.Taken:N0} taken, {value.Failed:N0} failed again"));
    }
}
