using System.Globalization;
using System.Text;
using System.Text.Json;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>Makes a plan from what a source has sent, to begin with: types, what is always there, and formats that all values have.</summary>
public sealed class PlanInference(Stores stores)
{
    /// <summary>Messages of each event that are looked at, the newest.</summary>
    public const int Sample = 1_000;

    private const int MostEvents = 200, MostMembers = 100, Deepest = 5, FewForRequired = 20;

    /// <summary>The text of a plan in mode observe, named as the source; null if the source has sent nothing.</summary>
    public async Task<string?> InferAsync(string source, CancellationToken cancel)
    {
        var shapes = new SortedDictionary<(string Type, string Name), Shape>();
        await foreach (var (type, name, properties) in stores.Warehouse.StreamAsync(Sql.Of($"""
            select type, name, properties from (
                select type, name, properties, row_number() over (partition by type, case when type = 'track' then name else '' end order by seq desc) as place
                from event_log where source = {source} and type in ('track', 'identify', 'group', 'page', 'screen')) as e
            where place <= {(long)Sample}
            """), r => (r.Text(0), r.Text(1), r.Text(2)), cancel))
        {
            var key = (type, type == "track" ? name : "");
            if (!shapes.TryGetValue(key, out var shape))
            {
                if (shapes.Count >= MostEvents) continue;
                shapes[key] = shape = new();
            }
            using var json = JsonDocument.Parse(properties);
            shape.Add(json.RootElement, 0);
        }
        return shapes.Count == 0 ? null : Write(source, shapes);
    }

    private static string Write(string source, SortedDictionary<(string Type, string Name), Shape> shapes)
    {
        var yaml = new StringBuilder();
        yaml.Append(CultureInfo.InvariantCulture, $"plan: {source}\nsources: [{source}]\nmode: observe      # observe | warn | block\nunplanned: allow   # allow | warn | block\nunknown: keep      # keep | drop\n");
        var events = shapes.Where(s => s.Key.Type == "track").ToList();
        if (events.Count > 0) yaml.Append("events:\n");
        foreach (var (key, shape) in events)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  {Quoted(key.Name)}:   # {shape.Seen} seen\n");
            shape.Write(yaml, 4);
        }
        foreach (var (key, shape) in shapes.Where(s => s.Key.Type != "track"))
        {
            yaml.Append(CultureInfo.InvariantCulture, $"{key.Type}:   # {shape.Seen} seen\n");
            shape.Write(yaml, 2);
        }
        return yaml.ToString();
    }

    private static string Quoted(string name) => JsonSerializer.Serialize(name);

    /// <summary>What was seen at one place.</summary>
    private sealed class Shape
    {
        private readonly SortedSet<string> _types = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, Shape> _members = new(StringComparer.Ordinal);
        private Shape? _items;
        private HashSet<string>? _formats;
        private long _objects;

        public long Seen { get; private set; }

        public void Add(JsonElement value, int depth)
        {
            Seen++;
            var kind = Schema.KindOf(value);
            if (kind == "number" && value.TryGetDecimal(out var number) && decimal.IsInteger(number)) kind = "integer";
            _types.Add(kind);
            if (kind == "string")
            {
                var text = value.GetString()!;
                _formats ??= ["date-time", "date", "email", "uuid"];
                _formats.RemoveWhere(f => !SchemaFormats.Holds(f, text));
            }
            if (depth >= Deepest) return;
            if (kind == "array") foreach (var item in value.EnumerateArray().Take(20)) (_items ??= new()).Add(item, depth + 1);
            if (kind != "object") return;
            _objects++;
            foreach (var (name, member) in JsonWords.Members(value))
            {
                if (!_members.TryGetValue(name, out var shape))
                {
                    if (_members.Count >= MostMembers) continue;
                    _members[name] = shape = new();
                }
                shape.Add(member, depth + 1);
            }
        }

        public void Write(StringBuilder yaml, int indent)
        {
            var types = _types.Where(t => t != "integer" || !_types.Contains("number")).ToList();
            Line(types.Count == 1 ? $"type: {Word(types[0])}" : $"type: [{string.Join(", ", types.Select(Word))}]");
            if (_formats?.FirstOrDefault() is { } format && types is ["string"]) Line($"format: {format}");
            if (_items is not null)
            {
                Line("items:");
                _items.Write(yaml, indent + 2);
            }
            if (_members.Count == 0) return;
            var required = _members.Where(m => m.Value.Seen == _objects && _objects >= FewForRequired).Select(m => Quoted(m.Key)).ToList();
            if (required.Count > 0) Line($"required: [{string.Join(", ", required)}]");
            Line("properties:");
            foreach (var (name, shape) in _members)
            {
                yaml.Append(' ', indent + 2).Append(CultureInfo.InvariantCulture, $"{Quoted(name)}:\n");
                shape.Write(yaml, indent + 4);
            }

            void Line(string text) => yaml.Append(' ', indent).Append(text).Append('\n');
        }

        // null alone is YAML's nothing.
        private static string Word(string type) => type == "null" ? "\"null\"" : type;
    }
}
