using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Kendt.Model;

namespace Kendt.Unify.Matching.Reading;

/// <summary>How a delimited file is written: what stands between its fields, and in which encoding.</summary>
internal sealed class CsvForm
{
    public CsvForm(ReadOnlySpan<byte> head)
    {
        var line = head.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var end ? head[..end] : head;
        var most = 0;
        foreach (var candidate in ",;\t|"u8)
        {
            var count = line.Count(candidate);
            if (count > most) (most, Delimiter) = (count, candidate);
        }
        Ends = SearchValues.Create([Delimiter, (byte)'\n', (byte)'\r']);
    }

    public byte Delimiter { get; } = (byte)',';

    /// <summary>What a field without quotation marks ends at.</summary>
    public SearchValues<byte> Ends { get; }

    /// <summary>The columns that the first record names.</summary>
    public Column[] Headings(byte[] bytes, CsvFields fields)
    {
        var names = new Column[fields.Columns];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Span<byte> room = stackalloc byte[ValueDictionary.Longest];
        for (var i = 0; i < names.Length; i++)
        {
            var name = Encoding.UTF8.GetString(Clean(fields.Of(bytes, i), fields.IsQuoted(i), room)).Trim();
            if (name.Length == 0) name = $"column {i + 1}";
            if (!seen.Add(name)) throw new BadInputException($"Two columns are named '{name}': give each its own name in the first line.");
            names[i] = new(name);
        }
        return names;
    }

    /// <summary>A field without its quotation marks, in UTF-8.</summary>
    public static ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> field, bool quoted, Span<byte> room)
    {
        if (field.Length > room.Length - 2) field = field[..(room.Length - 2)];
        if (quoted && field.Contains((byte)'"'))
        {
            var length = 0;
            for (var i = 0; i < field.Length; i++)
            {
                room[length++] = field[i];
                if (field[i] == '"' && i + 1 < field.Length && field[i + 1] == '"') i++;
            }
            field = room[..length];
        }
        if (Ascii.IsValid(field) || Utf8.IsValid(field)) return field;
        // A cut may have gone through a character; else it is not UTF-8.
        for (var cut = 1; cut < 4 && field.Length >= room.Length - 2; cut++) if (Utf8.IsValid(field[..^cut])) return field[..^cut];
        return Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(field));
    }
}
