using System.Buffers;
using System.Text.Json;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>
/// The end of an import that holds all records of its source: the file's keys are read once more, and records that are not
/// among them are marked as gone. A file that is cut short or is another one would take customers away; so beyond a part
/// of all, nothing goes and somebody is asked.
/// </summary>
internal sealed class FullRefresh(Stores stores, RecordLog records)
{
    public async Task RunAsync(ImportRun run, FileOpener opened, CancellationToken cancel)
    {
        var (import, most) = (run.Import, run.Import.MostGone!.Value);
        if (run.Rejected > 0 && most < 100)
            throw new BadInputException($"{run.Rejected:N0} rows of '{import.File}' could not be taken, so nobody can say whether their records are gone: all other rows were taken, nothing was marked as gone. Mend the rows and import the file again; or say --max-gone 100 to go on without them.");
        using (var rows = opened.Rows(run.Mapping!))
        {
            await records.WithdrawAsync(import.Source, import.Id.Value, Keys(run.Mapping!, rows, cancel), (gone, all) =>
            {
                if (gone * 100 > all * most)
                    throw new BadInputException($"{gone:N0} of the {all:N0} records of '{import.Source}' are not in '{import.File}': more than the {most} % that may go at once. Its rows were taken, nothing was marked as gone. If the file is whole, import it again with --full --max-gone {Math.Min(100, gone * 100 / all + 1)}; if it is not, import the whole one.");
            }, cancel);
        }
        run.Gone = await stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from record where import_id = {import.Id.Value} and gone"), cancel), cancel);
        run.Report(run.Taken + run.Known + run.Rejected);
    }

    private static IEnumerable<string> Keys(Mapping mapping, RowFile rows, CancellationToken cancel)
    {
        var keys = new RowKeys(mapping);
        var bytes = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(bytes, JsonWords.Writing);
        while (rows.Read())
        {
            cancel.ThrowIfCancellationRequested();
            if (rows.Fault is not null) continue;
            var body = mapping.Key.Count == 0 ? RowBody.Write(rows, bytes, writer).WrittenSpan : default;
            if (keys.Of(rows, body) is { } key) yield return key;
        }
    }
}
