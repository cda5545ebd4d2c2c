using System.Text.Json;

namespace Kendt.Collect;

/// <summary>The text of one of the mapping's columns in the row at hand.</summary>
internal delegate ReadOnlySpan<char> CellText(int column);

/// <summary>Paths with dots as the nested JSON object that they mean: <c>address.city</c> is <c>{"address":{"city":...}}</c>.</summary>
internal sealed class PathTree
{
    private readonly List<(string Name, Node Node)> _members = [];

    private sealed record Node(JsonEncodedText Name, MappedColumn? Column, int Place, JsonElement Constant, PathTree? Inner);

    /// <param name="columns">The mapping's columns; <paramref name="pathOf"/> says where a column goes, null for nowhere.</param>
    public static PathTree Of(IReadOnlyList<MappedColumn> columns, Func<MappedColumn, string?> pathOf, IReadOnlyDictionary<string, JsonElement> constants)
    {
        var tree = new PathTree();
        foreach (var (path, value) in constants) tree.Add(path.Split('.'), null, -1, value);
        for (var i = 0; i < columns.Count; i++)
        {
            if (pathOf(columns[i]) is { } path) tree.Add(path.Split('.'), columns[i], i, default);
        }
        return tree;
    }

    public bool IsEmpty => _members.Count == 0;

    /// <summary>Writes the members that the row has a value for; cells that cannot be read are left out, with a reason.</summary>
    public void Write(Utf8JsonWriter writer, CellText text, Cells cells, List<string> reasons)
    {
        foreach (var (_, node) in _members)
        {
            if (node.Inner is { } inner)
            {
                if (!inner.HasAny(text)) continue;
                writer.WriteStartObject(node.Name);
                inner.Write(writer, text, cells, reasons);
                writer.WriteEndObject();
            }
            else if (node.Column is not { } column)
            {
                writer.WritePropertyName(node.Name);
                node.Constant.WriteTo(writer);
            }
            else if (!cells.Write(writer, node.Name, column, text(node.Place)))
            {
                reasons.Add($"'{column.Name}' is no {column.Type.ToString().ToLowerInvariant()}");
            }
        }
    }

    private bool HasAny(CellText text)
    {
        foreach (var (_, node) in _members)
        {
            if (node.Inner?.HasAny(text) ?? (node.Column is null || !text(node.Place).Trim().IsEmpty)) return true;
        }
        return false;
    }

    // A column overrules a constant of the same path: it is added later and takes its place.
    private void Add(ReadOnlySpan<string> path, MappedColumn? column, int place, JsonElement constant)
    {
        var name = path[0];
        var at = _members.FindIndex(m => m.Name == name);
        var encoded = JsonEncodedText.Encode(name, JsonWords.Writing.Encoder);
        if (path.Length == 1)
        {
            var node = new Node(encoded, column, place, constant, null);
            if (at < 0) _members.Add((name, node));
            else _members[at] = (name, node);
            return;
        }
        var inner = at >= 0 ? _members[at].Node.Inner ?? new() : new();
        if (at < 0) _members.Add((name, new(encoded, null, -1, default, inner)));
        else _members[at] = (name, new(encoded, null, -1, default, inner));
        inner.Add(path[1..], column, place, constant);
    }
}
