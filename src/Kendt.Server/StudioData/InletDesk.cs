using System.Security.Claims;
using System.Text;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Server.Api;
using Kendt.Server.Jobs;
using Kendt.Server.Security;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>What Studio shows of webhooks and tables and does to them.</summary>
public sealed class InletDesk(WebhookSetups setups, Webhooks webhooks, TableSources tables, Syncs syncs, Audit audit) : IInletDesk
{
    public async Task<IReadOnlyList<WebhookRow>> WebhooksAsync(CancellationToken cancel) =>
        [.. (await setups.ListAsync(cancel)).Select(s => new WebhookRow(s.Source, "/v1/webhook/" + s.Source, s.Signature?.Header))];

    public async Task<string?> WebhookAsync(string source, CancellationToken cancel) => (await setups.ListAsync(cancel)).FirstOrDefault(s => s.Source == source)?.Yaml;

    public async Task<(string? Refused, IReadOnlyList<string> Becomes)> TryWebhookAsync(string yaml, string body, CancellationToken cancel)
    {
        var shown = await webhooks.TryAsync(new("", Encoding.UTF8.GetBytes(body), null, new Dictionary<string, string>(), new Dictionary<string, string>(), ShowsKey: true), yaml, cancel);
        return (shown.Refused, LetterDesk.All(shown));
    }

    public async Task<string> PutWebhookAsync(string yaml, string? secret, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        var setup = await setups.PutAsync(yaml, secret, cancel);
        await audit.WriteAsync(who.Actor(), "webhook.put", setup.Source, secret is null ? "" : "with a secret", cancel);
        return setup.Source;
    }

    public async Task<IReadOnlyList<TableRow>> TablesAsync(CancellationToken cancel) =>
        [.. (await tables.ListAsync(cancel)).Select(t => new TableRow(t.Setup.Source, WorkspaceApi.Word(t.Setup.Kind), t.Setup.Query.Table, t.Setup.Query.Cursor, t.Position, t.RowsRead, t.Setup.Every, t.EndedAt, t.Error))];

    public async Task<string?> TableAsync(string source, CancellationToken cancel) => (await tables.FindAsync(source, cancel))?.Setup.Yaml;

    public async Task<string> PutTableAsync(string yaml, string? connection, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        var setup = await tables.PutAsync(yaml, connection, cancel);
        await audit.WriteAsync(who.Actor(), "table.put", setup.Source, connection is null ? "" : "with a connection", cancel);
        return setup.Source;
    }

    public async Task SyncAsync(string source, bool full, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.RunJobs);
        await syncs.StartAsync(source, full, cancel);
        await audit.WriteAsync(who.Actor(), "table.sync", source, full ? "from the beginning" : "", cancel);
    }
}
