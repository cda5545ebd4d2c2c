using System.Text.Json;
using Kendt.Govern;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>One kind of message that a source sends.</summary>
/// <param name="Name">The event, or the name of the page; empty where a type has none.</param>
public sealed record SeenEvent(string Type, string Name, long Count, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

/// <summary>One property or trait of a kind of message, as it was seen in the newest of them.</summary>
/// <param name="Path">Names joined by dots; <c>[]</c> is each item of an array.</param>
/// <param name="Types">text, number, boolean, object, array, null; the most frequent first.</param>
/// <param name="Example">The newest value; hidden where it is personal.</param>
/// <param name="Count">How often it was seen in them.</param>
public sealed record SeenProperty(string Path, IReadOnlyList<string> Types, string Example, long Count, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

/// <summary>The properties of one kind of message.</summary>
/// <param name="LookedAt">How many messages were looked at: the newest, at most <see cref="SeenSchema.MostMessages"/>.</param>
public sealed record SeenProperties(long LookedAt, IReadOnlyList<SeenProperty> Properties);

/// <summary>What a source really sends: its events, and what they carry. Counts of events are exact; properties are those of the newest messages.</summary>
public sealed class SeenSchema(Stores stores)
{
    public const int MostMessages = 2_000;

    private const int MostProperties = 300, MostDepth = 4;

    /// <summary>The most frequent first.</summary>
    public Task<List<SeenEvent>> EventsAsync(string source, int most, CancellationToken cancel) => stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
        select type, case when type in ('track', 'page', 'screen') then name else '' end as said, count(*) as messages, min(received_at), max(received_at) from event_log
        where source = {source} group by 1, 2 order by messages desc, type, said limit {(long)most}
        """), r => new SeenEvent(r.Text(0), r.Text(1), r.Long(2), r.Time(3), r.Time(4)), cancel), cancel);

    /// <summary>What messages of one type and name carry, by path.</summary>
    public async Task<SeenProperties> PropertiesAsync(string source, string type, string name, CancellationToken cancel)
    {
        var rows = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select received_at, properties from event_log where source = {source} and type = {type} and name = {name} order by seq desc limit {(long)MostMessages}
            """), r => (At: r.Time(0), Properties: r.Text(1)), cancel), cancel);
        var seen = new Dictionary<string, Seen>(StringComparer.Ordinal);
        var ofSomebody = type is "identify" or "group";
        foreach (var (at, properties) in rows)
        {
            using var json = JsonDocument.Parse(properties);
            Look(seen, json.RootElement, "", at, ofSomebody, 0);
        }
        return new(rows.Count, [.. seen.OrderByDescending(s => s.Value.Messages).ThenBy(s => s.Key, StringComparer.Ordinal).Select(s => s.Value.Done(s.Key))]);
    }

    private static void Look(Dictionary<string, Seen> seen, JsonElement value, string path, DateTimeOffset at, bool ofSomebody, int depth)
    {
        if (value.ValueKind is JsonValueKind.Object && depth < MostDepth)
        {
            foreach (var member in value.EnumerateObject()) Note(seen, member.Value, path.Length == 0 ? member.Name : path + "." + member.Name, member.Name, at, ofSomebody, depth);
        }
        else if (value.ValueKind is JsonValueKind.Array && depth < MostDepth)
        {
            foreach (var item in value.EnumerateArray())
            {
                if (item.ValueKind is JsonValueKind.Object) Look(seen, item, path + "[]", at, ofSomebody, depth + 1);
            }
        }
    }

    private static void Note(Dictionary<string, Seen> seen, JsonElement value, string path, string name, DateTimeOffset at, bool ofSomebody, int depth)
    {
        if (!seen.TryGetValue(path, out var known))
        {
            if (seen.Count >= MostProperties) return;
            seen[path] = known = new(PersonalData.Example(name, value, ofSomebody), at); // the newest message comes first
        }
        known.Add(WordOf(value.ValueKind), at);
        if (!PersonalData.IsPersonalName(name, ofSomebody)) Look(seen, value, path, at, ofSomebody, depth + 1);
    }

    private static string WordOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "text",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        _ => "null",
    };

    private sealed class Seen(string example, DateTimeOffset newest)
    {
        private readonly Dictionary<string, long> _types = new(StringComparer.Ordinal);
        private readonly DateTimeOffset _last = newest;
        private DateTimeOffset _first = newest;

        public long Messages { get; private set; }

        public void Add(string type, DateTimeOffset at)
        {
            _types[type] = _types.GetValueOrDefault(type) + 1;
            _first = at < _first ? at : _first;
            Messages++;
        }

        public SeenProperty Done(string path) => new(path, [.. _types.OrderByDescending(t => t.Value).Select(t => t.Key)], example, Messages, _first, _last);
    }
}
