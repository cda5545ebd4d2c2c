using System.Text.Json;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>A place that a source's files are fetched from.</summary>
/// <param name="Settings">How it is reached, without what is secret.</param>
/// <param name="Note">How the last look went; empty: well.</param>
public sealed record Pickup(string Source, PickupKind Kind, IReadOnlyDictionary<string, string> Settings, bool Enabled, DateTimeOffset? CheckedAt, string Note);

/// <summary>A file that was found at a place.</summary>
/// <param name="State"><c>taking</c>, <c>taken</c> or <c>failed</c>.</param>
public sealed record PickedFile(string Source, string Name, string State, string Note, DateTimeOffset At);

/// <summary>
/// The places that files are fetched from, one a source, and which of their files were taken: a file is taken once, and
/// again when it has changed. Secrets are kept encrypted.
/// </summary>
public sealed class Pickups(Stores stores, Sources sources, Secrets secrets, TimeProvider time)
{
    /// <summary>What can be said of a kind of place.</summary>
    public static IReadOnlyList<PickupField> FieldsOf(PickupKind kind) => PickupSettings.FieldsOf(kind);

    /// <summary>Sets up the place of a source, or changes it. Where no secret is given, those that are kept of such a place stay; so does a pause.</summary>
    /// <exception cref="BadInputException">Something is missing or not known; the message lists all of it.</exception>
    public async Task PutAsync(string source, PickupKind kind, IReadOnlyDictionary<string, string> settings, CancellationToken cancel)
    {
        settings = await WholeAsync(source, kind, settings, cancel);
        _ = new PickupSettings(kind, settings);
        await sources.EnsureAsync(source, SourceKind.File, null, cancel);
        var open = settings.Where(s => !PickupSettings.IsSecret(kind, s.Key)).ToDictionary(StringComparer.Ordinal);
        var hidden = settings.Where(s => PickupSettings.IsSecret(kind, s.Key)).ToDictionary(StringComparer.Ordinal);
        await stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"""
            insert into pickup (source, kind, settings, secret, enabled, checked_at, note, created_at)
            values ({source}, {kind}, {JsonSerializer.Serialize(open)}, {secrets.Protect(JsonSerializer.Serialize(hidden))}, {true}, {null as DateTimeOffset?}, {""}, {time.GetUtcNow()})
            on conflict (source) do update set kind = excluded.kind, settings = excluded.settings, secret = excluded.secret, note = excluded.note
            """), cancel), cancel);
    }

    public Task<List<Pickup>> ListAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListAsync(
        Sql.Of($"select source, kind, settings, enabled, checked_at, note from pickup order by source"), Read, cancel), cancel);

    /// <summary>The place of a source; null if it has none.</summary>
    public Task<Pickup?> FindAsync(string source, CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.FirstAsync(
        Sql.Of($"select source, kind, settings, enabled, checked_at, note from pickup where source = {source}"), Read, cancel), cancel);

    /// <summary>Looks at a place that need not be kept; nothing is taken.</summary>
    /// <exception cref="BadInputException">Something is missing, or the place cannot be reached; the message says what to mend.</exception>
    public async Task<IReadOnlyList<PlacedFile>> TryAsync(string source, PickupKind kind, IReadOnlyDictionary<string, string> settings, CancellationToken cancel)
    {
        using var place = new PickupSettings(kind, await WholeAsync(source, kind, settings, cancel)).Open();
        return await place.ListAsync(cancel);
    }

    /// <summary>Pauses a place, or goes on with it.</summary>
    /// <exception cref="BadInputException">The source has none.</exception>
    public async Task SetEnabledAsync(string source, bool enabled, CancellationToken cancel)
    {
        if (await stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"update pickup set enabled = {enabled} where source = {source}"), cancel), cancel) == 0) throw Missing(source);
    }

    /// <summary>No more files are fetched; which were taken stays known.</summary>
    public Task<int> RemoveAsync(string source, CancellationToken cancel) => stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"delete from pickup where source = {source}"), cancel), cancel);

    /// <summary>The files that were found, the newest first.</summary>
    public Task<List<PickedFile>> FilesAsync(string source, int take, CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListAsync(
        Sql.Of($"select source, name, state, note, at from picked where source = {source} order by at desc, name limit {(long)take}"),
        r => new PickedFile(r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Time(4)), cancel), cancel);

    /// <summary>Reaches the place as it is set up.</summary>
    /// <exception cref="BadInputException">The source has none, or it cannot be used as it is.</exception>
    public async Task<IFilePlace> OpenAsync(string source, CancellationToken cancel)
    {
        var found = await FindAsync(source, cancel) ?? throw Missing(source);
        return new PickupSettings(found.Kind, await WholeAsync(source, found.Kind, found.Settings, cancel)).Open();
    }

    /// <summary>Those of the files that were not taken as they are now.</summary>
    public async Task<IReadOnlyList<PlacedFile>> NewAsync(string source, IReadOnlyList<PlacedFile> files, CancellationToken cancel)
    {
        var known = (await stores.Ledger.ReadAsync(s => s.ListChunkedAsync([.. files.Select(f => new object?[] { f.Name, f.Tag })], rows => Sql.Of($"""
            with v(name, tag) as ({rows}) select p.name, p.tag from v join picked p on p.source = {source} and p.name = v.name and p.tag = v.tag where p.state <> {"taking"}
            """), r => (r.Text(0), r.Text(1)), cancel), cancel)).ToHashSet();
        return [.. files.Where(f => !known.Contains((f.Name, f.Tag)))];
    }

    /// <summary>Writes down what became of a file.</summary>
    public Task MarkAsync(string source, PlacedFile file, string state, string note, CancellationToken cancel) => stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"""
        insert into picked (source, name, tag, state, note, at) values ({source}, {file.Name}, {file.Tag}, {state}, {note}, {time.GetUtcNow()})
        on conflict (source, name, tag) do update set state = excluded.state, note = excluded.note, at = excluded.at
        """), cancel), cancel);

    /// <summary>Writes down how a look went; empty: well.</summary>
    public Task CheckedAsync(string source, string note, CancellationToken cancel) => stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"update pickup set checked_at = {time.GetUtcNow()}, note = {note} where source = {source}"), cancel), cancel);

    // With the secrets that are kept of the place, where none is given: nobody can read them off to give them again.
    private async Task<IReadOnlyDictionary<string, string>> WholeAsync(string source, PickupKind kind, IReadOnlyDictionary<string, string> settings, CancellationToken cancel)
    {
        if (settings.Any(s => PickupSettings.IsSecret(kind, s.Key) && s.Value.Length > 0)) return settings;
        if (await stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select secret from pickup where source = {source} and kind = {kind}"), r => r.Text(0), cancel), cancel) is not { } kept) return settings;
        var whole = Values(secrets.Unprotect(kept));
        foreach (var (key, value) in settings) whole.TryAdd(key, value);
        return whole;
    }

    private static BadInputException Missing(string source) => new($"The source '{source}' has no place that files are fetched from. 'kendt pickup set' gives it one.");

    private static Dictionary<string, string> Values(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? [];

    private static Pickup Read(Row row) => new(row.Text(0), Enum.Parse<PickupKind>(row.Text(1), ignoreCase: true), Values(row.Text(2)), row.Bool(3), row.TimeOrNull(4), row.Text(5));
}
