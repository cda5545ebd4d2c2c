using System.Text;
using System.Text.Json;
using Kendt.Model;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Unify.Batch;

/// <summary>The records of one source, persons or companies, as columns: a column for each field, a row for each unit that is matched.</summary>
internal sealed class SourceRows(string source, bool isAccount)
{
    // A file may have a thousand columns; who somebody is stands in the first of them.
    private const int MostFields = 120;

    private readonly Dictionary<string, Column> _columns = new(StringComparer.Ordinal);

    public string Source => source;

    public bool IsAccount => isAccount;

    /// <summary>The identifier that stands for each row.</summary>
    public List<Identifier> Units { get; } = [];

    /// <summary>The group (<see cref="GroupBook"/>) of each row.</summary>
    public List<int> Groups { get; } = [];

    public IReadOnlyCollection<Column> Columns => _columns.Values;

    public Column? Find(string field) => _columns.GetValueOrDefault(field);

    public void Add(Identifier unit, int group, IReadOnlyDictionary<string, string> values)
    {
        foreach (var (field, value) in values)
        {
            if (!_columns.TryGetValue(field, out var column))
            {
                if (_columns.Count == MostFields) continue;
                _columns[field] = column = new(field);
                Fill(column);
            }
            column.Add(Encoding.UTF8.GetBytes(value));
        }
        Units.Add(unit);
        Groups.Add(group);
        foreach (var column in _columns.Values) Fill(column);
    }

    /// <summary>Adds what the ledger knows of these rows and their records did not say as a field.</summary>
    public void Add(string field, IReadOnlyDictionary<Identifier, string> values)
    {
        if (values.Count == 0 || _columns.ContainsKey(field)) return;
        var column = _columns[field] = new(field);
        foreach (var unit in Units) column.Add(values.TryGetValue(unit, out var value) ? Encoding.UTF8.GetBytes(value) : default);
    }

    private void Fill(Column column)
    {
        while (column.Rows < Units.Count) column.Add(default(ReadOnlySpan<byte>));
    }

    /// <summary>Puts the texts and numbers of a trait under their paths; what is empty, true, false or a list says nothing.</summary>
    public static void Flatten(string path, string json, Dictionary<string, string> into)
    {
        if (json.Length > 1 && json[0] == '"' && !json.Contains('\\', StringComparison.Ordinal))
        {
            if (json.Length > 2) into[path] = json[1..^1];
            return;
        }
        if (json.Length == 0 || json[0] is 'n' or 't' or 'f' or '[') return;
        using var document = JsonDocument.Parse(json);
        Flatten(path, document.RootElement, into);
    }

    private static void Flatten(string path, JsonElement value, Dictionary<string, string> into)
    {
        if (value.ValueKind is JsonValueKind.Object) foreach (var member in value.EnumerateObject()) Flatten(path + "." + member.Name, member.Value, into);
        else if (value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text) into[path] = text;
        else if (value.ValueKind is JsonValueKind.Number) into[path] = value.GetRawText();
    }
}
