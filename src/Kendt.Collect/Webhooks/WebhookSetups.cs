using System.Collections.Concurrent;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>The webhook files of the workspace, with the secrets that their senders sign with, sealed.</summary>
public sealed class WebhookSetups(Stores stores, Sources sources, Secrets secrets, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Remembered<(WebhookSetup Setup, string? Secret)>> _known = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<WebhookSetup>> ListAsync(CancellationToken cancel) =>
        [.. (await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select yaml from webhook order by source"), r => r.Text(0), cancel), cancel)).Select(WebhookSetup.Parse)];

    /// <summary>The setup of a source and its secret in clear; null if the source has none.</summary>
    internal async ValueTask<(WebhookSetup Setup, string? Secret)?> FindAsync(string source, CancellationToken cancel)
    {
        if (_known.TryGetValue(source, out var known) && !known.IsDue()) return known.Value;
        var row = await stores.Ledger.ReadAsync(s => s.FirstAsync<(string Yaml, string? Secret)?>(Sql.Of($"select yaml, secret from webhook where source = {source}"), r => (r.Text(0), r.TextOrNull(1)), cancel), cancel);
        if (row is not { } found)
        {
            _known.TryRemove(source, out _);
            return null;
        }
        return (_known[source] = new((WebhookSetup.Parse(found.Yaml), found.Secret is null ? null : secrets.Unprotect(found.Secret)), time)).Value;
    }

    /// <summary>Keeps a setup; the source is made if it is not there. Without a new secret the kept one stays.</summary>
    /// <exception cref="BadInputException">The file has faults, or is signed and no secret was ever given.</exception>
    public async Task<WebhookSetup> PutAsync(string yaml, string? secret, CancellationToken cancel)
    {
        var setup = WebhookSetup.Parse(yaml);
        var sealedSecret = string.IsNullOrWhiteSpace(secret) ? null : secrets.Protect(secret.Trim());
        await sources.EnsureAsync(setup.Source, SourceKind.Stream, setup.Party, cancel);
        await stores.Ledger.WriteAsync(async s =>
        {
            await s.ExecuteAsync(Sql.Of($"""
                insert into webhook (source, yaml, secret, updated_at) values ({setup.Source}, {yaml}, {sealedSecret}, {time.GetUtcNow()})
                on conflict (source) do update set yaml = excluded.yaml, secret = coalesce(excluded.secret, webhook.secret), updated_at = excluded.updated_at
                """), cancel);
            if (setup.Signature is not null && await s.CountAsync(Sql.Of($"select count(*) from webhook where source = {setup.Source} and secret is null"), cancel) > 0)
                throw new BadInputException("The webhook is signed: give the secret that its sender signs with (--secret-file FILE).");
        }, cancel);
        _known.TryRemove(setup.Source, out _);
        return setup;
    }

    /// <returns>False if the source has none.</returns>
    public async Task<bool> RemoveAsync(string source, CancellationToken cancel)
    {
        var removed = await stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"delete from webhook where source = {source}"), cancel), cancel);
        _known.TryRemove(source, out _);
        return removed > 0;
    }
}
