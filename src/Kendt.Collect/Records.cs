using System.Collections.Concurrent;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>
/// Records read by the mapping that they were imported with. A value that cannot be what its column says is left out, and
/// why is kept in the dead letters, one for a row; the rest of the row stands.
/// </summary>
public sealed class Records(Stores stores, DeadLetters letters)
{
    private readonly ConcurrentDictionary<(string Source, string Name), RecordReader> _readers = new();

    /// <summary>
    /// Facts of the records after a place, in order: one for each record, so the last one's <see cref="RecordFacts.Seq"/> is
    /// the place to go on from. A record that names nobody has no identifiers. Reading again gives the same.
    /// </summary>
    public async Task<IReadOnlyList<RecordFacts>> ReadAsync(long afterSeq, int max, CancellationToken cancel)
    {
        var rows = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select seq, source, key, mapping, body, received_at, gone from record where seq > {afterSeq} order by seq limit {(long)max}
            """), row => new RecordRow(row.Long(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Time(5), row.Bool(6)), cancel), cancel);
        var facts = new List<RecordFacts>(rows.Count);
        var refused = new List<DeadLetter>();
        foreach (var row in rows)
        {
            var (fact, reason) = (await ReaderAsync(row, cancel)).Read(row);
            facts.Add(fact);
            if (reason is not null) refused.Add(new(DeadLetters.IdOf("record\0" + row.Seq, row.ReceivedAt), row.Source, $"record:{row.Source}:{row.Key}", reason, row.Body, row.ReceivedAt));
        }
        await letters.WriteAsync(refused, cancel);
        return facts;
    }

    private async ValueTask<RecordReader> ReaderAsync(RecordRow row, CancellationToken cancel)
    {
        if (_readers.TryGetValue((row.Source, row.Mapping), out var known)) return known;
        var yaml = await stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select yaml from mapping where source = {row.Source} and name = {row.Mapping}"), r => r.Text(0), cancel), cancel)
            ?? throw new CannotException($"The mapping '{row.Mapping}' of the source '{row.Source}' is not in the ledger, although records were read by it: ledger and warehouse are not of one workspace, or a backup is incomplete.");
        return _readers.GetOrAdd((row.Source, row.Mapping), new RecordReader(MappingFile.Parse(yaml)));
    }
}

/// <summary>A row of the table <c>record</c>.</summary>
internal sealed record RecordRow(long Seq, string Source, string Key, string Mapping, string Body, DateTimeOffset ReceivedAt, bool IsGone = false);
