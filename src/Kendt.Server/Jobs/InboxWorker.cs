using Kendt.Collect;

namespace Kendt.Server.Jobs;

/// <summary>Tidies the inbox when the host starts.</summary>
internal sealed class InboxWorker(Inbox inbox, Imports imports) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => inbox.SweepAsync(imports, stoppingToken);
}
