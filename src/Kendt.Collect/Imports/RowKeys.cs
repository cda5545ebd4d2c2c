using System.Security.Cryptography;
using System.Text;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>What names a row: its key columns, or, where the mapping has none, a digest of the row.</summary>
internal sealed class RowKeys(Mapping mapping)
{
    private readonly Cells _cells = new(mapping.Format);
    private RowShape? _shape;
    private int[] _columns = [];

    /// <summary>The key of the row that was read; null if a key column is empty.</summary>
    public string? Of(RowFile row, ReadOnlySpan<byte> body)
    {
        if (mapping.Key.Count == 0) return Digest(body);
        if (_shape != row.Shape) (_shape, _columns) = (row.Shape, [.. mapping.Key.Select(row.Shape.IndexOf)]);
        if (_columns.Length == 1) return Short(_cells.Said(row.At(_columns[0])).Trim().ToString());
        var key = new StringBuilder();
        foreach (var column in _columns)
        {
            var part = _cells.Said(row.At(column)).Trim();
            if (part.IsEmpty) return null;
            if (key.Length > 0) key.Append('|');
            key.Append(part.ToString().Replace("\\", "\\\\").Replace("|", "\\|"));
        }
        return Short(key.ToString());
    }

    public string Missing => $"The key column {string.Join(" or ", mapping.Key.Select(k => $"'{k}'"))} is empty.";

    public static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16));

    private static string? Short(string key)
    {
        if (key.Length == 0) return null;
        if (key.Length > Identifier.MaxLength) return Digest(Encoding.UTF8.GetBytes(key));
        return key.Contains('\0', StringComparison.Ordinal) ? key.Replace('\0', '\uFFFD') : key;
    }
}
