using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>
/// Reads what is new in a table and takes it in as an import. A stretch of rows is written to a file, taken in, and then the
/// place moves on; so a killed sync goes on with the file it had, or reads the same rows again, which come in once.
/// A stretch never ends between two rows with one value of the cursor, and the next sync begins at the last value and not
/// behind it: rows that share a value are not lost, whenever they were committed.
/// </summary>
/// <param name="folder">Where files of rows lie until they are taken in.</param>
public sealed class TableSync(TableSources tables, Imports imports, string folder)
{
    /// <summary>Rows of one stretch, and more only while the cursor stays the same.</summary>
    public const int Stretch = 200_000;

    /// <summary>The first rows of a table as JSON objects, to see what a mapping can name.</summary>
    public static async Task<IReadOnlyList<string>> TryAsync(string yaml, string connection, int rows, CancellationToken cancel)
    {
        var setup = TableSetup.Parse(yaml);
        var first = new List<string>();
        await using var table = await ForeignTable.OpenAsync(setup.Kind, connection, setup.Query, cancel);
        await foreach (var row in setup.Query.Cursor is null ? table.ReadRestAsync(cancel) : table.ReadAsync(null, false, 0, cancel))
        {
            if (first.Count == 0) Check(setup, row);
            first.Add(row.Json);
            if (first.Count >= rows) break;
        }
        return first;
    }

    /// <summary>Takes in what is new.</summary>
    /// <param name="full">Everything is read again, from the beginning.</param>
    /// <param name="stretch">Rows of one stretch.</param>
    /// <returns>Rows read; many of them may be known.</returns>
    /// <exception cref="BadInputException">There is no such table, or its database refuses what is asked.</exception>
    public async Task<long> RunAsync(string source, bool full, int stretch, IProgress<ImportProgress>? progress, CancellationToken cancel)
    {
        var state = await tables.FindAsync(source, cancel) ?? throw new BadInputException($"The source '{source}' is no table. 'kendt sync' shows those that are.");
        var rows = 0L;
        try
        {
            if (await FinishAsync(source, progress, cancel)) full = false; // it had begun
            await tables.BeginAsync(source, full, cancel);
            rows = await ReadAsync(state.Setup, stretch, progress, cancel);
            await tables.EndAsync(source, rows, null, cancel);
            return rows;
        }
        catch (Exception fault) when (fault is BadInputException or CannotException)
        {
            await tables.EndAsync(source, rows, fault.Message, CancellationToken.None);
            throw;
        }
    }

    private async Task<long> ReadAsync(TableSetup setup, int most, IProgress<ImportProgress>? progress, CancellationToken cancel)
    {
        var rows = 0L;
        await using var table = await ForeignTable.OpenAsync(setup.Kind, await tables.ConnectionAsync(setup.Source, cancel), setup.Query, cancel);
        var (position, _, _) = await tables.PlaceAsync(setup.Source, cancel);
        if (position is null) rows += (await StretchAsync(setup, table.ReadRestAsync(cancel), null, int.MaxValue, progress, cancel)).Rows;
        if (setup.Query.Cursor is null) return rows;
        for (var begins = true; ; begins = false)
        {
            var (read, last) = await StretchAsync(setup, table.ReadAsync(position, begins, begins ? setup.Lookback : 0, cancel), position, most, progress, cancel);
            rows += read;
            if (last is null || read < most) return rows;
            position = last;
        }
    }

    private async Task<(long Rows, ForeignPosition? Last)> StretchAsync(TableSetup setup, IAsyncEnumerable<ForeignRow> from, ForeignPosition? position, int most, IProgress<ImportProgress>? progress, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"table-{setup.Source}.ndjson.gz");
        var (rows, last) = (0L, position);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
        {
            await using (var packed = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true))
            {
                await foreach (var row in from.WithCancellation(cancel))
                {
                    if (rows == 0) Check(setup, row);
                    if (rows >= most && row.Position != last) break;
                    var line = Encoding.UTF8.GetBytes(row.Json.ReplaceLineEndings(" ") + "\n"); // within a JSON text line ends are escaped
                    digest.AppendData(line);
                    await packed.WriteAsync(line, cancel);
                    (rows, last) = (rows + 1, row.Position ?? last);
                }
            }
            file.Flush(flushToDisk: true);
        }
        var seen = Convert.ToHexStringLower(digest.GetHashAndReset());
        var place = await tables.PlaceAsync(setup.Source, cancel);
        if (rows == 0 || seen == place.Digest)
        {
            // Nothing, or what was read the last time: the rows at the last position.
            File.Delete(path);
            if (last != place.Position) await tables.AdvanceAsync(setup.Source, last, place.Digest, cancel);
            return (rows, rows == 0 ? null : last);
        }
        var import = await imports.StartAsync(path, $"{setup.Query.Table ?? "query"} of {setup.Source}", setup.Mapping, setup.Source, cancel);
        await tables.PendAsync(setup.Source, new(import.Id, path, last), cancel);
        await TakeAsync(setup.Source, new(import.Id, path, last), seen, progress, cancel);
        return (rows, last);
    }

    private async Task<bool> FinishAsync(string source, IProgress<ImportProgress>? progress, CancellationToken cancel)
    {
        var (position, _, pending) = await tables.PlaceAsync(source, cancel);
        if (pending is null) return false;
        if (!File.Exists(pending.Path))
        {
            // Somebody removed it: what was in it is read again.
            await tables.AdvanceAsync(source, position, "", cancel);
            return false;
        }
        await TakeAsync(source, pending, "", progress, cancel);
        return true;
    }

    private async Task TakeAsync(string source, TableSources.Pending pending, string digest, IProgress<ImportProgress>? progress, CancellationToken cancel)
    {
        await imports.RunAsync(pending.Import, progress, cancel);
        await tables.AdvanceAsync(source, pending.Next, digest, cancel);
        File.Delete(pending.Path);
    }

    // A column that the mapping names and the table has not would be empty in every row.
    private static void Check(TableSetup setup, ForeignRow row)
    {
        using var json = JsonDocument.Parse(row.Json);
        var columns = json.RootElement.EnumerateObject().Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var missing = setup.Mapping.Named.Where(n => !columns.Contains(n.Split('.')[0]) && !columns.Contains(n)).ToList();
        if (missing.Count > 0)
            throw new BadInputException($"The table of '{setup.Source}' lacks {(missing.Count == 1 ? "the column" : "the columns")} {string.Join(", ", missing.Select(c => $"'{c}'"))} that the mapping names. It has {string.Join(", ", columns.Take(60).Select(c => $"'{c}'"))}.");
    }
}
