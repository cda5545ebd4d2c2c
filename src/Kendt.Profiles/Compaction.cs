using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>A month of events of which many lie in the order of their arrival.</summary>
/// <param name="Month">Its first moment, UTC.</param>
/// <param name="Scattered">Rows that came after the month was sorted last.</param>
public sealed record ScatteredMonth(DateTimeOffset Month, long Rows, long Scattered);

/// <summary>
/// Keeps <c>event_log</c> of the embedded warehouse so that little of it is read: rows that came lately lie in the order of
/// their arrival, the months before lie sorted by profile and time, with the merges known then folded in. DuckDB knows the
/// least and the greatest value of each row group, so one person's timeline reads a row group or two of each month, and a
/// stretch of time only its months. PostgreSQL has an index for both and needs none of this.
/// </summary>
/// <remarks>
/// A month is sorted slice by slice. A slice is taken out and put back in one transaction, so being killed costs nothing
/// but the time, readers see every row once all along, and writers wait for one slice at most. Everything is in one table:
/// what changes rows (an erasure, a split) need not know where they lie.
/// </remarks>
/// <param name="slice">Rows of one slice; four full row groups of DuckDB unless said, so that what arrives later begins a row group of its own.</param>
public sealed class Compaction(Stores stores, int slice = 4 * 122_880)
{
    /// <summary>Fewer scattered rows than this are read faster than they are sorted.</summary>
    public const int Least = 250_000;

    /// <summary>The months worth sorting: those with <paramref name="least"/> scattered rows or more that make up a third of the month.</summary>
    public async Task<IReadOnlyList<ScatteredMonth>> DueAsync(long least, CancellationToken cancel)
    {
        if (stores.Warehouse.Dialect.Engine is not EngineKind.DuckDb) return [];
        var months = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            with by_month as (select {Dialect.Truncate("month", Sql.Of($"ts"))} as month, seq from event_log)
            select e.month, count(*), count(*) filter (where m.sorted_to is null or e.seq > m.sorted_to)
            from by_month e left join event_month m on m.month = e.month group by e.month order by e.month
            """), r => new ScatteredMonth(r.Time(0), r.Long(1), r.Long(2)), cancel), cancel);
        return [.. months.Where(m => m.Scattered >= least && m.Scattered * 3 >= m.Rows)];
    }

    /// <summary>Sorts one month.</summary>
    /// <param name="progress">Is told how many rows are sorted.</param>
    public async Task SortAsync(ScatteredMonth month, Action<long> progress, CancellationToken cancel)
    {
        var (from, to) = (month.Month, month.Month.AddMonths(1));
        var last = await stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select max(seq) from event_log where ts >= {from} and ts < {to}"), cancel), cancel);
        var rows = Sql.Of($"""
            select e.* replace (coalesce(s.survivor_id, e.written_profile_id) as written_profile_id, {OwnEvents.KeyOf(Sql.Of($"coalesce(s.survivor_id, e.written_profile_id)"))} as profile_key)
            from event_log e left join survivor s on s.profile_id = e.written_profile_id where e.ts >= {from} and e.ts < {to} and e.seq <= {last}
            """);
        var ends = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select profile_key, ts, seq from (
                select profile_key, ts, seq, row_number() over (order by profile_key nulls last, ts, seq) as n from ({rows}) as month) as numbered
            where n % {(long)slice} = 0 order by n
            """), r => new Place(r.IsNull(0) ? null : r.Long(0), r.Time(1), r.Long(2)), cancel), cancel);
        for (var i = 0; i <= ends.Count; i++)
        {
            var among = Sql.And([.. i == 0 ? [] : new[] { After(ends[i - 1]) }, .. i == ends.Count ? [] : new[] { Sql.Of($"not {After(ends[i])}") }]);
            await stores.Warehouse.WriteAsync(async s =>
            {
                await s.ExecuteAsync(Sql.Of($"create or replace temp table slice as select * from ({rows}) as month where {among}"), cancel);
                await s.ExecuteAsync(Sql.Of($"delete from event_log where ts >= {from} and ts < {to} and seq in (select seq from slice)"), cancel);
                await s.ExecuteAsync(Sql.Of($"insert into event_log select * from slice order by profile_key nulls last, ts, seq"), cancel);
                await s.ExecuteAsync(Sql.Of($"drop table slice"), cancel);
            }, cancel);
            progress(Math.Min(month.Rows, (i + 1L) * slice));
        }
        await stores.Warehouse.WriteAsync(async s =>
        {
            await s.ExecuteAsync(Sql.Of($"delete from event_month where month = {from}"), cancel);
            await s.ExecuteAsync(Sql.Of($"insert into event_month (month, sorted_to) values ({from}, {last})"), cancel);
        }, cancel);
    }

    /// <summary>The last row of a slice.</summary>
    private sealed record Place(long? Key, DateTimeOffset At, long Seq);

    // Rows that name nobody come last.
    private static Sql After(Place place)
    {
        var later = Sql.Of($"(ts > {place.At} or (ts = {place.At} and seq > {place.Seq}))");
        return place.Key is { } key
            ? Sql.Of($"(profile_key is null or profile_key > {key} or (profile_key = {key} and {later}))")
            : Sql.Of($"(profile_key is null and {later})");
    }
}
