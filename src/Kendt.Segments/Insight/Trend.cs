using Kendt.Store;

namespace Kendt.Segments.Insight;

/// <summary>A day (UTC) of a segment.</summary>
/// <param name="Size">Members at its end, or at the moment of the question if it has not ended.</param>
public sealed record TrendDay(DateTimeOffset Day, long Size, long Entered, long Left);

/// <summary>How segments grew and shrank, from the stays of their members: exact, and as old as the segment is live.</summary>
public sealed class Trend(Stores stores, Membership membership)
{
    /// <summary>The most days that are looked back.</summary>
    public const int MostDays = 731;

    /// <summary>The last days of one segment, the oldest first.</summary>
    public async Task<IReadOnlyList<TrendDay>> OfAsync(string segment, int days, DateTimeOffset asOf, CancellationToken cancel) =>
        (await ReadAsync(Sql.Of($"segment = {segment}"), days, asOf, cancel)).GetValueOrDefault(segment) ?? Days(days, asOf, 0, []);

    /// <summary>The last days of every segment that has or had members, by its name.</summary>
    public Task<IReadOnlyDictionary<string, IReadOnlyList<TrendDay>>> AllAsync(int days, DateTimeOffset asOf, CancellationToken cancel) => ReadAsync(Sql.And(), days, asOf, cancel);

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<TrendDay>>> ReadAsync(Sql which, int days, DateTimeOffset asOf, CancellationToken cancel)
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
        return moves.GroupBy(m => m.Segment, StringComparer.Ordinal).ToDictionary(g => g.Key, IReadOnlyList<TrendDay> (g) =>
        {
            var size = g.Where(m => m.Day == before).Sum(m => m.Came - m.Went);
            return Days(days, asOf, size, g.ToDictionary(m => m.Day, m => (m.Came, m.Went)));
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
