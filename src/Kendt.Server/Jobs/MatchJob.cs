using System.Text.Json;
using Kendt.Model;
using Kendt.Server.Host;
using Kendt.Store;
using Kendt.Unify;
using Kendt.Unify.Batch;

namespace Kendt.Server.Jobs;

/// <summary>What a plan of matching is made and applied with.</summary>
public sealed record MatchRooms(MatchRuns Runs, ApplyPlan Plan, MergeActions Merging);

/// <summary>Makes a plan of matching, stage by stage; then applies it, if that was asked for.</summary>
public sealed class MatchJob(Stores stores, IdentifierRules rules, MatchRooms rooms, Pipeline pipeline, MatchApply apply, TimeProvider time) : JobKind
{
    public const string Kind = "match", Title = "Match customers";

    private static readonly Dictionary<string, string> Named = new(StringComparer.Ordinal)
    {
        ["Read"] = "Read sources",
        ["Clean"] = "Clean and normalise",
        ["Block"] = "Bring together what may match",
        ["Learn"] = "Learn what agreement is worth",
        ["Score"] = "Score pairs",
        ["Cluster"] = "Make customers of pairs",
        ["Compare"] = "Compare with what is",
    };

    private (Guid Id, MatchRun Run)? _held;

    /// <summary>What a run is of.</summary>
    /// <param name="Apply">Apply the plan at once.</param>
    public sealed record Argument(Guid Run, bool Apply);

    public override string Name => Kind;

    public override IReadOnlyList<JobStep> Steps(string argument)
    {
        var asked = JsonSerializer.Deserialize<Argument>(argument)!;
        return
        [
            .. MatchRun.Stages.Select((stage, i) => new JobStep(Named[stage], (progress, cancel) => StageAsync(asked.Run, i, progress, cancel))),
            .. asked.Apply ? apply.Steps(asked.Run) : [],
        ];
    }

    private async Task StageAsync(Guid id, int stage, JobProgress progress, CancellationToken cancel)
    {
        try
        {
            if (stage == 0) await rooms.Runs.BeginAsync(id, cancel);
            if (stage == 0) await pipeline.CaughtUpAsync((done, total) => progress.Report(done, total, "waiting for what came before"), cancel);
            // A run that was cut off begins again here, with what it had found before.
            if (_held is not { } held || held.Id != id) _held = held = (id, new(stores, rules, MatchActions.Parse((await rooms.Runs.FindAsync(id, cancel))!.Yaml), time));
            if (stage == MatchRun.Stages.Count - 1) held.Run.Merge = await rooms.Merging.EffectAsync(MatchActions.Parse((await rooms.Runs.FindAsync(id, cancel))!.Yaml).Merge, cancel);
            var note = await held.Run.RunToAsync(stage, id, progress.Report, cancel);
            progress.Report(1, 1, note);
            if (stage < MatchRun.Stages.Count - 1) return;
            _held = null;
            ProcessMemory.GiveBack();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            _held = null;
            await rooms.Runs.FailAsync(id, fault is BadInputException or CannotException ? fault.Message : fault.GetType().Name, CancellationToken.None);
            throw;
        }
    }
}

/// <summary>Applies a plan: links and profiles in bounded transactions, then what was written for them follows.</summary>
public sealed class MatchApply(PipelineRooms rooms, MatchRooms match, Pipeline pipeline, Pulse pulse, TimeProvider time)
{
    /// <summary>The steps; each may be cut off anywhere, and goes on.</summary>
    public IReadOnlyList<JobStep> Steps(Guid run) =>
    [
        new("Write links and profiles", (progress, cancel) => WriteAsync(run, progress, cancel)),
        new("Bring events and traits to their owners", (progress, cancel) => FollowAsync(progress, cancel)),
        new("Show traits by the merge policy", (progress, cancel) => MergeAsync(run, progress, cancel)),
    ];

    private async Task WriteAsync(Guid run, JobProgress progress, CancellationToken cancel)
    {
        if ((await match.Runs.FindAsync(run, cancel))?.State is not MatchState.Applied) await match.Runs.BeginApplyAsync(run, cancel);
        while (true)
        {
            var step = await rooms.Stores.Ledger.WriteAsync(async ledger =>
            {
                var done = await match.Plan.StepAsync(ledger, run, time.GetUtcNow(), cancel);
                if (done is not null) await rooms.Profiles.WriteAsync(ledger, [], done.Merges, done.Profiles, cancel);
                return done;
            }, cancel);
            if (step is null) return;
            progress.Report(step.Done, step.Total, "");
            pulse.Beat();
        }
    }

    private async Task MergeAsync(Guid run, JobProgress progress, CancellationToken cancel)
    {
        await match.Merging.ApplyAsync(MatchActions.Parse((await match.Runs.FindAsync(run, cancel))!.Yaml).Merge, done => progress.Report(done, 0, ""), cancel);
        pulse.Beat();
    }

    private async Task FollowAsync(JobProgress progress, CancellationToken cancel)
    {
        await rooms.Stores.Warehouse.WriteAsync(warehouse => MergeLog.CopyAsync(rooms.Stores.Ledger, warehouse, cancel), cancel);
        pulse.Beat();
        await pipeline.CaughtUpAsync((done, total) => progress.Report(done, total, ""), cancel);
        pulse.Beat();
    }
}

/// <summary>Applies a plan that was looked at.</summary>
public sealed class MatchApplyJob(MatchApply apply) : JobKind
{
    public const string Kind = "match-apply", Title = "Apply the plan of matching";

    public override string Name => Kind;

    public override IReadOnlyList<JobStep> Steps(string argument)
    {
        var asked = JsonSerializer.Deserialize<MatchJob.Argument>(argument)!;
        return apply.Steps(asked.Run);
    }
}
