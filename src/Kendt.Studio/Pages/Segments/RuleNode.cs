using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kendt.Studio.Pages.Segments;

/// <summary>
/// A card of the segment builder: a group of cards, or one condition with the fields of its kind. What the fields cannot say
/// stays as it is written, as JSON, so that no rule is changed by being opened.
/// </summary>
public sealed class RuleNode
{
    public const string All = "all", Any = "any", None = "none", Trait = "trait", Event = "event", Segment = "segment", Consent = "consent", Identifier = "identifier", Sample = "sample", Property = "property", Json = "json", AnyValue = "any";

    public static IReadOnlyList<string> Groups { get; } = [All, Any, None];

    public static IReadOnlyList<string> Conditions { get; } = [Trait, Event, Segment, Consent, Identifier, Sample, Json];

    public static IReadOnlyList<string> ValueOperators { get; } =
        ["is", "isNot", "in", "notIn", "contains", "startsWith", "endsWith", "above", "atLeast", "below", "atMost", "between", "exists", "before", "after", "withinLast", "anniversaryIn"];

    /// <summary>Of identifiers; <see cref="AnyValue"/> asks for the type alone.</summary>
    public static IReadOnlyList<string> IdentifierOperators { get; } = [AnyValue, "is", "in", "contains", "startsWith", "endsWith"];

    public static IReadOnlyList<string> NumberOperators { get; } = ["atLeast", "above", "is", "isNot", "below", "atMost", "between", "in", "notIn"];

    public static IReadOnlyList<string> TimeOperators { get; } = ["withinLast", "before", "after"];

    public static IReadOnlyList<string> Figures { get; } = ["count", "days", "weeks", "months", "years", "sum", "average", "min", "max", "distinct", "first", "last"];

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    public required string Kind { get; set; }
    public List<RuleNode> Of { get; } = [];
    public string Name { get; set; } = "";
    public string Operator { get; set; } = "is";
    public string Value { get; set; } = "";
    public string Figure { get; set; } = "count";
    public string FigureOf { get; set; } = "";
    public string Within { get; set; } = "";

    /// <summary>How many identifiers there are to be: the comparison, and with what.</summary>
    public string CountOperator { get; set; } = "atLeast";
    public string Count { get; set; } = "1";

    public bool IsGroup => Groups.Contains(Kind);

    public bool NeedsProperty => Figure is "sum" or "average" or "min" or "max" or "distinct";

    public IReadOnlyList<string> Operators => Kind switch
    {
        Sample => NumberOperators,
        Identifier => IdentifierOperators,
        Event => Figure is "first" or "last" ? TimeOperators : NumberOperators,
        _ => ValueOperators,
    };

    /// <summary>An empty card of a kind.</summary>
    public static RuleNode New(string kind) => kind switch
    {
        Event => new() { Kind = kind, Operator = "atLeast", Value = "1", Within = "30d" },
        Sample => new() { Kind = kind, Operator = "below", Value = "10" },
        Consent => new() { Kind = kind, Value = "granted" },
        Identifier => new() { Kind = kind, Operator = AnyValue },
        Json => new() { Kind = kind, Value = """{"sequence": [{"event": ""}, {"event": "", "after": "7d"}]}""" },
        _ => new() { Kind = kind },
    };

    /// <summary>The cards of a rule; the outermost is a group.</summary>
    public static RuleNode Read(string json)
    {
        var node = Read(JsonNode.Parse(json));
        if (node.IsGroup) return node;
        var all = New(All);
        all.Of.Add(node);
        return all;
    }

    public string Write(bool indented = false) => Rule()?.ToJsonString(indented ? Readable : null) ?? "null";

    private static RuleNode Read(JsonNode? json)
    {
        var keys = json as JsonObject;
        if (keys is null) return Raw(json);
        if (keys.Count == 1 && keys["all"] is JsonArray all) return Group(All, all);
        if (keys.Count == 1 && keys["any"] is JsonArray any) return Group(Any, any);
        if (keys.Count == 1 && keys["not"] is JsonObject not) return not.Count == 1 && not["any"] is JsonArray none ? Group(None, none) : Group(None, [not.DeepClone()]);
        if (keys.Count == 1 && Text(keys["segment"]) is { } segment) return new() { Kind = Segment, Name = segment };
        if (keys.Count == 2 && Text(keys["consent"]) is { } purpose && Text(keys["is"]) is { } state) return new() { Kind = Consent, Name = purpose, Value = state };
        foreach (var kind in (string[])[Trait, Sample])
            if (keys.Count == 2 && Text(keys[kind]) is { } name && keys.First(k => k.Key != kind) is var (op, value) && New(kind).Operators.Contains(op)) return new() { Kind = kind, Name = name, Operator = op, Value = Shown(value) };
        return ReadEvent(keys) ?? ReadIdentifier(keys) ?? Raw(keys);
    }

