using System.Text.Json;

namespace Kendt.Model.Filters;

/// <summary>
/// Reads a rule from its JSON form. Every fault is a <see cref="BadInputException"/> that names the place by its way from
/// the root, list positions in brackets: <c>all[1].event.count</c>. Unknown keys are faults.
/// </summary>
public static class FilterJson
{
    /// <summary>How deep groups may lie in groups.</summary>
    public const int MaxDepth = 100;

    /// <summary>How many conditions one rule may have, those of its lists of events included.</summary>
    public const int MaxConditions = 1000;

    /// <summary>The longest JSON text of a rule, in bytes.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>The longest list of <c>in</c> and <c>notIn</c>.</summary>
    public const int MaxValues = 200_000;

    /// <exception cref="BadInputException">It is no rule; the message says where and why.</exception>
    public static Filter Parse(string json) => Parse(System.Text.Encoding.UTF8.GetBytes(json));

    /// <inheritdoc cref="Parse(string)"/>
    public static Filter Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > MaxBytes) throw new BadInputException($"The rule is larger than {MaxBytes >> 20} MB.");
        if (utf8.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) utf8 = utf8[3..];
        if (utf8.Span.Trim(" \t\r\n"u8).IsEmpty) throw new BadInputException("The rule is empty. Write for example {\"trait\": \"plan\", \"is\": \"gold\"}.");
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 4 * MaxDepth });
            return Parse(document.RootElement);
        }
        catch (JsonException fault)
        {
            throw new BadInputException($"The rule cannot be read as JSON: {fault.Message}", fault);
        }
    }

    /// <summary>The rule as JSON text on one line; the same rule always gives the same text.</summary>
    public static string Write(Filter filter) => FilterWriter.Write(filter);

    /// <summary>The rule as a JSON tree.</summary>
    public static JsonElement Tree(Filter filter)
    {
        using var document = JsonDocument.Parse(Write(filter), new JsonDocumentOptions { MaxDepth = 4 * MaxDepth });
        return document.RootElement.Clone();
    }

    /// <inheritdoc cref="Parse(string)"/>
    public static Filter Parse(JsonElement json) => new FilterReader().Rule(json, "", 0);
}

/// <summary>One reading of a rule: the groups. Its other parts read the leaves and the operators.</summary>
internal sealed partial class FilterReader
{
    private const string Heads = "all, any, not, trait, event, sequence, segment, measure, consent, identifier, sample";

    private static readonly HashSet<string> Known = [.. Heads.Split(", ")];

    private int _conditions;

    public Filter Rule(JsonElement json, string path, int depth)
    {
        if (json.ValueKind is not JsonValueKind.Object)
            throw Fault(path, $"a rule is an object with one of {Heads}; this is {Kind(json)}.");
        if (depth > FilterJson.MaxDepth) throw Fault(path, $"groups lie more than {FilterJson.MaxDepth} deep.");
        var keys = Keys(json, path);
        var heads = keys.Keys.Where(Known.Contains).ToList();
        if (keys.Count == 0) throw Fault(path, $"an empty object is no rule; it has one of {Heads}.");
        if (heads.Count == 0) throw Fault(path, $"unknown key '{Short(keys.Keys.First())}'; a rule has one of {Heads}.");
        if (heads.Count > 1) throw Fault(path, $"'{heads[0]}' and '{heads[1]}' cannot stand in one rule; put each into a rule of its own in a list of 'all' or 'any'.");
        var (head, value) = (heads[0], keys[heads[0]]);
        var at = Join(path, head);
        if (head is not ("all" or "any" or "not")) Count(at);
        return head switch
        {
            "all" => new All(Rules(Only(keys, head, path, value), at, depth)),
            "any" => new Any(Rules(Only(keys, head, path, value), at, depth)),
            "not" => new Not(Rule(Only(keys, head, path, value), at, depth + 1)),
            "trait" => Trait(keys, path),
            "event" => Event(keys, path),
            "sequence" => Sequence(keys, path),
            "segment" => new InSegment(Text(Only(keys, head, path, value), at, "the name of a segment", 200)),
            "consent" => Consent(keys, path),
            "measure" => MeasureCondition(keys, path),
            "identifier" => IdentifierCondition(keys, path),
            _ => Sample(keys, path),
        };
    }

    private List<Filter> Rules(JsonElement json, string path, int depth) =>
        [.. List(json, path, "a list of rules").Select((rule, i) => Rule(rule, $"{path}[{i}]", depth + 1))];

    private static JsonElement Only(Dictionary<string, JsonElement> keys, string head, string path, JsonElement value)
    {
        Allow(keys, path, $"a rule with '{head}' has no other key", head);
        return value;
    }

    private void Count(string path)
    {
        if (++_conditions > FilterJson.MaxConditions) throw Fault(path, $"a rule has at most {FilterJson.MaxConditions} conditions.");
    }

    private static Dictionary<string, JsonElement> Keys(JsonElement json, string path)
    {
        var keys = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
            if (!keys.TryAdd(Name(property, path), property.Value)) throw Fault(Join(path, Short(property.Name)), "the key stands here twice.");
        return keys;
    }

    private static Dictionary<string, JsonElement> Object(JsonElement json, string path, string what) =>
        json.ValueKind is JsonValueKind.Object ? Keys(json, path) : throw Fault(path, $"needs {what}; this is {Kind(json)}.");

    private static JsonElement.ArrayEnumerator List(JsonElement json, string path, string what) =>
        json.ValueKind is JsonValueKind.Array ? json.EnumerateArray() : throw Fault(path, $"needs {what}; this is {Kind(json)}.");

    private static void Allow(Dictionary<string, JsonElement> keys, string path, string hint, params ReadOnlySpan<string> allowed)
    {
        foreach (var key in keys.Keys)
            if (!allowed.Contains(key)) throw Fault(Join(path, Short(key)), $"unknown key '{Short(key)}'; {hint}.");
    }

    private static string Text(JsonElement json, string path, string what, int longest)
    {
        if (json.ValueKind is not JsonValueKind.String) throw Fault(path, $"needs {what}, a text; this is {Kind(json)}.");
        var text = Read(json, path);
        if (text.Length == 0) throw Fault(path, $"needs {what}; this is an empty text.");
        return text.Length <= longest ? text : throw Fault(path, $"has {text.Length} characters; at most {longest} are taken.");
    }

    private static string Name(JsonProperty property, string path)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException fault)
        {
            throw new BadInputException($"{Where(path)}: a key is not valid Unicode text.", fault);
        }
    }

    private static string Read(JsonElement json, string path)
    {
        try
        {
            var text = json.GetString()!;
            return text.Contains('\0', StringComparison.Ordinal) ? throw Fault(path, "a text must not contain the character NUL.") : text;
        }
        catch (InvalidOperationException fault)
        {
            throw new BadInputException($"{Where(path)}: the text is not valid Unicode.", fault);
        }
    }

    private static ValuePath PathOf(JsonElement json, string path, string what)
    {
        var found = new ValuePath(Text(json, path, what, 500));
        if (found.Steps.Any(s => s.Length == 0)) throw Fault(path, $"'{Short(found.Text)}' has an empty step; write keys with single dots between them, as in address.city.");
        return found.Steps.Count <= 20 ? found : throw Fault(path, "has more than 20 steps.");
    }

    private static BadInputException Fault(string path, string what) => new($"{Where(path)}: {what}");

    // The way stays readable however long keys and rules are.
    private static string Where(string path) => path.Length switch
    {
        0 => "The rule",
        <= 400 => path,
        _ => path[..120] + " ... " + path[^240..],
    };

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "...";

    private static string Kind(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}
