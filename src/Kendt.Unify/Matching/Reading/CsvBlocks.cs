using System.Text;
using Kendt.Model;

namespace Kendt.Unify.Matching.Reading;

/// <summary>Cuts blocks of bytes into the fields of whole rows (RFC 4180: quoted fields may hold line ends; empty lines are passed over).</summary>
internal sealed class CsvBlocks(CsvForm form)
{
    private int _columns;

    /// <summary>The line that is being read, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Finds the fields of the whole rows in a block.</summary>
    /// <returns>Where the first row that is not whole begins.</returns>
    /// <exception cref="BadInputException">A row does not have as many fields as there are headings.</exception>
    public int Cut(byte[] block, int start, int end, bool last, CsvFields fields)
    {
        fields.Clear();
        fields.Columns = _columns;
        var bytes = block.AsSpan(0, end);
        var at = start;
        while (at < end)
        {
            if (bytes[at] is (byte)'\n' or (byte)'\r')
            {
                if (bytes[at++] == '\n') Line++;
                continue;
            }
            var before = fields.Count;
            var (next, lines) = Row(bytes, at, last, fields);
            if (next < 0)
            {
                fields.CutTo(before);
                return at;
            }
            var found = fields.Count - before;
            if (_columns == 0) fields.Columns = _columns = found;
            else if (found != _columns) throw Ragged(found);
            Line += lines;
            at = next;
        }
        return end;
    }

    // The place after the row and its line ends, or -1 if the block ends first.
    private (int Next, int Lines) Row(ReadOnlySpan<byte> bytes, int at, bool last, CsvFields fields)
    {
        var lines = 0;
        while (true)
        {
            int end;
            if (at < bytes.Length && bytes[at] == '"')
            {
                var close = Closing(bytes, at + 1);
                if (close < 0) return last ? throw new BadInputException($"Line {Line}: a quotation mark is never closed.") : (-1, 0);
                lines += bytes[at..close].Count((byte)'\n');
                fields.Add(at + 1, close - at - 1, quoted: true);
                end = close + 1;
                if (end < bytes.Length && !form.Ends.Contains(bytes[end])) throw new BadInputException($"Line {Line + lines}: there is text after a closing quotation mark. Write a quotation mark inside a field twice.");
            }
            else
            {
                var length = bytes[at..].IndexOfAny(form.Ends);
                end = length < 0 ? bytes.Length : at + length;
                fields.Add(at, end - at, quoted: false);
            }
            if (end == bytes.Length) return last ? (end, lines) : (-1, 0);
            if (bytes[end] == form.Delimiter)
            {
                at = end + 1;
                continue;
            }
            if (bytes[end] == '\r' && end + 1 == bytes.Length && !last) return (-1, 0);
            var pair = bytes[end] == '\r' && end + 1 < bytes.Length && bytes[end + 1] == '\n';
            return (end + (pair ? 2 : 1), lines + 1);
        }
    }

    private static int Closing(ReadOnlySpan<byte> bytes, int at)
    {
        while (true)
        {
            var quote = bytes[at..].IndexOf((byte)'"');
            if (quote < 0) return -1;
            at += quote;
            // At the end of a block it is not known yet whether a second one follows.
            if (at + 1 == bytes.Length || bytes[at + 1] != '"') return at;
            at += 2;
        }
    }

    private BadInputException Ragged(int found) =>
        new(new StringBuilder().Append($"Line {Line} has {found} {(found == 1 ? "field" : "fields")}, but the first line names {_columns} columns. ")
            .Append(found > _columns ? "Put quotation marks around a field that holds the delimiter." : "Every line needs as many fields as there are columns; leave a field empty if there is no value.").ToString());
}
