using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Store;

namespace Kendt.Segments;

/// <summary>A stored segment: a named rule.</summary>
public sealed record Segment(string Name, string Title, Filter Rule, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>
/// The stored segments. What is stored can be judged: every segment that a rule names exists, and none is built on itself.
/// </summary>
public sealed class Catalogue(Stores stores, TimeProvider time)
{
    /// <summary>The longest name of a segment.</summary>
    public const int MaxName = 100;

    /// <summary>Words that stand in the place of a segment's name in addresses of Studio and the API.</summary>
    public static readonly IReadOnlySet<string> Taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "new", "overlap", "suggested", "defects", "compare", "cohorts", "funnel", "check", "members", "explain" };

    private long _version;

    /// <summary>Grows with every change, so that whoever works by the stored rules sees that there are others.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>All segments by name.</summary>
    public Task<List<Segment>> ListAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(s => SegmentTable.ListAsync(s, cancel), cancel);

    /// <summary>The segment of that name, or null.</summary>
    public Task<Segment?> FindAsync(string name, CancellationToken cancel) => stores.Ledger.ReadAsync(s => SegmentTable.FindAsync(s, name, cancel), cancel);

    /// <summary>The segments whose rules name a measure.</summary>
    public async Task<IReadOnlyList<Segment>> UsersOfAsync(string measure, CancellationToken cancel) =>
        [.. (await ListAsync(cancel)).Where(s => FilterMeasures.Of(s.Rule).Any(m => m.Name == measure))];

    /// <summary>Says that what rules stand for has changed: a measure was replaced.</summary>
    public void Renew() => Interlocked.Increment(ref _version);

    /// <summary>Creates a segment, or replaces its rule; without a title it keeps the one it has, or gets its name.</summary>
    /// <exception cref="BadInputException">The name cannot be one, or the rule names an unknown segment or would be built on itself; nothing is changed.</exception>
    public async Task<Segment> PutAsync(string name, string? title, Filter rule, CancellationToken cancel)
    {
        if (name.Length is 0 or > MaxName || name.Any(char.IsControl) || name.Trim() != name)
            throw new BadInputException($"A segment's name has 1 to {MaxName} characters and no space around it; this one does not.");
        if (Taken.Contains(name)) throw new BadInputException($"A segment cannot be named '{name}': a page has this address. Add a word, as in '{name}-customers'.");
        await MeasureRules.ExpandAsync(stores, rule, cancel);
        var stored = await stores.Ledger.WriteAsync(async session =>
        {
            if (session.Dialect.Engine is EngineKind.Postgres) await session.ExecuteAsync(Sql.Of($"lock table segment in share row exclusive mode"), cancel);
            var all = (await SegmentTable.ListAsync(session, cancel)).ToDictionary(s => s.Name, StringComparer.Ordinal);
            References.Check(rule, name, all.ToDictionary(s => s.Key, s => s.Value.Rule, StringComparer.Ordinal));
            var now = time.GetUtcNow();
            var known = all.GetValueOrDefault(name);
            var segment = new Segment(name, title ?? known?.Title ?? name, rule, known?.CreatedAt ?? now, now);
            await session.ExecuteAsync(Sql.Of($"""
                insert into segment (name, title, rule, created_at, updated_at) values ({name}, {segment.Title}, {FilterJson.Write(rule)}, {segment.CreatedAt}, {now})
                on conflict (name) do update set title = excluded.title, rule = excluded.rule, updated_at = excluded.updated_at
                """), cancel);
            return segment;
        }, cancel);
        Interlocked.Increment(ref _version);
        return stored;
    }

    /// <summary>Removes a segment; false if there is none. Its history of members stays.</summary>
    /// <exception cref="BadInputException">Another segment is built on it.</exception>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancel)
    {
        var removed = await stores.Ledger.WriteAsync(s => RemoveAsync(s, name, cancel), cancel);
        Interlocked.Increment(ref _version);
        return removed;
    }

    private static async Task<bool> RemoveAsync(Session session, string name, CancellationToken cancel)
    {
        var users = (await SegmentTable.ListAsync(session, cancel)).Where(s => s.Name != name && FilterLeaves.Segments(s.Rule).Any(r => r.Name == name)).Select(s => s.Name).ToList();
        if (users.Count > 0) throw new BadInputException($"The segment '{name}' cannot be removed: '{string.Join("', '", users.Take(5))}' is built on it.");
        return await session.ExecuteAsync(Sql.Of($"delete from segment where name = {name}"), cancel) > 0;
    }
}

/// <summary>Reads the table <c>segment</c>.</summary>
internal static class SegmentTable
{
    public static Task<List<Segment>> ListAsync(Session session, CancellationToken cancel) =>
        session.ListAsync(Sql.Of($"select name, title, rule, created_at, updated_at from segment order by name"), Read, cancel);

    public static Task<Segment?> FindAsync(Session session, string name, CancellationToken cancel) =>
        session.FirstAsync(Sql.Of($"select name, title, rule, created_at, updated_at from segment where name = {name}"), Read, cancel);

    private static Segment Read(Row row) => new(row.Text(0), row.Text(1), FilterJson.Parse(row.Text(2)), row.Time(3), row.Time(4));
}
