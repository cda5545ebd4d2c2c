using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>Where data comes from.</summary>
/// <param name="Name">Kebab case: lower-case letters and digits, in words joined by one hyphen.</param>
/// <param name="Enabled">False: its write keys are known, but nothing more is taken.</param>
/// <param name="Limit">How much it may send; null for no bound of its own.</param>
public sealed record Source(string Name, SourceKind Kind, Party Party, bool Enabled, DateTimeOffset CreatedAt, RateLimit? Limit = null);

/// <summary>A source with a new write key. The key is shown this once; only its digest is kept.</summary>
public sealed record SourceAdded(Source Source, string WriteKey);

/// <summary>What came from a source so far.</summary>
/// <param name="Messages">Messages that are events now.</param>
/// <param name="Records">Versions of rows kept.</param>
/// <param name="Rejected">Items and rows in the dead letters.</param>
public sealed record SourceStatistics(string Source, long Messages, long Records, long Rejected, DateTimeOffset? FirstSeen, DateTimeOffset? LastSeen);

/// <summary>The sources of a workspace and their write keys.</summary>
public sealed partial class Sources(Stores stores, TimeProvider time)
{
    private const int KeyLength = 32;
    private const string KeyLetters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

    // Only keys that exist are cached, so its size is bounded by what people made.
    private readonly ConcurrentDictionary<string, Remembered<Source>> _byKey = new(StringComparer.Ordinal);

    /// <summary>Makes a source with a write key; for a source that exists with the same kind and party, one more key.</summary>
    /// <exception cref="BadInputException">The name is not kebab case, or the source exists as something else.</exception>
    public async Task<SourceAdded> AddAsync(string name, SourceKind kind, Party party, CancellationToken cancel)
    {
        Check(name);
        var key = RandomNumberGenerator.GetString(KeyLetters, KeyLength);
        var source = await stores.Ledger.WriteAsync(async session =>
        {
            var kept = await InsertAsync(session, name, kind, party, cancel);
            if (kept.Kind != kind)
                throw new BadInputException($"The source '{name}' exists already, with kind {Lower(kept.Kind)}, not {Lower(kind)}. Choose another name, or add a key with --kind {Lower(kept.Kind)}.");
            CheckParty(kept, party);
            await session.ExecuteAsync(Sql.Of($"insert into write_key (key_hash, source, hint, created_at, disabled_at) values ({Hash(key)}, {name}, {"..." + key[^4..]}, {time.GetUtcNow()}, {null as DateTimeOffset?})"), cancel);
            return kept;
        }, cancel);
        return new(source, key);
    }

    /// <summary>The source, made if it is not there yet. A source that exists keeps its kind: a file may hold what a stream missed.</summary>
    /// <exception cref="BadInputException">The name is not kebab case, or the source exists with another party.</exception>
    public async Task<Source> EnsureAsync(string name, SourceKind kind, Party? party, CancellationToken cancel)
    {
        Check(name);
        return await stores.Ledger.WriteAsync(async session =>
        {
            var kept = await InsertAsync(session, name, kind, party ?? Party.First, cancel);
            if (party is { } said) CheckParty(kept, said);
            return kept;
        }, cancel);
    }

    public Task<List<Source>> ListAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(
        s => s.ListAsync(Sql.Of($"select {Columns} from source order by name"), Read, cancel), cancel);

    /// <summary>The source that a write key belongs to; null if no source has it, or it is disabled.</summary>
    public async ValueTask<Source?> FindByKeyAsync(string? writeKey, CancellationToken cancel)
    {
        if (writeKey is not { Length: > 0 and <= 200 }) return null;
        var hash = Hash(writeKey);
        if (_byKey.TryGetValue(hash, out var known) && !known.IsDue()) return known.Value;
        var changes = Volatile.Read(ref _changes);
        var found = await stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"""
            select {Columns} from source where name = (select source from write_key where key_hash = {hash} and disabled_at is null)
            """), Read, cancel), cancel);
        if (found is not null) _byKey[hash] = new(found, time);
        else _byKey.TryRemove(hash, out _);
        // What was changed while this was read is not remembered as it was before.
        if (Volatile.Read(ref _changes) != changes) _byKey.TryRemove(hash, out _);
        return found;
    }

    /// <summary>What came from each source, from the warehouse: three scans of columns, whatever the number of sources.</summary>
    public async Task<IReadOnlyList<SourceStatistics>> StatisticsAsync(CancellationToken cancel)
    {
        var names = (await ListAsync(cancel)).ConvertAll(s => s.Name);
        var counted = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select source, cast(sum(messages) as bigint), cast(sum(records) as bigint), cast(sum(rejected) as bigint), min(first_seen), max(last_seen) from (
                select source, count(*) as messages, 0 as records, 0 as rejected, min(received_at) as first_seen, max(received_at) as last_seen from event_log group by source
                union all
                select source, 0, count(*), 0, min(received_at), max(received_at) from record group by source
                union all
                select source, 0, 0, count(*), min(received_at), max(received_at) from dead_letter group by source) as counted
            group by source
            """), row => new SourceStatistics(row.Text(0), row.Long(1), row.Long(2), row.Long(3), row.TimeOrNull(4), row.TimeOrNull(5)), cancel), cancel);
        var bySource = counted.ToDictionary(c => c.Source, StringComparer.Ordinal);
        return [.. names.Select(name => bySource.GetValueOrDefault(name) ?? new(name, 0, 0, 0, null, null))];
    }

    /// <summary>A name in kebab case, at most 60 characters.</summary>
    internal static bool IsName(string name)
    {
        if (name.Length is 0 or > 60 || name[0] == '-' || name[^1] == '-') return false;
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsAsciiLetterLower(name[i]) && !char.IsAsciiDigit(name[i]) && (name[i] != '-' || name[i - 1] == '-')) return false;
        }
        return true;
    }

    private static void Check(string name)
    {
        if (!IsName(name))
            throw new BadInputException($"The name of a source is in kebab case: lower-case letters and digits, words joined by one hyphen, at most 60 characters (web, loyalty-club). '{name}' is not.");
    }

    private static void CheckParty(Source kept, Party party)
    {
        if (kept.Party != party)
            throw new BadInputException($"The source '{kept.Name}' is {Lower(kept.Party)}-party data, not {Lower(party)}. What may be done with data depends on it, so it does not change: choose another name.");
    }

    private async Task<Source> InsertAsync(Session session, string name, SourceKind kind, Party party, CancellationToken cancel)
    {
        await session.ExecuteAsync(Sql.Of($"""
            insert into source (name, kind, party, enabled, settings, created_at) values ({name}, {kind}, {party}, {true}, {"{}"}, {time.GetUtcNow()})
            on conflict (name) do nothing
            """), cancel);
        return (await session.FirstAsync(Sql.Of($"select {Columns} from source where name = {name}"), Read, cancel))!;
    }

    private static readonly Sql Columns = Sql.Of($"name, kind, party, enabled, created_at, settings");

    private static Source Read(Row row) => new(row.Text(0), Enum.Parse<SourceKind>(row.Text(1), ignoreCase: true), Enum.Parse<Party>(row.Text(2), ignoreCase: true), row.Bool(3), row.Time(4), LimitOf(row.Text(5)));

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
