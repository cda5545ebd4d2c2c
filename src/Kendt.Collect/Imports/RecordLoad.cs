using System.Buffers;
using System.Text;
using System.Text.Json;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>
/// Rows that are records: kept as received, in chunks. A chunk, its dead letters and the import's place are one
/// transaction of the warehouse, so a killed import goes on with the next row.
/// </summary>
internal sealed class RecordLoad(Stores stores, SemaphoreSlim oneAtATime, TimeProvider time)
{
    private const int Chunk = 10_000;
    private const long ChunkCharacters = 32 * 1024 * 1024;

    private static readonly string[] Columns = ["seq", "source", "key", "mapping", "body", "import_id", "received_at"];

    public async Task RunAsync(ImportRun run, RowFile file, CancellationToken cancel)
    {
        var mapping = run.Mapping!;
        var keys = new RowKeys(mapping);
        var bytes = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(bytes, JsonWords.Writing);
        var knowsSource = await KnowsAsync(run, cancel);
        var rows = new List<object?[]>(Chunk);
        var letters = new List<DeadLetter>();
        var characters = 0L;
        while (file.Read())
        {
            cancel.ThrowIfCancellationRequested();
            if (file.Number <= run.Begin) continue;
            if (file.Fault is { } fault)
            {
                letters.Add(run.Refuse(file.Number, fault, file.Raw));
            }
            else
            {
                var body = Encoding.UTF8.GetString(RowBody.Write(file, bytes, writer).WrittenSpan);
                if (keys.Of(file, bytes.WrittenSpan) is { } key) rows.Add([null, mapping.Source, key, mapping.Name, body, run.Import.Id.Value, time.GetUtcNow()]);
                else letters.Add(run.Refuse(file.Number, keys.Missing, body));
                characters += body.Length;
            }
            if (rows.Count + letters.Count < Chunk && characters < ChunkCharacters) continue;
            await WriteAsync(run, rows, letters, knowsSource, file.Number, cancel);
            characters = 0;
        }
        await WriteAsync(run, rows, letters, knowsSource, file.Number, cancel);
    }

    private async Task WriteAsync(ImportRun run, List<object?[]> rows, List<DeadLetter> letters, bool knowsSource, long done, CancellationToken cancel)
    {
        if (rows.Count + letters.Count == 0) return;
        // Places are given in the order of commits, so that readers who follow them miss none.
        await oneAtATime.WaitAsync(cancel);
        try
        {
            var kept = await stores.Warehouse.WriteAsync(async session =>
            {
                var fresh = knowsSource ? await NewAsync(session, rows, cancel) : rows;
                var seq = await session.CountAsync(Sql.Of($"select max(seq) from record"), cancel);
                foreach (var row in fresh) row[0] = ++seq;
                await session.LoadAsync("record", Columns, fresh, cancel);
                if (letters.Count > 0) await DeadLetters.WriteAsync(session, letters, cancel);
                await Projection.WriteAsync(session, run.Offset, done, cancel);
                return fresh.Count;
            }, cancel);
            run.Taken += kept;
            run.Known += rows.Count - kept;
        }
        finally
        {
            oneAtATime.Release();
        }
        rows.Clear();
        letters.Clear();
        run.Report(done);
    }

    /// <summary>Whether the source has records of other imports, which rows could repeat.</summary>
    private Task<bool> KnowsAsync(ImportRun run, CancellationToken cancel) => stores.Warehouse.ReadAsync(async s =>
        await s.CountAsync(Sql.Of($"select count(*) from (select 1 from record where source = {run.Import.Source} and import_id <> {run.Import.Id.Value} limit 1) as any_record"), cancel) > 0, cancel);

    // A row that is word for word the newest version of its key says nothing new.
    private static async Task<List<object?[]>> NewAsync(Session session, List<object?[]> rows, CancellationToken cancel)
    {
        await session.ExecuteAsync(Sql.Of($"create temporary table if not exists incoming_record (place bigint not null, source text not null, key text not null, mapping text not null, body text not null)"), cancel);
        await session.ExecuteAsync(Sql.Of($"delete from incoming_record"), cancel);
        await session.LoadAsync("incoming_record", ["place", "source", "key", "mapping", "body"], rows.Select((row, place) => new object?[] { (long)place, row[1], row[2], row[3], row[4] }), cancel);
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
