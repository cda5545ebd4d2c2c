using Kendt.Collect;
using Kendt.Model;
using Kendt.Server.Jobs;
using Kendt.Store;
using Kendt.Studio.Data;
using Letter = Kendt.Studio.Data.DeadLetter;
using State = Kendt.Studio.Data.JobState;

namespace Kendt.Server.StudioData;

/// <summary>What comes in, as Studio shows it.</summary>
public sealed class SourceData(Stores stores, Sources sources, Imports imports, DeadLetters letters, JobRunner jobs, TimeProvider time) : IDataReader
{
    private const int Days = 30;

    public async Task<IReadOnlyList<SourceRow>> SourcesAsync(CancellationToken cancel)
    {
        var seen = (await sources.StatisticsAsync(cancel)).ToDictionary(s => s.Source);
        var volume = await VolumeAsync(cancel);
        var feeds = (await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"select source, count(*), max(first_seen) from device group by source"), r => (Source: r.Text(0), Devices: r.Long(1), Last: r.Time(2)), cancel), cancel))
            .ToDictionary(f => f.Source, f => (f.Devices, Last: (DateTimeOffset?)f.Last));
        return [.. (await sources.ListAsync(cancel)).Select(s =>
        {
            seen.TryGetValue(s.Name, out var n);
            feeds.TryGetValue(s.Name, out var feed);
            return new SourceRow(s.Name, s.Kind, s.Party, s.Enabled, (n?.Messages ?? 0) + (n?.Records ?? 0) + feed.Devices, n?.Rejected ?? 0, Later(n?.LastSeen, feed.Last), Curve(volume[s.Name]));
        })];
    }

    public async Task<SourceView?> SourceAsync(string name, CancellationToken cancel)
    {
        if ((await SourcesAsync(cancel)).FirstOrDefault(s => s.Name == name) is not { } row) return null;
        var (hints, mappings, created) = await stores.Ledger.ReadAsync(async s => (
            await s.ListAsync(Sql.Of($"select hint from write_key where source = {name} and disabled_at is null order by created_at"), r => r.Text(0), cancel),
            await s.ListAsync(Sql.Of($"select name from mapping where source = {name} order by updated_at desc"), r => r.Text(0), cancel),
            await s.FirstAsync(Sql.Of($"select created_at from source where name = {name}"), r => r.Time(0), cancel)), cancel);
        return new(row, created, hints, mappings);
    }

    public async Task<Stretch<ImportRow>> ImportsAsync(int page, int size, CancellationToken cancel)
    {
        var skip = (Math.Max(1, page) - 1) * size;
        var all = await imports.ListAsync(skip + size + 1, cancel);
        var total = await stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from import"), cancel), cancel);
        return new([.. all.Skip(skip).Take(size).Select(i => new ImportRow(i.Id.Value, i.Source, i.File, i.Mapping, i.Bytes, i.RowsTaken, i.RowsKnown, i.RowsRejected, Of(i.State), i.CreatedAt, i.EndedAt))], total, all.Count > skip + size);
    }

    public async Task<DeadLetterView> DeadLettersAsync(DeadLetterQuery query, CancellationToken cancel)
    {
        var skip = (Math.Max(1, query.Page) - 1) * query.Size;
        var filter = new DeadLetterFilter { Source = query.Source, Reason = query.Reason, Text = query.Text };
        var total = await letters.CountAsync(filter, cancel);
        var found = await letters.ListAsync(filter, skip, query.Size, cancel);
        var reasons = await letters.CountByReasonAsync(DeadLetterFilter.All, 20, cancel);
        var told = reasons.Where(r => query.Source is null || r.Source == query.Source).GroupBy(r => r.Reason, StringComparer.Ordinal).Select(g => (Reason: g.Key, Count: g.Sum(r => r.Count))).OrderByDescending(r => r.Count).ToList();
        var most = told.Count == 0 ? 1 : told[0].Count;
        return new(new([.. found.Select(l => new Letter(l.Id, l.Source, l.Origin, l.Reason, l.Body, l.ReceivedAt))], total, total > skip + query.Size),
            [.. told.Select(r => new Bar(r.Reason, new Count(r.Count), r.Count / (double)most))], [.. reasons.Select(r => r.Source).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }

    public async Task<Stretch<JobView>> JobsAsync(int page, int size, CancellationToken cancel)
    {
        var skip = (Math.Max(1, page) - 1) * size;
        var all = await jobs.ListAsync(skip + size + 1, cancel);
        return new([.. all.Skip(skip).Take(size).Select(View).OrderBy(j => j.State is State.Running ? 0 : 1)], null, all.Count > skip + size);
    }

    public async Task<IReadOnlyList<JobView>> ActiveJobsAsync(CancellationToken cancel) => [.. (await jobs.ListAsync(20, cancel)).Select(View).Where(j => j.State is State.Waiting or State.Running)];

    // Rows received per day, by the day they came in.
    private async Task<ILookup<string, Point>> VolumeAsync(CancellationToken cancel)
    {
        var from = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero).AddDays(1 - Days);
        var days = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select source, {Dialect.Truncate("day", Sql.Of($"ts"))} as day, count(*) from event_log where ts >= {from} group by 1, 2
            """), r => (Source: r.Text(0), Day: r.Time(1), Count: r.Long(2)), cancel), cancel);
        return days.ToLookup(d => d.Source, d => new Point(d.Day, d.Count));
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other ?? one : one;

    private Point[] Curve(IEnumerable<Point> seen)
    {
        var by = seen.ToDictionary(p => p.At, p => p.Value);
        var today = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        return [.. Enumerable.Range(0, Days).Select(i => today.AddDays(i + 1 - Days)).Select(day => new Point(day, by.GetValueOrDefault(day)))];
    }

    private static JobView View(Jobs.JobState job) => new(job.Id, job.Kind, job.Title, Of(job.State), job.Error, job.CreatedAt, job.StartedAt, job.EndedAt,
        [.. job.Steps.Select(s => new StepView(s.Name, Of(s.State), s.Done, s.Total, s.Note, s.StartedAt, s.EndedAt))]);

    private static State Of(string state) => state switch { "running" => State.Running, "done" => State.Done, "failed" => State.Failed, "cancelled" => State.Cancelled, _ => State.Waiting };

    private static Studio.Data.ImportState Of(Collect.ImportState state) => state switch
    {
        Collect.ImportState.Done => Studio.Data.ImportState.Done,
        Collect.ImportState.Running => Studio.Data.ImportState.Running,
        _ => Studio.Data.ImportState.Waiting,
    };
}

/// <summary>What Studio may do to data.</summary>
public sealed class SourceActions(Stores stores, FileDoor door, JobRunner jobs) : IDataWriter
{
    public async Task<JobId> StartImportAsync(ImportOrder order, CancellationToken cancel)
    {
        var yaml = order.MappingYaml;
        if (string.IsNullOrWhiteSpace(yaml) && order.Mapping.Length > 0)
            yaml = await stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select yaml from mapping where source = {order.Source} and name = {order.Mapping}"), r => r.Text(0), cancel), cancel)
                ?? throw new BadInputException($"The source '{order.Source}' has no mapping '{order.Mapping}'.");
        return await door.TakeAsync(order.Content, order.FileName, new(yaml, yaml is null ? order.Source : null), order.Actor, cancel);
    }

    public Task CancelJobAsync(JobId id, CancellationToken cancel) => jobs.CancelAsync(id, cancel);
}
