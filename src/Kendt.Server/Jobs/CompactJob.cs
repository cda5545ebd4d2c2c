using Kendt.Profiles;
using Kendt.Store;

namespace Kendt.Server.Jobs;

/// <summary>Sorts the months of the warehouse that have grown out of order. Months that are done are not due any more, so a run that was cut off goes on with the next.</summary>
public sealed class CompactJob(Compaction compaction, Stores stores) : JobKind
{
    public const string Kind = "compact";

    public override string Name => Kind;

    /// <param name="argument">How many rows out of order make a month due.</param>
    public override IReadOnlyList<JobStep> Steps(string argument) =>
        [new("Sort events by customer and time", (progress, cancel) => SortAsync(long.Parse(argument, System.Globalization.CultureInfo.InvariantCulture), progress, cancel))];

    private async Task SortAsync(long least, JobProgress progress, CancellationToken cancel)
    {
        var due = await compaction.DueAsync(least, cancel);
        var (done, total) = (0L, due.Sum(m => m.Rows));
        foreach (var month in due)
        {
            var before = done;
            await compaction.SortAsync(month, sorted => progress.Report(before + sorted, total, month.Month.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture)), cancel);
            done += month.Rows;
        }
        await stores.Warehouse.RestAsync(cancel);
        progress.Report(total, total, due.Count == 0 ? "nothing was out of order" : $"{due.Count} months");
    }
}

/// <summary>Starts the sorting when so much has come that it is worth it.</summary>
internal sealed class CompactWorker(Compaction compaction, Stores stores, JobRunner jobs) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (stores.Warehouse.Dialect.Engine is not EngineKind.DuckDb) return;
        var (looked, seen) = (false, 0L);
        using var timer = new PeriodicTimer(Between);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var events = await stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from event_log"), stoppingToken), stoppingToken);
                if (looked && events - seen < Compaction.Least) continue;
                if ((await jobs.ListAsync(20, stoppingToken)).Any(j => j.State is "queued" or "running")) continue; // an import first
                (looked, seen) = (true, events);
                if ((await compaction.DueAsync(Compaction.Least, stoppingToken)).Count == 0) continue;
                await jobs.StartAsync(CompactJob.Kind, "Sort events", Compaction.Least.ToString(System.Globalization.CultureInfo.InvariantCulture), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }
}
