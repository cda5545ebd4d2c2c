using System.Text.Json;
using Kendt.Audiences;
using Kendt.Collect;

namespace Kendt.Server.Jobs;

/// <summary>Takes a kept file in and brings it to profiles.</summary>
public sealed class ImportJob(Imports imports, Pipeline pipeline, Devices devices, SegmentRefresh segments) : JobKind
{
    public const string Kind = "import";

    /// <summary>What a run is told.</summary>
    public sealed record Argument(Guid Import, string File);

    public override string Name => Kind;

    public override IReadOnlyList<JobStep> Steps(string argument)
    {
        var asked = JsonSerializer.Deserialize<Argument>(argument)!;
        return
        [
            new($"Read {asked.File}", (progress, cancel) => ReadAsync(asked.Import, progress, cancel)),
            new("Bring profiles up to date", (progress, cancel) => pipeline.CaughtUpAsync((done, total) => progress.Report(done, total, ""), cancel)),
            new("Refresh segments", segments.RunAsync),
        ];
    }

    internal Task ReadAsync(Guid import, JobProgress progress, CancellationToken cancel) =>
        imports.RunAsync(import, devices.TakeAsync, new Reporter(progress), cancel);

    private sealed class Reporter(JobProgress progress) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => progress.Report(value.BytesRead, value.BytesTotal, $"{value.Taken:N0} taken, {value.Known:N0} known, {value.Rejected:N0} rejected");
    }
}