    private static RuleNode? ReadIdentifier(JsonObject keys)
    {
        if (Text(keys[Identifier]) is not { } type) return null;
        var node = New(Identifier);
        node.Name = type;
        foreach (var (key, value) in keys.Where(k => k.Key != Identifier))
        {
            if (key == "count" && value is JsonObject { Count: 1 } count && count.First() is var (how, wanted) && NumberOperators.Contains(how)) (node.CountOperator, node.Count) = (how, Shown(wanted));
            else if (key == "in" && node.Operator == AnyValue && value is JsonArray list && list.All(v => Text(v) is { } text && text == text.Trim() && !text.Contains(','))) (node.Operator, node.Value) = (key, string.Join(", ", list.Select(Text)));
            else if (key is not (AnyValue or "in") && node.Operator == AnyValue && IdentifierOperators.Contains(key) && Text(value) is { } text) (node.Operator, node.Value) = (key, text);
            else return null;
        }
        return node;
    }

    private static RuleNode? ReadEvent(JsonObject keys)
    {
        if (Text(keys["event"]) is not { } name) return null;
        var node = New(Event);
        (node.Name, node.Within) = (name, Text(keys["within"]) ?? "");
        foreach (var (key, value) in keys.Where(k => k.Key is not ("event" or "within")))
        {
            if (key == "where" && value is JsonArray where)
            {
                foreach (var entry in where)
                {
                    if (entry is not JsonObject { Count: 2 } test || Text(test["property"]) is not { } property || !ValueOperators.Contains(test.First(t => t.Key != "property").Key)) return null;
                    var (op, wanted) = test.First(t => t.Key != "property");
                    node.Of.Add(new() { Kind = Property, Name = property, Operator = op, Value = Shown(wanted) });
                }
            }
            else if (Figures.Contains(key) && value is JsonObject figure)
            {
                node.Figure = key;
                node.FigureOf = Text(figure["of"]) ?? "";
                var tests = figure.Where(f => f.Key != "of").ToList();
                if (tests.Count != 1 || !node.Operators.Contains(tests[0].Key)) return null;
                (node.Operator, node.Value) = (tests[0].Key, Shown(tests[0].Value));
            }
            else
            {
                return null;
            }
        }
        return node;
    }

    private static RuleNode Group(string kind, JsonArray rules)
    {
        var group = New(kind);
        group.Of.AddRange(rules.Select(Read));
        return group;
    }

    private static RuleNode Raw(JsonNode? json) => new() { Kind = Json, Value = json?.ToJsonString(Readable) ?? "null" };

    private JsonNode? Rule()
    {
        switch (Kind)
        {
            case All or Any: return new JsonObject { [Kind] = Rules() };
            case None: return new JsonObject { ["not"] = new JsonObject { ["any"] = Rules() } };
            case Segment: return new JsonObject { ["segment"] = Name };
            case Consent: return new JsonObject { ["consent"] = Name, ["is"] = Value };
            case Trait or Sample or Property: return new JsonObject { [Kind] = Name, [Operator] = Wanted() };
            case Identifier:
                var identifier = new JsonObject { [Identifier] = Name };
                if (Operator != AnyValue) identifier[Operator] = Operator == "in" ? new JsonArray([.. Parts(Value).Select(v => JsonValue.Create(v))]) : JsonValue.Create(Value);
                identifier["count"] = new JsonObject { [CountOperator] = Wanted(CountOperator, Count) };
                return identifier;
            case Event:
                var rule = new JsonObject { ["event"] = Name };
                if (Of.Count > 0) rule["where"] = Rules();
                if (Within.Trim().Length > 0) rule["within"] = Within.Trim();
                var figure = new JsonObject();
                if (NeedsProperty) figure["of"] = FigureOf;
                figure[Operator] = Wanted();
                rule[Figure] = figure;
                return rule;
            default:
                try
                {
                    return JsonNode.Parse(Value);
                }
                catch (JsonException)
                {
                    return JsonValue.Create(Value); // said by the preview at its place
                }
        }
    }

    private JsonArray Rules() => [.. Of.Select(n => n.Rule())];

    private JsonNode? Wanted() => Wanted(Operator, Value);

    private static JsonNode? Wanted(string op, string value) => op switch
    {
        "in" or "notIn" or "between" => new JsonArray([.. Parts(value).Select(Scalar)]),
        "contains" or "startsWith" or "endsWith" or "before" or "after" or "withinLast" or "anniversaryIn" => JsonValue.Create(value),
        "exists" => JsonValue.Create(value is not "false"),
        _ => Scalar(value.Trim()),
    };

    private static string[] Parts(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // What reads as a number or a boolean is one; in quotes it is a text.
    private static JsonNode? Scalar(string text) => text switch
    {
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        ['"', .. var quoted, '"'] => JsonValue.Create(quoted),
        _ when double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };

    private static string Shown(JsonNode? value) => value switch
    {
        null => "",
        JsonArray list => string.Join(", ", list.Select(Shown)),
        _ when Text(value) is { } text => Scalar(text)!.GetValueKind() is JsonValueKind.String && !text.StartsWith('"') ? text : $"\"{text}\"",
        _ => value.ToJsonString(),
    };

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
