using Kendt.Store;

namespace Kendt.Collect;

/// <summary>How often a rule of a plan was broken on one day (UTC).</summary>
/// <param name="Event">The event of a track, else identify, group, page or screen.</param>
public sealed record ViolationCount(DateTimeOffset Day, string Source, string Event, string Field, string Rule, long Times, DateTimeOffset LastAt);

/// <summary>
/// Counts what messages say against their plans, by day. It is counted in memory and written about once a second, so that
/// counting costs the intake nothing; a killed process forgets the counts of its last second, never a message.
/// </summary>
public sealed class Violations(Stores stores, TimeProvider time)
{
    // Names of events and fields are the senders': what goes beyond this is counted as one.
    private const int MostKeys = 5_000;

    private const string Others = "(others)";

    private readonly Lock _gate = new();
    private Dictionary<(DateTimeOffset Day, string Source, string Event, string Field, string Rule), (long Times, DateTimeOffset LastAt)> _counted = [];

    internal void Add(string source, string name, IReadOnlyList<Violation> violations)
    {
        var now = time.GetUtcNow();
        var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var known = name.Length <= 200 ? name : name[..200];
        lock (_gate)
        {
            foreach (var violation in violations)
            {
                var key = (day, source, known, violation.Field, violation.Rule);
                if (_counted.Count >= MostKeys && !_counted.ContainsKey(key)) key = (day, source, Others, "", violation.Rule);
                _counted[key] = (_counted.GetValueOrDefault(key).Times + 1, now);
            }
        }
    }

    /// <summary>Writes what was counted since the last time.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        Dictionary<(DateTimeOffset Day, string Source, string Event, string Field, string Rule), (long Times, DateTimeOffset LastAt)> mine;
        lock (_gate)
        {
            if (_counted.Count == 0) return;
            (mine, _counted) = (_counted, []);
        }
        try
        {
            var rows = mine.Select(c => new object?[] { c.Key.Day, c.Key.Source, c.Key.Event, c.Key.Field, c.Key.Rule, c.Value.Times, c.Value.LastAt }).ToList();
            await stores.Ledger.WriteAsync(s => s.ExecuteChunkedAsync(rows, chunk => Sql.Of($"""
                insert into violation (day, source, event, field, rule, times, last_at) {chunk}
                on conflict (day, source, event, field, rule) do update set times = violation.times + excluded.times, last_at = excluded.last_at
                """), cancel), cancel);
        }
        catch
        {
            lock (_gate)
            {
                foreach (var (key, count) in mine) _counted[key] = (_counted.GetValueOrDefault(key).Times + count.Times, count.LastAt);
            }
            throw;
        }
    }

    /// <summary>The counts of the days from <paramref name="from"/> on, the newest day and the most frequent first.</summary>
    public async Task<List<ViolationCount>> ListAsync(string? source, string? name, DateTimeOffset from, CancellationToken cancel)
    {
        await FlushAsync(cancel);
        List<Sql> conditions = [Sql.Of($"day >= {from}")];
        if (!string.IsNullOrEmpty(source)) conditions.Add(Sql.Of($"source = {source}"));
        if (!string.IsNullOrEmpty(name)) conditions.Add(Sql.Of($"event = {name}"));
        return await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select day, source, event, field, rule, times, last_at from violation where {Sql.And(conditions)} order by day desc, times desc, source, event, field, rule limit 2000
            """), r => new ViolationCount(r.Time(0), r.Text(1), r.Text(2), r.Text(3), r.Text(4), r.Long(5), r.Time(6)), cancel), cancel);
    }
}
