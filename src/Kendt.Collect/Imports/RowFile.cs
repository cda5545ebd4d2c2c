using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Kendt.Collect;

/// <summary>The columns of a row, shared by all rows that have the same.</summary>
internal sealed class RowShape
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    public RowShape(IReadOnlyList<string> names)
    {
        Names = names;
        Encoded = [.. names.Select(name => JsonEncodedText.Encode(name, JsonWords.Writing.Encoder))];
        for (var i = 0; i < names.Count; i++) _places.TryAdd(names[i], i);
    }

    public IReadOnlyList<string> Names { get; }

    public JsonEncodedText[] Encoded { get; }

    /// <summary>Where a column is; -1 if the row has no such.</summary>
    public int IndexOf(string name) => _places.GetValueOrDefault(name, -1);

    /// <summary>Names for columns as a file has them: one without a name gets its place, one of two equals a number.</summary>
    public static List<string> Distinct(IEnumerable<string> header)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var names = new List<string>();
        foreach (var raw in header)
        {
            var name = raw.Trim().Replace('\0', '\uFFFD');
            if (name.Length == 0) name = $"column {names.Count + 1}";
            var unique = name;
            for (var n = 2; !seen.Add(unique); n++) unique = $"{name} ({n})";
            names.Add(unique);
        }
        return names;
    }
}

/// <summary>
/// A file read row by row, one row held at a time. A row that cannot be read has a <see cref="Fault"/> and its
/// <see cref="Raw"/> text; the rows behind it are read as if it were not there.
/// </summary>
internal abstract class RowFile : IDisposable
{
    /// <summary>The columns of all rows; null if each row names its own.</summary>
    public abstract RowShape? Header { get; }

    /// <summary>The columns of the row that was read.</summary>
    public abstract RowShape Shape { get; }

    /// <summary>The number of the row that was read, from 1, without the header.</summary>
    public long Number { get; protected set; }

    /// <summary>Why the row cannot be read; null if it can.</summary>
    public string? Fault { get; protected set; }

    /// <summary>The row as it stands in the file, as far as that is text.</summary>
    public abstract string Raw { get; }

    /// <summary>The row as a dead letter keeps it, so that it can be mended column by column: a JSON object of texts; a row that cannot be read, as it stands.</summary>
    public string Kept
    {
        get
        {
            if (Fault is not null) return Raw;
            var bytes = new ArrayBufferWriter<byte>(1024);
            using var writer = new Utf8JsonWriter(bytes, JsonWords.Writing);
            return Encoding.UTF8.GetString(RowBody.Write(this, bytes, writer).WrittenSpan);
        }
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False at the end of the file.</returns>
    public abstract bool Read();

    /// <summary>The text in one column.</summary>
    public abstract ReadOnlySpan<char> this[int column] { get; }

    public abstract void Dispose();

    /// <summary>The text in a column by its place, empty for -1.</summary>
    public ReadOnlySpan<char> At(int column) => column < 0 ? default : this[column];
}
