using System.Collections.Concurrent;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Govern;

/// <summary>
/// Fields of customers that somebody may not see. A field is a trait (<c>trait:salary</c>), an identifier type
/// (<c>identifier:phone</c>) or a kind of event (<c>event:Ticket Opened</c>); somebody is a role (<c>role:service</c>) or a
/// token (<c>token:shop</c>). What is not denied is allowed.
/// </summary>
public sealed class FieldRights(Stores stores, TimeProvider time)
{
    private static readonly HashSet<string> RoleNames = [.. Enum.GetNames<Role>().Select(r => "role:" + r.ToLowerInvariant())];

    private const string Kinds = "trait:NAME, identifier:TYPE or event:NAME";

    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);

    private readonly Audit _audit = new(stores, time);
    private readonly ConcurrentDictionary<string, (Denied Denied, DateTimeOffset Until)> _found = new(StringComparer.Ordinal);

    /// <summary>Denies these fields, and no others, to somebody.</summary>
    /// <exception cref="BadInputException">Somebody or a field cannot be; all faults at once.</exception>
    public async Task PutAsync(string who, IReadOnlyList<string> fields, string actor, CancellationToken cancel)
    {
        var faults = new List<string>();
        if (!RoleNames.Contains(who) && !(who.StartsWith("token:", StringComparison.Ordinal) && who.Length is > 6 and <= 110)) faults.Add($"who: write token:NAME, or one of {string.Join(", ", RoleNames)}.");
        if (who == "role:admin") faults.Add("who: an admin sees everything.");
        if (fields.Count > 1000) faults.Add("fields: at most 1,000 are taken.");
        foreach (var field in fields.Where(f => f.Length > 300 || !(Of(f, "trait:") || Of(f, "identifier:") || Of(f, "event:"))).Take(10)) faults.Add($"fields: '{(field.Length > 60 ? field[..60] + "..." : field)}' is none; write {Kinds}.");
        if (faults.Count > 0) throw new BadInputException(string.Join(Environment.NewLine, faults));
        await stores.Ledger.WriteAsync(async s =>
        {
            await s.ExecuteAsync(Sql.Of($"delete from denied_field where who = {who}"), cancel);
            await s.ExecuteChunkedAsync([.. fields.Distinct(StringComparer.Ordinal).Select(f => new object?[] { who, f })], rows => Sql.Of($"insert into denied_field (who, field) {rows}"), cancel);
            await _audit.WriteAsync(s, actor, "fields.denied", who, string.Join(", ", fields.Take(50)), cancel);
        }, cancel);
        _found.Clear();
    }

    /// <summary>All that is denied: who, and which fields.</summary>
    public Task<List<(string Who, string Field)>> ListAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListAsync(
        Sql.Of($"select who, field from denied_field order by who, field"), r => (r.Text(0), r.Text(1)), cancel), cancel);

    /// <summary>What is denied to somebody.</summary>
    public ValueTask<Denied> OfAsync(string who, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return _found.TryGetValue(who, out var known) && known.Until > now ? new(known.Denied) : new(ReadAsync(who, now, cancel));
    }

    private async Task<Denied> ReadAsync(string who, DateTimeOffset now, CancellationToken cancel)
    {
        var fields = await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select field from denied_field where who = {who}"), r => r.Text(0), cancel), cancel);
        var denied = new Denied(fields.ToHashSet(StringComparer.Ordinal));
        if (_found.Count > 1000) _found.Clear();
        _found[who] = (denied, now + Remembered);
        return denied;
    }

    private static bool Of(string field, string kind) => field.Length > kind.Length && field.StartsWith(kind, StringComparison.Ordinal);
}

/// <summary>Fields that somebody may not see.</summary>
public sealed record Denied(IReadOnlySet<string> Fields)
{
    public static Denied Nothing { get; } = new(new HashSet<string>());

    /// <summary>The same for those to whom the same is denied.</summary>
    public string Key { get; } = string.Join('\n', Fields.Order(StringComparer.Ordinal));

    public bool Trait(string name) => Fields.Contains("trait:" + name);

    public bool Identifier(string type) => Fields.Contains("identifier:" + type);

    public bool Event(string name) => Fields.Contains("event:" + name);
}
