using Kendt.Model;
using Kendt.Store;

namespace Kendt.Server.Jobs;

/// <summary>
/// Runs jobs one after another. A job that the end of the process cut off is taken up first at the next start, at the
/// step where it was; a step that had ended is not run again.
/// </summary>
public sealed partial class JobRunner(JobLedger ledger, IEnumerable<JobKind> kinds, ILogger<JobRunner> log) : BackgroundService
{
    private readonly Dictionary<string, JobKind> _kinds = kinds.ToDictionary(k => k.Name, StringComparer.Ordinal);
    private readonly SemaphoreSlim _work = new(0);
    private readonly Lock _gate = new();
    private (JobId Id, CancellationTokenSource Stop, int Step, JobProgress Progress)? _running;

    public async Task<JobId> StartAsync(string kind, string title, string argument, CancellationToken cancel)
    {
        var id = await ledger.AddAsync(kind, title, argument, _kinds[kind].Steps(argument), cancel);
        _work.Release();
        return id;
    }

    /// <summary>The newest first, a running one with what it tells of itself this moment.</summary>
    public async Task<IReadOnlyList<JobState>> ListAsync(int limit, CancellationToken cancel) => [.. (await ledger.ListAsync(null, limit, cancel)).Select(Live)];

    public async Task<JobState?> FindAsync(JobId id, CancellationToken cancel) => (await ledger.ListAsync(id, 1, cancel)).Select(Live).FirstOrDefault();

    /// <summary>False if the job had ended or is not known.</summary>
    public async Task<bool> CancelAsync(JobId id, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (_running is { } running && running.Id == id)
            {
                running.Stop.Cancel();
                return true;
            }
        }
        return await ledger.CancelQueuedAsync(id, cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await ledger.NextAsync(stoppingToken) is { } next) await RunAsync(next.Id, next.Kind, next.Argument, next.Done, stoppingToken);
                else await _work.WaitAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is SqlException or CannotException)
            {
                NoLedger(log, fault);
                await Task.Delay(TimeSpan.FromSeconds(5), stoppingToken);
            }
        }
    }

    private async Task RunAsync(JobId id, string kind, string argument, int done, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await ledger.StartAsync(id, stopping);
        try
        {
            if (!_kinds.TryGetValue(kind, out var work)) throw new CannotException($"This Kendt does not know jobs of kind '{kind}'.");
            var steps = work.Steps(argument);
            for (var i = done; i < steps.Count; i++) await StepAsync(id, i, steps[i], stop);
            await ledger.EndAsync(id, "done", null, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw; // the process ends; the job stays 'running' and continues at the next start
        }
        catch (OperationCanceledException)
        {
            await ledger.EndAsync(id, "cancelled", null, stopping);
        }
        catch (Exception fault)
        {
            if (fault is not (BadInputException or CannotException)) Failed(log, fault, kind, id);
            await ledger.EndAsync(id, "failed", fault is BadInputException or CannotException ? fault.Message : $"{fault.GetType().Name}: {fault.Message}", stopping);
        }
        finally
        {
            lock (_gate) _running = null;
        }
    }

    private async Task StepAsync(JobId id, int position, JobStep step, CancellationTokenSource stop)
    {
        var progress = new JobProgress();
        lock (_gate) _running = (id, stop, position, progress);
        await ledger.StepAsync(id, position, "running", progress.Now, stop.Token);
        try
        {
            await step.Run(progress, stop.Token);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            await ledger.StepAsync(id, position, "failed", progress.Now, CancellationToken.None);
            throw;
        }
        await ledger.StepAsync(id, position, "done", progress.Now, CancellationToken.None);
    }

    private JobState Live(JobState job)
    {
        lock (_gate)
        {
            if (_running is not { } running || running.Id != job.Id) return job;
            var now = running.Progress.Now;
            return job with { Steps = [.. job.Steps.Select((s, i) => i == running.Step ? s with { Done = now.Done, Total = now.Total, Note = now.Note } : s)] };
        }
    }

    public override void Dispose()
    {
        _work.Dispose();
        base.Dispose();
    }

    [LoggerMessage(LogLevel.Error, "Jobs wait: the ledger does not take what they write")]
    private static partial void NoLedger(ILogger log, Exception fault);

    [LoggerMessage(LogLevel.Error, "Job {Kind} {Job} failed")]
    private static partial void Failed(ILogger log, Exception fault, string kind, JobId job);
}
