using Kendt.Store;

namespace Kendt.Collect;

/// <summary>
/// Adds to the table <c>record</c>, for all who do: one at a time, so that places follow the order of commits and readers
/// who follow them miss none. A row that is word for word the newest version of its key says nothing new and is not added.
/// </summary>
public sealed class RecordLog(Stores stores, TimeProvider time) : IDisposable
{
    private static readonly string[] Columns = ["seq", "source", "key", "mapping", "body", "import_id", "received_at"];

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
                await session.LoadAsync("record", Columns, fresh.Select(r => new object?[] { ++seq, r.Source, r.Key, r.Mapping, r.Body, r.Import, now }), cancel);
                await beside(session);
                return fresh.Count;
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
            where r.mapping = i.mapping and r.body = i.body
            """), row => row.Int(0), cancel)).ToHashSet();
        return known.Count == 0 ? rows : [.. rows.Where((_, place) => !known.Contains(place))];
    }
}

/// <summary>A row on its way into the table <c>record</c>.</summary>
/// <param name="Mapping">The name of the mapping that reads it.</param>
/// <param name="Body">A JSON object of texts.</param>
internal sealed record RecordDraft(string Source, string Key, string Mapping, string Body, Guid? Import);
