using System.Buffers;
using System.Text;
using System.Text.Json;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>
/// Rows that are records: kept as received, in chunks. A chunk, its dead letters and the import's place are one
/// transaction of the warehouse, so a killed import goes on with the next row.
/// </summary>
internal sealed class RecordLoad(Stores stores, RecordLog records)
{
    private const int Chunk = 10_000;
    private const long ChunkCharacters = 32 * 1024 * 1024;

    public async Task RunAsync(ImportRun run, RowFile file, CancellationToken cancel)
    {
        var mapping = run.Mapping!;
        var keys = new RowKeys(mapping);
        var bytes = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(bytes, JsonWords.Writing);
        var knowsSource = await KnowsAsync(run, cancel);
        var rows = new List<RecordDraft>(Chunk);
        var letters = new List<DeadLetter>();
        var characters = 0L;
        while (file.Read())
        {
            cancel.ThrowIfCancellationRequested();
            if (file.Number <= run.Begin) continue;
            if (file.Fault is { } fault)
            {
                letters.Add(run.Refuse(file, fault));
            }
            else
            {
                var body = Encoding.UTF8.GetString(RowBody.Write(file, bytes, writer).WrittenSpan);
                if (keys.Of(file, bytes.WrittenSpan) is { } key) rows.Add(new(mapping.Source, key, mapping.Name, body, run.Import.Id.Value));
                else letters.Add(run.Refuse(file.Number, keys.Missing, body));
                characters += body.Length;
            }
            if (rows.Count + letters.Count < Chunk && characters < ChunkCharacters) continue;
            await WriteAsync(run, rows, letters, knowsSource, file.Number, cancel);
            characters = 0;
        }
        await WriteAsync(run, rows, letters, knowsSource, file.Number, cancel);
    }

    private async Task WriteAsync(ImportRun run, List<RecordDraft> rows, List<DeadLetter> letters, bool knowsSource, long done, CancellationToken cancel)
    {
        if (rows.Count + letters.Count == 0) return;
        var kept = await records.AppendAsync(rows, knowsSource, async session =>
        {
            if (letters.Count > 0) await DeadLetters.WriteAsync(session, letters, cancel);
            await Projection.WriteAsync(session, run.Offset, done, cancel);
        }, cancel);
        run.Taken += kept;
        run.Known += rows.Count - kept;
        rows.Clear();
        letters.Clear();
        run.Report(done);
    }

    /// <summary>Whether the source has records of other imports, which rows could repeat.</summary>
    private Task<bool> KnowsAsync(ImportRun run, CancellationToken cancel) => stores.Warehouse.ReadAsync(async s =>
        await s.CountAsync(Sql.Of($"select count(*) from (select 1 from record where source = {run.Import.Source} and (import_id is null or import_id <> {run.Import.Id.Value}) limit 1) as any_record"), cancel) > 0, cancel);
}
