using Kendt.Store;

namespace Kendt.Segments.Insight;

/// <summary>A day (UTC) of a segment.</summary>
/// <param name="Size">Members at its end, or at the moment of the question if it has not ended.</param>
public sealed record TrendDay(DateTimeOffset Day, long Size, long Entered, long Left);

/// <summary>How segments grew and shrank, from the stays of their members: exact, and no older than the segment.</summary>
public sealed class Trend(Stores stores, Membership membership)
{
    /// <summary>The most days that are looked back.</summary>
    public const int MostDays = 731;

    /// <summary>The last days of one segment, the oldest first; from the day on which it was made, if that is later.</summary>
    public async Task<IReadOnlyList<TrendDay>> OfAsync(string segment, int days, DateTimeOffset asOf, CancellationToken cancel) =>
        (await ReadAsync(Sql.Of($"segment = {segment}"), Sql.Of($"name = {segment}"), days, asOf, cancel)).GetValueOrDefault(segment) ?? [];

    /// <summary>The last days of every segment that is stored, or has or had members, by its name.</summary>
    public Task<IReadOnlyDictionary<string, IReadOnlyList<TrendDay>>> AllAsync(int days, DateTimeOffset asOf, CancellationToken cancel) => ReadAsync(Sql.And(), Sql.And(), days, asOf, cancel);

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<TrendDay>>> ReadAsync(Sql which, Sql named, int days, DateTimeOffset asOf, CancellationToken cancel)
    {
        await membership.CopyAsync(cancel);
        days = Math.Clamp(days, 1, MostDays);
        var before = First(days, asOf).AddDays(-1);
        Sql Day(Sql time) => Sql.Of($"greatest({Dialect.Truncate("day", time)}, cast({before} as timestamptz))");
        var moves = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select segment, day, sum(came), sum(went) from (
                select segment, {Day(Sql.Of($"entered_at"))} as day, 1 as came, 0 as went from membership where {which} and entered_at <= {asOf}
                union all select segment, {Day(Sql.Of($"left_at"))}, 0, 1 from membership where {which} and left_at <= {asOf}) as moved
            group by segment, day
            """), r => (Segment: r.Text(0), Day: r.Time(1), Came: r.Long(2), Went: r.Long(3)), cancel), cancel);
        var made = (await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select name as segment, created_at from segment where {named}"), r => (Name: r.Text(0), At: r.Time(1)), cancel), cancel)).ToDictionary(m => m.Name, m => m.At, StringComparer.Ordinal);
        var moved = moves.ToLookup(m => m.Segment, StringComparer.Ordinal);
        return made.Keys.Union(moved.Select(m => m.Key), StringComparer.Ordinal).ToDictionary(name => name, IReadOnlyList<TrendDay> (name) =>
        {
            var (mine, began) = (moved[name].ToDictionary(m => m.Day, m => (m.Came, m.Went)), made.TryGetValue(name, out var at) ? at : DateTimeOffset.MaxValue);
            if (mine.Count > 0 && mine.Keys.Min() < began) began = mine.Keys.Min();
            return [.. Days(days, asOf, moved[name].Where(m => m.Day == before).Sum(m => m.Came - m.Went), mine).Where(d => d.Day.AddDays(1) > began)];
        }, StringComparer.Ordinal);
    }

    private static DateTimeOffset First(int days, DateTimeOffset asOf) => new DateTimeOffset(asOf.UtcDateTime.Date, TimeSpan.Zero).AddDays(1 - days);

    private static List<TrendDay> Days(int days, DateTimeOffset asOf, long size, Dictionary<DateTimeOffset, (long Came, long Went)> moves)
    {
        var found = new List<TrendDay>();
        for (var (day, i) = (First(days, asOf), 0); i < days; day = day.AddDays(1), i++)
        {
            var (came, went) = moves.GetValueOrDefault(day);
            found.Add(new(day, size += came - went, came, went));
        }
        return found;
    }
}
