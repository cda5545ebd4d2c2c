using Kendt.Store;

namespace Kendt.Collect;

/// <summary>
/// Adds to the table <c>record</c>, for all who do: one at a time, so that places follow the order of commits and readers
/// who follow them miss none. A row that is word for word the newest version of its key says nothing new and is not added.
/// </summary>
public sealed class RecordLog(Stores stores, TimeProvider time) : IDisposable
{
    private static readonly string[] Columns = ["seq", "source", "key", "mapping", "body", "import_id", "received_at", "gone"];

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Adds rows, and whatever the caller writes beside them, in one transaction of the warehouse.</summary>
    /// <param name="looksFirst">False only where no row can be known: the source's first import.</param>
    /// <returns>How many rows were new.</returns>
    internal async Task<int> AppendAsync(IReadOnlyList<RecordDraft> rows, bool looksFirst, Func<Session, Task> beside, CancellationToken cancel)
    {
        await _oneAtATime.WaitAsync(cancel);
        try
        {
            return await stores.Warehouse.WriteAsync(async session =>
            {
                var fresh = looksFirst && rows.Count > 0 ? await NewAsync(session, rows, cancel) : rows;
                var (seq, now) = (fresh.Count == 0 ? 0 : await session.CountAsync(Sql.Of($"select max(seq) from record"), cancel), time.GetUtcNow());
                await session.LoadAsync("record", Columns, fresh.Select(r => new object?[] { ++seq, r.Source, r.Key, r.Mapping, r.Body, r.Import, now, false }), cancel);
                await beside(session);
                return fresh.Count;
            }, cancel);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>
    /// Marks as gone what a source has and <paramref name="keys"/> have not: each such record gets a last version that takes
    /// back what it said. All or nothing; done again it finds nothing more.
    /// </summary>
    /// <param name="check">Given how many would go and how many there are; throws if that is too many.</param>
    internal async Task<long> WithdrawAsync(string source, Guid import, IEnumerable<string> keys, Action<long, long> check, CancellationToken cancel)
    {
        await _oneAtATime.WaitAsync(cancel);
        try
        {
            return await stores.Warehouse.WriteAsync(async session =>
            {
                await session.ExecuteAsync(Sql.Of($"create temporary table if not exists seen_key (key text not null)"), cancel);
                await session.ExecuteAsync(Sql.Of($"delete from seen_key"), cancel);
                await session.LoadAsync("seen_key", ["key"], keys.Select(key => new object?[] { key }), cancel);
                var vanished = Sql.Of($"from record_now n where n.source = {source} and not exists (select 1 from seen_key k where k.key = n.key)");
                var (gone, all) = (await session.CountAsync(Sql.Of($"select count(*) {vanished}"), cancel), await session.CountAsync(Sql.Of($"select count(*) from record_now where source = {source}"), cancel));
                if (gone == 0) return 0L;
                check(gone, all);
                var last = await session.CountAsync(Sql.Of($"select max(seq) from record"), cancel);
                await session.ExecuteAsync(Sql.Of($"""
                    insert into record (seq, source, key, mapping, body, import_id, received_at, gone)
                    select {last} + row_number() over (order by n.key), n.source, n.key, n.mapping, n.body, cast({import} as uuid), {time.GetUtcNow()}, true {vanished}
                    """), cancel);
                await session.ExecuteAsync(Sql.Of($"delete from seen_key"), cancel);
                return gone;
            }, cancel);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private static async Task<IReadOnlyList<RecordDraft>> NewAsync(Session session, IReadOnlyList<RecordDraft> rows, CancellationToken cancel)
    {
        await session.ExecuteAsync(Sql.Of($"create temporary table if not exists incoming_record (place bigint not null, source text not null, key text not null, mapping text not null, body text not null)"), cancel);
        await session.ExecuteAsync(Sql.Of($"delete from incoming_record"), cancel);
        await session.LoadAsync("incoming_record", ["place", "source", "key", "mapping", "body"], rows.Select((row, place) => new object?[] { (long)place, row.Source, row.Key, row.Mapping, row.Body }), cancel);
        var known = (await session.ListAsync(Sql.Of($"""
            with newest as (
                select r.source, r.key, max(r.seq) as seq from record r
                where exists (select 1 from incoming_record i where i.source = r.source and i.key = r.key) group by r.source, r.key)
            select i.place from incoming_record i
            join newest n on n.source = i.source and n.key = i.key
            join record r on r.seq = n.seq
            where r.mapping = i.mapping and r.body = i.body and not r.gone
            """), row => row.Int(0), cancel)).ToHashSet();
        return known.Count == 0 ? rows : [.. rows.Where((_, place) => !known.Contains(place))];
    }
}

/// <summary>A row on its way into the table <c>record</c>.</summary>
/// <param name="Mapping">The name of the mapping that reads it.</param>
/// <param name="Body">A JSON object of texts.</param>
internal sealed record RecordDraft(string Source, string Key, string Mapping, string Body, Guid? Import);
