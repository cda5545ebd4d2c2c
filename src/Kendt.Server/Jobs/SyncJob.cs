using System.Globalization;
using System.Text.Json;
using Kendt.Collect;
using Kendt.Model;
using Kendt.Server.Host;
using Kendt.Store;

namespace Kendt.Server.Jobs;

/// <summary>Takes in what is new in a table, and brings it to profiles.</summary>
public sealed class SyncJob(TableSync sync, Pipeline pipeline, Pulse pulse, DiskGuard disk, SegmentRefresh segments) : JobKind
{
    public const string Kind = "sync";

    /// <summary>What a run is told.</summary>
    public sealed record Argument(string Source, bool Full);

    public override string Name => Kind;

    public override IReadOnlyList<JobStep> Steps(string argument)
    {
        var asked = JsonSerializer.Deserialize<Argument>(argument)!;
        return
        [
            new($"Read {asked.Source}", (progress, cancel) => ReadAsync(asked, progress, cancel)),
            new("Bring profiles up to date", (progress, cancel) => pipeline.CaughtUpAsync((done, total) => progress.Report(done, total, ""), cancel)),
            new("Refresh segments", segments.RunAsync),
        ];
    }

    private async Task ReadAsync(Argument asked, JobProgress progress, CancellationToken cancel)
    {
        disk.Need();
        var rows = await sync.RunAsync(asked.Source, asked.Full, TableSync.Stretch, new Notes(progress, pulse, disk), cancel);
        progress.Report(rows, rows, string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows read"));
    }

    private sealed class Notes(JobProgress progress, Pulse pulse, DiskGuard disk) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
            progress.Report(value.Rows, 0, string.Create(CultureInfo.InvariantCulture, $"{value.Taken:N0} taken, {value.Known:N0} known, {value.Rejected:N0} rejected"));
            pulse.Beat();
            disk.Need();
        }
    }
}

/// <summary>Begins syncs, one at a time for each table.</summary>
public sealed class Syncs(JobRunner jobs, TableSources tables, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Begins a sync, or says which one is under way.</summary>
    /// <exception cref="BadInputException">The source is no table.</exception>
    public async Task<JobId> StartAsync(string source, bool full, CancellationToken cancel)
    {
        if (await tables.FindAsync(source, cancel) is null) throw new BadInputException($"The source '{source}' is no table. 'kendt sync' shows those that are.");
        await _oneAtATime.WaitAsync(cancel);
        try
        {
            return await UnderWayAsync(source, cancel) ?? await jobs.StartAsync(SyncJob.Kind, TitleOf(source), JsonSerializer.Serialize(new SyncJob.Argument(source, full)), cancel);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Begins the syncs that are due.</summary>
    public async Task StartDueAsync(CancellationToken cancel)
    {
        foreach (var table in (await tables.ListAsync(cancel)).Where(t => t.Setup.Every > 0 && (t.StartedAt is null || t.StartedAt.Value.AddMinutes(t.Setup.Every) <= time.GetUtcNow())))
            await StartAsync(table.Setup.Source, full: false, cancel);
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<JobId?> UnderWayAsync(string source, CancellationToken cancel) =>
        (await jobs.ListAsync(100, cancel)).FirstOrDefault(j => j.Kind == SyncJob.Kind && j.Title == TitleOf(source) && (j.State is "queued" or "running"))?.Id;

    private static string TitleOf(string source) => $"Sync {source}";
}

/// <summary>Looks every half minute which tables are due.</summary>
internal sealed partial class SyncWorker(Syncs syncs, HostPurpose purpose, TimeProvider time, ILogger<SyncWorker> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (purpose.Kind is HostKind.Command) return; // a command is over before a sync is
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(30), time);
        try
        {
            do
            {
                try
                {
                    await syncs.StartDueAsync(stoppingToken);
                }
                catch (Exception fault) when (fault is SqlException or BadInputException or CannotException)
                {
                    Failed(log, fault);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    [LoggerMessage(LogLevel.Error, "Tables that are due could not be looked up; it is tried again")]
    private static partial void Failed(ILogger log, Exception fault);
}
