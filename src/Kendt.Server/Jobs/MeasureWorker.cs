using Kendt.Profiles;
using Kendt.Server.Host;
using Kendt.Store;

namespace Kendt.Server.Jobs;

/// <summary>Keeps the figures of all measures: a few seconds after something came, and every night once for everybody.</summary>
internal sealed partial class MeasureWorker(Measures measures, MeasureValues values, Pulse pulse, TimeProvider time, ILogger<MeasureWorker> log) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(10), Longest = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Between, stoppingToken);
                await pulse.NextAsync(Longest, stoppingToken);
                var now = time.GetUtcNow();
                var isNight = DateOnly.FromDateTime(now.UtcDateTime) > day;
                foreach (var measure in await measures.ListAsync(stoppingToken)) await values.RefreshAsync(measure, now, isNight, stoppingToken);
                day = DateOnly.FromDateTime(now.UtcDateTime);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (SqlException fault)
            {
                Failed(log, fault);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Measures could not be brought up to date; they are tried again")]
    private static partial void Failed(ILogger log, Exception fault);
}
