using Kendt.Model;

namespace Kendt.Studio.Data;

/// <summary>Reads what comes in: sources, imports, what could not be taken, and the jobs that work on it.</summary>
public interface IDataReader
{
    /// <summary>All sources by name.</summary>
    Task<IReadOnlyList<SourceRow>> SourcesAsync(CancellationToken cancel);

    /// <summary>One source; null if there is none of that name.</summary>
    Task<SourceView?> SourceAsync(string name, CancellationToken cancel);

    /// <summary>Imports, the newest first.</summary>
    Task<Stretch<ImportRow>> ImportsAsync(int page, int size, CancellationToken cancel);

    /// <summary>What could not be taken, the newest first.</summary>
    Task<DeadLetterView> DeadLettersAsync(DeadLetterQuery query, CancellationToken cancel);

    /// <summary>Jobs, running ones first, then the newest.</summary>
    Task<Stretch<JobView>> JobsAsync(int page, int size, CancellationToken cancel);

    /// <summary>Jobs that wait or run now; cheap, since it is asked once a second while a page is open.</summary>
    Task<IReadOnlyList<JobView>> ActiveJobsAsync(CancellationToken cancel);
}

/// <summary>What a person can do to data from Studio.</summary>
public interface IDataWriter
{
    /// <summary>
    /// Takes a file and starts its import as a job.
    /// </summary>
    /// <exception cref="BadInputException">The file, the mapping or the source cannot be used; the message is shown.</exception>
    Task<JobId> StartImportAsync(ImportOrder order, CancellationToken cancel);

    /// <summary>Asks a job to stop after the step it is at. Does nothing to one that has ended.</summary>
    Task CancelJobAsync(JobId id, CancellationToken cancel);
}

/// <summary>A source in the list.</summary>
/// <param name="Volume">Received each day of the last 30, oldest first.</param>
public sealed record SourceRow(
    string Name, SourceKind Kind, Party Party, bool Enabled, long Received, long Rejected, DateTimeOffset? LastSeen, IReadOnlyList<Point> Volume);

/// <summary>A source in full.</summary>
/// <param name="KeyHints">The few letters by which a write key in use is known; the keys are stored hashed.</param>
/// <param name="Mappings">Names of its mappings, for files and tables.</param>
public sealed record SourceView(
    SourceRow Row, DateTimeOffset CreatedAt, IReadOnlyList<string> KeyHints, IReadOnlyList<string> Mappings);

/// <summary>How an import stands.</summary>
public enum ImportState { Waiting, Running, Done, Failed, Cancelled }

/// <summary>One import of one file.</summary>
/// <param name="Known">Rows that were there already, unchanged.</param>
public sealed record ImportRow(
    Guid Id, string Source, string File, string Mapping, long Bytes, long Taken, long Known, long Rejected, ImportState State,
    DateTimeOffset CreatedAt, DateTimeOffset? EndedAt);

/// <summary>A file that a person gives to be imported.</summary>
/// <param name="Mapping">Name of a stored mapping of the source; empty when <paramref name="MappingYaml"/> is given or none is needed.</param>
/// <param name="MappingYaml">A mapping given beside the file; null for a stored one.</param>
public sealed record ImportOrder(string Source, string FileName, Stream Content, string Mapping, string? MappingYaml, string Actor);

/// <summary>Which dead letters are wanted.</summary>
public sealed record DeadLetterQuery(string Text, string? Source, string? Reason, int Page, int Size);

/// <summary>Dead letters, with what they can be filtered by.</summary>
/// <param name="Reasons">How many for each reason, the most frequent first, over all dead letters.</param>
public sealed record DeadLetterView(Stretch<DeadLetter> Found, IReadOnlyList<Bar> Reasons, IReadOnlyList<string> Sources);

/// <summary>Something that could not be taken, kept as received.</summary>
/// <param name="Origin">Where it came by: <c>/v1/track</c>, or a file and line.</param>
/// <param name="Body">As received, shortened to what a person can read.</param>
public sealed record DeadLetter(Guid Id, string Source, string Origin, string Reason, string Body, DateTimeOffset ReceivedAt);

/// <summary>How a job or one of its steps stands.</summary>
public enum JobState { Waiting, Running, Done, Failed, Cancelled }

/// <summary>A job and its steps.</summary>
/// <param name="Error">What went wrong, in words; null if nothing did.</param>
public sealed record JobView(
    JobId Id, string Kind, string Title, JobState State, string? Error, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt, IReadOnlyList<StepView> Steps)
{
    /// <summary>Done part of all steps, 0 to 1, each step counting the same.</summary>
    public double Progress => Steps.Count == 0 ? State == JobState.Done ? 1 : 0 : Steps.Average(step => step.Progress);

    /// <summary>The step that is being worked on; null when none is.</summary>
    public StepView? Current => Steps.FirstOrDefault(step => step.State == JobState.Running);
}

/// <summary>One step of a job.</summary>
/// <param name="Total">0 when not known.</param>
public sealed record StepView(string Name, JobState State, long Done, long Total, string Note, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt)
{
    /// <summary>0 to 1; a finished step is 1 whatever it counted.</summary>
    public double Progress => State == JobState.Done ? 1 : Total <= 0 ? 0 : Math.Clamp(Done / (double)Total, 0, 1);
}
