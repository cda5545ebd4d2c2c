using System.Text.Json;

namespace Kendt.Model.Filters;

/// <summary>The operators.</summary>
internal sealed partial class FilterReader
{
    private enum Operators { Value, Number, Time, Identifier }

    private static readonly Dictionary<Operators, string> Names = new()
    {
        [Operators.Value] = "is, isNot, in, notIn, contains, startsWith, endsWith, above, atLeast, below, atMost, between, exists, before, after, withinLast, anniversaryIn",
        [Operators.Number] = "is, isNot, in, notIn, above, atLeast, below, atMost, between",
        [Operators.Time] = "before, after, withinLast",
        [Operators.Identifier] = "is, in, contains, startsWith, endsWith, count",
    };

    private static readonly Dictionary<Operators, HashSet<string>> Taken = Names.ToDictionary(n => n.Key, n => n.Value.Split(", ").ToHashSet(StringComparer.Ordinal));

    private static List<Test> Tests(Dictionary<string, JsonElement> keys, string path, Operators which, string what, params ReadOnlySpan<string> but)
    {
        var tests = new List<Test>();
        foreach (var (key, json) in keys)
        {
            if (but.Contains(key)) continue;
            var at = Join(path, Short(key));
            if (!Taken[which].Contains(key)) throw Fault(at, $"unknown key '{Short(key)}'; {what} takes {Names[which]}.");
            tests.Add(Operator(key, json, at, which));
        }
        return tests.Count > 0 ? tests : throw Fault(path, $"{what} needs an operator: {Names[which]}.");
    }

    private static Test Operator(string key, JsonElement json, string path, Operators which) => key switch
    {
        "is" or "isNot" => new Is(Value(json, path, which), key == "is"),
        "in" or "notIn" => new OneOf(Values(json, path, which), key == "in"),
        "exists" => new Exists(json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : throw Fault(path, $"needs true or false; this is {Kind(json)}.")),
        "contains" => new Part(Place.Contains, PartOf(json, path)),
        "startsWith" => new Part(Place.StartsWith, PartOf(json, path)),
        "endsWith" => new Part(Place.EndsWith, PartOf(json, path)),
        "above" => new Compare(Comparison.Above, Number(json, path)),
        "atLeast" => new Compare(Comparison.AtLeast, Number(json, path)),
        "below" => new Compare(Comparison.Below, Number(json, path)),
        "atMost" => new Compare(Comparison.AtMost, Number(json, path)),
        "between" => Both(json, path),
        "before" => new When(false, Moment(json, path)),
        "after" => new When(true, Moment(json, path)),
        "withinLast" => new WithinLast(Lapse(json, path)),
        _ => new AnniversaryIn(Lapse(json, path) is var span && span.Ticks <= 366 * TimeSpan.TicksPerDay ? span : throw Fault(path, "is longer than 366d; an anniversary comes round every year.")),
    };

    private static Literal Value(JsonElement json, string path, Operators which) => json.ValueKind switch
    {
        JsonValueKind.Number when which is not Operators.Identifier => Literal.Of(Number(json, path)),
        JsonValueKind.String when which is Operators.Value or Operators.Identifier => Literal.Of(Read(json, path) is { Length: <= 10_000 } text ? text : throw Fault(path, "a text has at most 10,000 characters.")),
        JsonValueKind.True or JsonValueKind.False when which is Operators.Value => Literal.Of(json.GetBoolean()),
        JsonValueKind.Null when which is Operators.Value => throw Fault(path, "null is no value; ask for what is missing with \"exists\": false."),
        _ => throw Fault(path, $"needs {(which is Operators.Value ? "a text, a number or a boolean" : which is Operators.Identifier ? "a text in quotes, as identifiers are" : "a number")}; this is {Kind(json)}."),
    };

    private static List<Literal> Values(JsonElement json, string path, Operators which)
    {
        var values = List(json, path, "a list of values").Select((value, i) => Value(value, $"{path}[{i}]", which)).ToList();
        return values.Count <= FilterJson.MaxValues ? values : throw Fault(path, $"the list has {values.Count} values; at most {FilterJson.MaxValues} are taken.");
    }

    private static string PartOf(JsonElement json, string path)
    {
        if (json.ValueKind is not JsonValueKind.String) throw Fault(path, $"needs a text; this is {Kind(json)}.");
        return Read(json, path) is { Length: <= 500 } text ? text : throw Fault(path, "a part of a text has at most 500 characters.");
    }

    private static double Number(JsonElement json, string path)
    {
        if (json.ValueKind is not JsonValueKind.Number) throw Fault(path, $"needs a number; this is {Kind(json)}.");
        var number = json.GetDouble();
        return double.IsFinite(number) ? RuleNumber.Limit(number) : throw Fault(path, "the number is too large.");
    }

    private static Between Both(JsonElement json, string path)
    {
        var ends = List(json, path, "a list of two numbers").Select((end, i) => Number(end, $"{path}[{i}]")).ToList();
        if (ends.Count != 2) throw Fault(path, $"needs two numbers, the lower one first; this has {ends.Count}.");
        return ends[0] <= ends[1] ? new(ends[0], ends[1]) : throw Fault(path, "the first number is above the second; write the lower one first.");
    }

    private static IsoTime Moment(JsonElement json, string path)
    {
        if (json.ValueKind is not JsonValueKind.String) throw Fault(path, $"needs a time as text, as in \"2024-05-17\" or \"2024-05-17T08:30:00Z\"; this is {Kind(json)}.");
        return IsoTime.TryParse(Read(json, path), out var time) ? time
            : throw Fault(path, "is no time, or of a day that does not exist; write \"2024-05-17\" or \"2024-05-17T08:30:00Z\".");
    }

    private static Duration Lapse(JsonElement json, string path)
    {
        if (json.ValueKind is not JsonValueKind.String) throw Fault(path, $"needs a duration as text, as in \"90d\"; this is {Kind(json)}.");
        return Duration.TryParse(Read(json, path), out var span) ? span
            : throw Fault(path, "is no duration; write a positive whole number and one of s, m, h, d, w, as in \"90d\", at most 36500d.");
    }

    private static Duration? Lapse(Dictionary<string, JsonElement> keys, string key, string path) =>
        keys.TryGetValue(key, out var json) ? Lapse(json, Join(path, key)) : null;

    private static IsoTime? Time(Dictionary<string, JsonElement> keys, string key, string path) =>
        keys.TryGetValue(key, out var json) ? Moment(json, Join(path, key)) : null;
}
