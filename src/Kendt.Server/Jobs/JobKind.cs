namespace Kendt.Server.Jobs;

/// <summary>Long work that people see: named steps, each of which may be run again after it was cut off and continues.</summary>
public abstract class JobKind
{
    /// <summary>The word in the table, such as <c>import</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What a run with this argument does, in order. The same argument must give the same steps.</summary>
    public abstract IReadOnlyList<JobStep> Steps(string argument);
}

/// <summary>One step: its name as people read it, and what it does.</summary>
public sealed record JobStep(string Name, Func<JobProgress, CancellationToken, Task> Run);

/// <summary>How far a step has come.</summary>
public sealed record StepState(string Name, string State, long Done, long Total, string Note, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt);

/// <summary>One run of a job. <c>State</c> is queued, running, done, failed or cancelled.</summary>
public sealed record JobState(Kendt.Model.JobId Id, string Kind, string Title, string State, string? Error, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, IReadOnlyList<StepState> Steps);

/// <summary>What a running step tells of itself; kept in memory and written down about once a second.</summary>
public sealed class JobProgress
{
    private readonly Lock _gate = new();
    private (long Done, long Total, string Note) _now = (0, 0, "");

    /// <param name="total">0 when it is not known.</param>
    public void Report(long done, long total, string note)
    {
        lock (_gate) _now = (done, total, note);
    }

    public (long Done, long Total, string Note) Now
    {
        get
        {
            lock (_gate) return _now;
        }
    }
}
