using System.Text;
using System.Text.Unicode;

namespace Kendt.Unify.Matching.Reading;

/// <summary>One column of a table: each distinct value once, and for each row the number of its value (0: the row has none).</summary>
public sealed class Column
{
    private ValueDictionary _values = new();
    private int[] _rows = new int[16];

    /// <param name="name">The heading.</param>
    /// <param name="meaning">What it is about, where that is known; else it is recognised.</param>
    public Column(string name, Meaning? meaning = null) => (Name, Meaning) = (name, meaning);

    /// <summary>The heading.</summary>
    public string Name { get; }

    /// <summary>What it is about, if that was said.</summary>
    public Meaning? Meaning { get; }

    /// <summary>How many rows there are.</summary>
    public int Rows { get; private set; }

    /// <summary>How many distinct values there are; they are numbered from 1.</summary>
    public int Distinct => _values.Count;

    /// <summary>For each row the number of its value, or 0.</summary>
    public ReadOnlySpan<int> Numbers => _rows.AsSpan(0, Rows);

    /// <summary>The UTF-8 bytes of a distinct value.</summary>
    public ReadOnlySpan<byte> Value(int number) => number == 0 ? default : _values[number];

    /// <summary>A row's value as text.</summary>
    public string Text(int row) => Encoding.UTF8.GetString(Value(_rows[row]));

    /// <summary>Adds the next row's value (UTF-8); spaces around it are left out.</summary>
    /// <returns>The value's number.</returns>
    public int Add(ReadOnlySpan<byte> value)
    {
        if (Rows == _rows.Length) Array.Resize(ref _rows, Rows * 2);
        while (value.Length > 0 && value[0] <= ' ') value = value[1..];
        while (value.Length > 0 && value[^1] <= ' ') value = value[..^1];
        return _rows[Rows++] = _values.Add(value);
    }

    /// <summary>Adds the next row's value; null and spaces are "no value".</summary>
    public int Add(string? value)
    {
        if (string.IsNullOrEmpty(value)) return Add(ReadOnlySpan<byte>.Empty);
        Span<byte> room = stackalloc byte[ValueDictionary.Longest];
        Utf8.FromUtf16(value, room, out _, out var length);
        return Add(room[..length]);
    }

    /// <summary>Lets go of all values when what was made of them is all that is needed.</summary>
    internal void Release() => (_values, _rows, Rows) = (new(), [], 0);
}
