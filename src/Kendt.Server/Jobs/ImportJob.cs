using System.Text.Json;
using Kendt.Collect;
using Kendt.Model;
using Kendt.Server.Host;

namespace Kendt.Server.Jobs;

/// <summary>Takes a kept file in and brings it to profiles.</summary>
public sealed class ImportJob(Imports imports, Pipeline pipeline, SegmentRefresh segments, Inbox inbox, Pulse pulse, DiskGuard disk) : JobKind
{
    public const string Kind = "import";

    /// <summary>What a run is told.</summary>
    public sealed record Argument(IReadOnlyList<Part> Parts);

    /// <summary>One file of the run.</summary>
    public sealed record Part(Guid Import, string File);

    public override string Name => Kind;

    public override IReadOnlyList<JobStep> Steps(string argument)
    {
        var asked = JsonSerializer.Deserialize<Argument>(argument)!;
        return
        [
            .. asked.Parts.Select(part => new JobStep($"Read {part.File}", (progress, cancel) => TakeAsync(new(part.Import), progress, cancel))),
            new("Bring profiles up to date", (progress, cancel) => pipeline.CaughtUpAsync((done, total) => progress.Report(done, total, ""), cancel)),
            new("Refresh segments", segments.RunAsync),
        ];
    }

    // What was taken is in the stores; the kept file goes.
    private async Task TakeAsync(ImportId import, JobProgress progress, CancellationToken cancel)
    {
        await ReadAsync(import, progress, cancel);
        if (await imports.FindAsync(import, cancel) is { } done) inbox.Remove(done.Path);
    }

    internal Task ReadAsync(ImportId import, JobProgress progress, CancellationToken cancel) =>
        imports.RunAsync(import, new Reporter(progress, pulse, disk), cancel);

    private sealed class Reporter(JobProgress progress, Pulse pulse, DiskGuard disk) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
            progress.Report((long)(value.Fraction * 1000), 1000, Note(value));
            pulse.Beat();
            disk.Need();
        }

        private static string Note(ImportProgress value) => string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{value.Taken:N0} taken{(value.Known > 0 ? $", {value.Known:N0} known" : "")}{(value.Rejected > 0 ? $", {value.Rejected:N0} rejected" : "")}{(value.Gone > 0 ? $", {value.Gone:N0} gone" : "")}");
    }
}
