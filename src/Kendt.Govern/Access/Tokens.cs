using System.Collections.Concurrent;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Govern;

/// <summary>What a token may be used for.</summary>
public static class Scopes
{
    public const string ProfilesRead = "profiles:read", SegmentsRead = "segments:read", SegmentsWrite = "segments:write",
        ReportsRead = "reports:read", IdentityWrite = "identity:write", DeliveriesWrite = "deliveries:write", Import = "import", Admin = "admin";

    public static IReadOnlyList<string> All { get; } = [ProfilesRead, SegmentsRead, SegmentsWrite, ReportsRead, IdentityWrite, DeliveriesWrite, Import, Admin];
}

/// <summary>A program's right to use the API. <c>admin</c> holds all other scopes.</summary>
public sealed record Token(string Name, IReadOnlyList<string> Scopes)
{
    public bool Allows(string scope) => Scopes.Contains(scope, StringComparer.Ordinal) || Scopes.Contains(Govern.Scopes.Admin, StringComparer.Ordinal);
}

/// <summary>A token as it is listed: never the secret itself.</summary>
public sealed record TokenInfo(string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

/// <summary>
/// Tokens of the API: <c>kendt_</c> and 256 random bits, shown once, kept as a hash. A token that was found is
/// remembered for half a minute, so that a busy API does not ask the ledger at every call; another process that removes
/// it is followed after that time.
/// </summary>
public sealed class Tokens(Stores stores, TimeProvider time)
{
    private const string Prefix = "kendt_";
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(30);

    private readonly Audit _audit = new(stores, time);
    private readonly ConcurrentDictionary<string, (Token Token, DateTimeOffset Until)> _found = new(StringComparer.Ordinal);

    /// <returns>The token; it cannot be shown again.</returns>
    /// <exception cref="BadInputException">A name that is empty or taken, no or unknown scopes, an expiry in the past; all faults at once.</exception>
    public async Task<string> AddAsync(string name, IReadOnlyList<string> scopes, DateTimeOffset? expires, string actor, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var faults = new List<string>();
        name = name.Trim();
        if (name.Length is 0 or > 100) faults.Add("name has to have 1 to 100 characters.");
        if (scopes.Count == 0) faults.Add($"scopes is empty; choose of {string.Join(", ", Scopes.All)}.");
        foreach (var unknown in scopes.Except(Scopes.All, StringComparer.Ordinal)) faults.Add($"scope '{unknown}' is unknown; choose of {string.Join(", ", Scopes.All)}.");
        if (expires <= now) faults.Add("expires is in the past; leave it out or give a later time.");
        if (faults.Count > 0) throw new BadInputException(string.Join(Environment.NewLine, faults));
        var raw = Prefix + Opaque.Create();
        var kept = scopes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        await stores.Ledger.WriteAsync(async session =>
        {
            var added = await session.ExecuteAsync(Sql.Of($"""
                insert into token (token_hash, name, scopes, created_at, expires_at)
                values ({Opaque.Hash(raw)}, {name}, {string.Join(' ', kept)}, {now}, {expires}) on conflict do nothing
                """), cancel);
            if (added == 0) throw new BadInputException($"name '{name}' is taken by another token; choose another, or remove that one.");
            await _audit.WriteAsync(session, actor, "token.added", name, string.Join(' ', kept), cancel);
        }, cancel);
        return raw;
    }

    /// <summary>The token, if it is one of this workspace and still holds; otherwise null.</summary>
    public async Task<Token?> FindAsync(string raw, CancellationToken cancel)
    {
        if (!raw.StartsWith(Prefix, StringComparison.Ordinal) || raw.Length > 100) return null;
        var hash = Opaque.Hash(raw);
        var now = time.GetUtcNow();
        if (_found.TryGetValue(hash, out var known) && known.Until > now) return known.Token;
        var (token, expires) = await stores.Ledger.ReadAsync(session => session.FirstAsync(
            Sql.Of($"select name, scopes, expires_at from token where token_hash = {hash}"),
            row => ((Token?)new Token(row.Text(0), row.Text(1).Split(' ')), row.TimeOrNull(2)), cancel), cancel);
        if (token is null || expires <= now)
        {
            _found.TryRemove(hash, out _);
            return null;
        }
        if (_found.Count >= MostRemembered) _found.Clear();
        var until = now + Remembered;
        _found[hash] = (token, expires < until ? expires.Value : until);
        return token;
    }

    public Task<List<TokenInfo>> ListAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(session => session.ListAsync(
        Sql.Of($"select name, scopes, created_at, expires_at from token order by name"),
        row => new TokenInfo(row.Text(0), row.Text(1).Split(' '), row.Time(2), row.TimeOrNull(3)), cancel), cancel);

    /// <exception cref="BadInputException">There is no token of this name.</exception>
    public async Task RemoveAsync(string name, string actor, CancellationToken cancel)
    {
        await stores.Ledger.WriteAsync(async session =>
        {
            if (await session.ExecuteAsync(Sql.Of($"delete from token where name = {name}"), cancel) == 0)
                throw new BadInputException($"name '{name}' is no token's; list them to see which there are.");
            await _audit.WriteAsync(session, actor, "token.removed", name, "", cancel);
        }, cancel);
        _found.Clear();
    }
}
