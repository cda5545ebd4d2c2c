using Kendt.Store;

namespace Kendt.Collect;

/// <summary>What the columns of a chart over time stand for.</summary>
public enum Per { Minute, Hour, Day }

/// <summary>What came of a source in one minute, hour or day, by the server's clock (UTC).</summary>
/// <param name="At">Its begin.</param>
/// <param name="Taken">Messages that are events now.</param>
/// <param name="Rejected">Items and rows in the dead letters.</param>
/// <param name="TurnedAway">Messages answered 429, which their sender was asked to send again.</param>
public sealed record TrafficPoint(DateTimeOffset At, long Taken, long Rejected, long TurnedAway);

/// <summary>How much comes from a source over time, and how much of it was not taken.</summary>
public sealed class SourceTraffic(Stores stores, TimeProvider time)
{
    /// <summary>Turned-away messages are counted by the minute; older minutes than this are forgotten.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(31);

    /// <summary>The last 60 minutes, 48 hours or 30 days, the one that runs now last; none is left out.</summary>
    public async Task<IReadOnlyList<TrafficPoint>> ReadAsync(string source, Per per, CancellationToken cancel)
    {
        var (step, columns) = per switch { Per.Minute => (TimeSpan.FromMinutes(1), 60), Per.Hour => (TimeSpan.FromHours(1), 48), _ => (TimeSpan.FromDays(1), 30) };
        var from = Begin(time.GetUtcNow(), step) - step * (columns - 1);
        var came = await CountAsync(Sql.Of($"from event_log"), source, per, from, cancel);
        var rejected = await CountAsync(Sql.Of($"from dead_letter"), source, per, from, cancel);
        var away = (await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select at, messages from turned_away where source = {source} and at >= {from}"), r => (At: r.Time(0), Count: r.Long(1)), cancel), cancel))
            .GroupBy(a => Begin(a.At, step)).ToDictionary(g => g.Key, g => g.Sum(a => a.Count));
        return [.. Enumerable.Range(0, columns).Select(i => from + step * i).Select(at => new TrafficPoint(at, came.GetValueOrDefault(at), rejected.GetValueOrDefault(at), away.GetValueOrDefault(at)))];
    }

    /// <summary>Adds to what was turned away; the same minute may be added to many times.</summary>
    public Task AddTurnedAwayAsync(IReadOnlyCollection<(string Source, DateTimeOffset At, long Messages)> counted, CancellationToken cancel) => stores.Ledger.WriteAsync(async session =>
    {
        session.Changes();
        foreach (var (source, at, messages) in counted) // a handful: one a source and minute
        {
            await session.ExecuteAsync(Sql.Of($"""
                insert into turned_away (source, at, messages) values ({source}, {Begin(at, TimeSpan.FromMinutes(1))}, {messages})
                on conflict (source, at) do update set messages = turned_away.messages + excluded.messages
                """), cancel);
        }
        return await session.ExecuteAsync(Sql.Of($"delete from turned_away where at < {time.GetUtcNow() - Kept}"), cancel);
    }, cancel);

    private async Task<Dictionary<DateTimeOffset, long>> CountAsync(Sql table, string source, Per per, DateTimeOffset from, CancellationToken cancel) => (await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
        select {Dialect.Truncate(per.ToString().ToLowerInvariant(), Sql.Of($"received_at"))} as at, count(*) {table}
        where source = {source} and received_at >= {from} group by 1
        """), r => (At: r.Time(0), Count: r.Long(1)), cancel), cancel)).ToDictionary(c => c.At, c => c.Count);

    private static DateTimeOffset Begin(DateTimeOffset at, TimeSpan step) => new(at.UtcTicks - at.UtcTicks % step.Ticks, TimeSpan.Zero);
}
