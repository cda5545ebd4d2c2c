using Kendt.Model;
using Kendt.Store;

namespace Kendt.Server.Jobs;

/// <summary>The tables of jobs and their steps.</summary>
public sealed class JobLedger(Stores stores, TimeProvider time)
{
    public async Task<JobId> AddAsync(string kind, string title, string argument, IReadOnlyList<JobStep> steps, CancellationToken cancel)
    {
        var id = JobId.New(time);
        await stores.Ledger.WriteAsync(async s =>
        {
            await s.ExecuteAsync(Sql.Of($"insert into job (job_id, kind, title, argument, state, created_at) values ({id}, {kind}, {title}, {argument}, 'queued', {time.GetUtcNow()})"), cancel);
            await s.ExecuteAsync(Sql.Of($"insert into job_step (job_id, position, name, state, done, total, note) values {Sql.Rows(steps.Select((step, i) => new object?[] { id, (long)i, step.Name, "waiting", 0L, 0L, "" }))}"), cancel);
        }, cancel);
        return id;
    }

    /// <summary>The next job to run: one that was cut off first, then the oldest that waits.</summary>
    public Task<(JobId Id, string Kind, string Argument, int Done)?> NextAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(s =>
        s.FirstAsync<(JobId, string, string, int)?>(Sql.Of($"""
            select j.job_id, j.kind, j.argument, (select count(*) from job_step t where t.job_id = j.job_id and t.state = 'done')
            from job j where j.state in ('running', 'queued') order by case when j.state = 'running' then 0 else 1 end, j.created_at, j.job_id limit 1
            """), r => (new JobId(r.Guid(0)), r.Text(1), r.Text(2), r.Int(3)), cancel), cancel);

    public Task StartAsync(JobId id, CancellationToken cancel) => stores.Ledger.WriteAsync(s =>
        s.ExecuteAsync(Sql.Of($"update job set state = 'running', started_at = coalesce(started_at, {time.GetUtcNow()}) where job_id = {id} and state in ('queued', 'running')"), cancel), cancel);

    public Task EndAsync(JobId id, string state, string? error, CancellationToken cancel) => stores.Ledger.WriteAsync(s =>
        s.ExecuteAsync(Sql.Of($"update job set state = {state}, error = {error}, ended_at = {time.GetUtcNow()} where job_id = {id}"), cancel), cancel);

    /// <summary>True if the job was waiting; a running one is stopped by <see cref="JobRunner"/>.</summary>
    public async Task<bool> CancelQueuedAsync(JobId id, CancellationToken cancel) => await stores.Ledger.WriteAsync(s =>
        s.ExecuteAsync(Sql.Of($"update job set state = 'cancelled', ended_at = {time.GetUtcNow()} where job_id = {id} and state = 'queued'"), cancel), cancel) > 0;

    public Task StepAsync(JobId id, int position, string state, (long Done, long Total, string Note) now, CancellationToken cancel)
    {
        var ended = state is "running" ? (DateTimeOffset?)null : time.GetUtcNow();
        return stores.Ledger.WriteAsync(s =>
        {
            s.Changes();
            return s.ExecuteAsync(Sql.Of($"""
                update job_step set state = {state}, done = {now.Done}, total = {now.Total}, note = {now.Note},
                    started_at = coalesce(started_at, {time.GetUtcNow()}), ended_at = {ended} where job_id = {id} and position = {(long)position}
                """), cancel);
        }, cancel);
    }

    /// <summary>The newest jobs first.</summary>
    public Task<IReadOnlyList<JobState>> ListAsync(JobId? only, int limit, CancellationToken cancel) => stores.Ledger.ReadAsync(async s =>
    {
        var which = only is { } id ? Sql.Of($"where job_id = {id}") : Sql.Empty;
        var jobs = await s.ListAsync(Sql.Of($"select job_id, kind, title, state, error, created_at, started_at, ended_at from job {which} order by created_at desc, job_id desc limit {limit}"),
            r => new JobState(new(r.Guid(0)), r.Text(1), r.Text(2), r.Text(3), r.TextOrNull(4), r.Time(5), r.TimeOrNull(6), r.TimeOrNull(7), []), cancel);
        if (jobs.Count == 0) return (IReadOnlyList<JobState>)jobs;
        var steps = (await s.ListAsync(Sql.Of($"select job_id, name, state, done, total, note, started_at, ended_at from job_step where job_id in ({Sql.Join(", ", jobs.Select(j => Sql.Value(j.Id)))}) order by job_id, position"),
            r => (Job: new JobId(r.Guid(0)), Step: new StepState(r.Text(1), r.Text(2), r.Long(3), r.Long(4), r.Text(5), r.TimeOrNull(6), r.TimeOrNull(7))), cancel)).ToLookup(x => x.Job, x => x.Step);
        return [.. jobs.Select(j => j with { Steps = [.. steps[j.Id]] })];
    }, cancel);
}
