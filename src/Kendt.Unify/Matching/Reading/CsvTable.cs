using System.Text;
using Kendt.Model;

namespace Kendt.Unify.Matching.Reading;

/// <summary>
/// Reads a delimited file with headings into columns, in bulk: blocks of whole lines are cut into fields while the fields of the block
/// before go into their columns' dictionaries, all columns beside each other. UTF-8; what is not UTF-8 is read as Latin-1.
/// </summary>
public static class CsvTable
{
    private const int BlockSize = 8 << 20;

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="BadInputException">It is not a table of text, and the message says where.</exception>
    public static Table Read(string path, CancellationToken cancel)
    {
        using var stream = Open(path);
        // While the fields of one block go into the columns, the next one is read and cut.
        var block = new byte[BlockSize];
        byte[] other = [];
        var filled = stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
        var start = filled >= 3 && block.AsSpan(0, 3).SequenceEqual(Encoding.UTF8.Preamble) ? 3 : 0;
        if (filled == start) throw new BadInputException("The file is empty: the first line must hold the names of the columns.");
        var head = block.AsSpan(start, Math.Min(filled - start, 1 << 16));
        if (head.ContainsAnyInRange((byte)0, (byte)8)) throw new BadInputException("The file is not text: it holds control characters. Give a CSV file in UTF-8 or Latin-1.");
        var form = new CsvForm(head);
        var reader = new CsvBlocks(form);
        Column[]? columns = null;
        Task pending = Task.CompletedTask;
        var (fields, spare) = (new CsvFields(), new CsvFields());
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            var last = filled < block.Length;
            var end = reader.Cut(block, start, filled, last, fields);
            if (end == start && !last)
            {
                // One record is longer than the block.
                if (block.Length >= 1 << 30) throw new BadInputException($"Line {reader.Line} does not end: is a quotation mark missing?");
                Array.Resize(ref block, block.Length * 2);
                filled += stream.ReadAtLeast(block.AsSpan(filled), block.Length - filled, throwOnEndOfStream: false);
                continue;
            }
            pending.GetAwaiter().GetResult();
            if (other.Length < block.Length) other = new byte[block.Length];
            var (bytes, next) = (block, other);
            bytes.AsSpan(end, filled - end).CopyTo(next);
            var from = columns is null ? 1 : 0;
            columns ??= form.Headings(bytes, fields);
            var (take, into) = (fields, columns);
            pending = Task.Run(() => Fill(bytes, take, from, into), CancellationToken.None);
            (fields, spare) = (spare, fields);
            if (last) break;
            (start, filled, block, other) = (0, filled - end, next, bytes);
            filled += stream.ReadAtLeast(block.AsSpan(filled), block.Length - filled, throwOnEndOfStream: false);
        }
        pending.GetAwaiter().GetResult();
        return new(columns!);
    }

    // Columns that are dear (many distinct values) are spread by taking every so many-th.
    private static void Fill(byte[] bytes, CsvFields fields, int fromRow, Column[] columns)
    {
        Parallel.For(0, columns.Length, c =>
        {
            var column = columns[c];
            Span<byte> room = stackalloc byte[ValueDictionary.Longest];
            for (var at = fromRow * columns.Length + c; at < fields.Count; at += columns.Length)
            {
                column.Add(CsvForm.Clean(fields.Of(bytes, at), fields.IsQuoted(at), room));
            }
        });
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException($"There is no file '{path}'.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The file '{path}' cannot be read ({fault.Message}).", fault);
        }
    }
}
