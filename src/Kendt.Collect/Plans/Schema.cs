using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kendt.Collect;

/// <summary>Something that a message says against its plan; no value of the message is in it.</summary>
/// <param name="Field">Where: <c>properties.products[].price</c>; empty for the message as a whole.</param>
/// <param name="Rule">The keyword of the schema: <c>type</c>, <c>required</c> ...; or <c>unplanned</c>, <c>unknown</c>.</param>
/// <param name="Text">In words for the person who wrote the sender.</param>
public sealed record Violation(string Field, string Rule, string Text);

/// <summary>
/// A JSON Schema (the validation vocabulary of draft 2020-12, without remote references), compiled: what a value says
/// against it, in plain words. Immutable, for any number of threads.
/// </summary>
public sealed class Schema
{
    /// <summary>Violations that are told of one value; more do not help anybody.</summary>
    internal const int Most = 20;

    private const int Deepest = 200;

    internal IReadOnlyList<string> Types { get; set; } = [];
    internal IReadOnlyList<JsonElement>? Enum { get; set; }
    internal Dictionary<string, Schema> Properties { get; } = new(StringComparer.Ordinal);
    internal List<(Regex Name, Schema Schema)> Patterns { get; } = [];
    internal IReadOnlyList<string> Required { get; set; } = [];
    internal Dictionary<string, IReadOnlyList<string>> DependentRequired { get; } = new(StringComparer.Ordinal);
    /// <summary>Null: others may be there. A schema that takes nothing: they may not.</summary>
    internal Schema? Additional { get; set; }
    internal List<Schema> Prefix { get; } = [];
    internal Schema? Items { get; set; }
    internal Regex? Pattern { get; set; }
    internal string? Format { get; set; }
    internal (decimal? Minimum, decimal? Above, decimal? Maximum, decimal? Below, decimal? MultipleOf) Number { get; set; }
    internal (int? Min, int? Max) Length { get; set; }
    internal (int? Min, int? Max) Count { get; set; }
    internal (int? Min, int? Max) Members { get; set; }
    internal bool IsUnique { get; set; }
    internal List<Schema> AllOf { get; } = [];
    internal List<Schema> AnyOf { get; } = [];
    internal List<Schema> OneOf { get; } = [];
    internal Schema? Not { get; set; }
    internal (Schema If, Schema? Then, Schema? Else)? When { get; set; }
    internal Func<Schema>? Reference { get; set; }
    /// <summary>The schema <c>false</c>.</summary>
    internal bool IsNever { get; set; }

    /// <summary>What <paramref name="value"/> says against the schema; nothing if it holds.</summary>
    public IReadOnlyList<Violation> Check(JsonElement value, string path)
    {
        var found = new Walk(null);
        Check(value, path, found, 0);
        return found.Found;
    }

    /// <summary>The schema that a member of an object has; null if the schema does not name it.</summary>
    internal Schema? Of(string member) =>
        Properties.TryGetValue(member, out var named) ? named
        : Patterns.Find(p => p.Name.IsMatch(member)).Schema
        ?? Reference?.Invoke().Of(member) ?? AllOf.Select(s => s.Of(member)).FirstOrDefault(s => s is not null);

    /// <summary>Whether the schema says which members an object has, and no others.</summary>
    internal bool NamesMembers => Reference?.Invoke().NamesMembers == true || AllOf.Exists(s => s.NamesMembers)
        || (Properties.Count > 0 || Patterns.Count > 0) && (Additional is null || Additional.IsNever) && AnyOf.Count + OneOf.Count == 0;

    /// <summary>Whether it comes to an end on every value: it does not lead to itself without going into the value.</summary>
    internal bool Ends(int steps) => steps > 0 && (Reference?.Invoke().Ends(steps - 1) ?? true)
        && AllOf.Concat(AnyOf).Concat(OneOf).Concat(new[] { Not, When?.If, When?.Then, When?.Else }.OfType<Schema>()).All(s => s.Ends(steps - 1));

    private void Check(JsonElement value, string path, Walk found, int depth)
    {
        if (found.Found.Count >= Most || depth > Deepest || !found.Goes(path)) return;
        if (IsNever)
        {
            found.Add(new(path, "false", $"{path} may not be there"));
            return;
        }
        Reference?.Invoke().Check(value, path, found, depth + 1);
        if (Types.Count > 0 && !Types.Any(t => Is(value, t)))
        {
            found.Add(new(path, "type", $"{path} is {Word(KindOf(value))}; it must be {string.Join(" or ", Types.Select(Word))}"));
            return; // what follows would only repeat it
        }
        if (Enum is not null && !Enum.Any(e => JsonElement.DeepEquals(e, value))) found.Add(new(path, "enum", $"{path} is none of {string.Join(", ", Enum.Take(12).Select(e => e.ToString()))}{(Enum.Count > 12 ? " ..." : "")}"));
        switch (value.ValueKind)
        {
            case JsonValueKind.String: CheckText(value.GetString()!, path, found); break;
            case JsonValueKind.Number: CheckNumber(value, path, found); break;
            case JsonValueKind.Array: CheckList(value, path, found, depth); break;
            case JsonValueKind.Object: CheckObject(value, path, found, depth); break;
        }
        CheckForms(value, path, found, depth);
    }

    private void CheckText(string text, string path, Walk found)
    {
        if (Length != default)
        {
            var length = new StringInfo(text).LengthInTextElements;
            if (length < Length.Min) found.Add(new(path, "minLength", $"{path} is shorter than {Length.Min} characters"));
            if (length > Length.Max) found.Add(new(path, "maxLength", $"{path} is longer than {Length.Max} characters"));
        }
        if (Pattern is not null && !Pattern.IsMatch(text)) found.Add(new(path, "pattern", $"{path} does not match {Pattern}"));
        if (Format is not null && !SchemaFormats.Holds(Format, text)) found.Add(new(path, "format", $"{path} is no {Format}"));
    }

    private void CheckNumber(JsonElement value, string path, Walk found)
    {
        if (Number == default) return;
        if (!value.TryGetDecimal(out var number)) number = value.TryGetDouble(out var far) && far < 0 ? decimal.MinValue : decimal.MaxValue;
        if (number < Number.Minimum) Say("minimum", $"is less than {Number.Minimum}");
        if (number <= Number.Above) Say("exclusiveMinimum", $"is not more than {Number.Above}");
        if (number > Number.Maximum) Say("maximum", $"is more than {Number.Maximum}");
        if (number >= Number.Below) Say("exclusiveMaximum", $"is not less than {Number.Below}");
        if (Number.MultipleOf is { } step && number % step != 0) Say("multipleOf", $"is no multiple of {step}");

        void Say(string rule, FormattableString text) => found.Add(new(path, rule, path + " " + text.ToString(CultureInfo.InvariantCulture)));
    }

    private void CheckList(JsonElement value, string path, Walk found, int depth)
    {
        var (at, within) = (0, path + "[]");
        var seen = IsUnique ? new HashSet<string>(StringComparer.Ordinal) : null;
        var repeats = false;
        foreach (var item in value.EnumerateArray())
        {
            (at < Prefix.Count ? Prefix[at] : Items)?.Check(item, within, found, depth + 1);
            repeats |= seen?.Add(item.GetRawText()) == false;
            at++;
        }
        if (at < Count.Min) found.Add(new(path, "minItems", $"{path} has fewer than {Count.Min} items"));
        if (at > Count.Max) found.Add(new(path, "maxItems", $"{path} has more than {Count.Max} items"));
        if (repeats) found.Add(new(path, "uniqueItems", $"{path} has an item twice"));
    }

    private void CheckObject(JsonElement value, string path, Walk found, int depth)
    {
        foreach (var name in Required)
        {
            if (!value.TryGetProperty(name, out _)) found.Add(new(Path(path, name), "required", $"{Path(path, name)} is missing"));
        }
        foreach (var (name, others) in DependentRequired)
        {
            if (!value.TryGetProperty(name, out _)) continue;
            foreach (var other in others.Where(o => !value.TryGetProperty(o, out _))) found.Add(new(Path(path, other), "dependentRequired", $"{Path(path, other)} is missing where {Path(path, name)} is given"));
        }
        var members = 0;
        foreach (var (name, member) in JsonWords.Members(value))
        {
            members++;
            var isNamed = false;
            if (Properties.TryGetValue(name, out var schema))
            {
                isNamed = true;
                schema.Check(member, Path(path, name), found, depth + 1);
            }
            foreach (var (pattern, matching) in Patterns)
            {
                if (!pattern.IsMatch(name)) continue;
                isNamed = true;
                matching.Check(member, Path(path, name), found, depth + 1);
            }
            if (isNamed || Additional is null) continue;
            if (Additional.IsNever) found.Add(new(Path(path, name), "additionalProperties", $"{Path(path, name)} is not in the plan"));
            else Additional.Check(member, Path(path, name), found, depth + 1);
        }
        if (members < Members.Min) found.Add(new(path, "minProperties", $"{path} has fewer than {Members.Min} members"));
        if (members > Members.Max) found.Add(new(path, "maxProperties", $"{path} has more than {Members.Max} members"));
    }

    private void CheckForms(JsonElement value, string path, Walk found, int depth)
    {
        foreach (var all in AllOf) all.Check(value, path, found, depth + 1);
        if (AnyOf.Count > 0 && !AnyOf.Exists(s => s.Holds(value, found, depth))) found.Add(new(path, "anyOf", $"{path} has none of the {AnyOf.Count} forms that it may have"));
        if (OneOf.Count > 0 && OneOf.Count(s => s.Holds(value, found, depth)) is var held && held != 1) found.Add(new(path, "oneOf", held == 0 ? $"{path} has none of the {OneOf.Count} forms that it may have" : $"{path} has {held} forms at once, of which it may have one"));
        if (Not?.Holds(value, found, depth) == true) found.Add(new(path, "not", $"{path} has a form that it may not have"));
        if (When is { } when) (when.If.Holds(value, found, depth) ? when.Then : when.Else)?.Check(value, path, found, depth + 1);
    }

    private bool Holds(JsonElement value, Walk within, int depth)
    {
        var found = new Walk(within);
        Check(value, "", found, depth + 1);
        return found.Found.Count == 0;
    }

    /// <summary>One value on its way through a schema, with a bound on the work: forms within forms can multiply.</summary>
    private sealed class Walk(Walk? within)
    {
        private const int MostSteps = 50_000;

        private int _steps;

        public List<Violation> Found { get; } = [];

        public void Add(Violation violation) => Found.Add(violation);

        public bool Goes(string path)
        {
            if (within is not null) return within.Goes(path);
            if (++_steps == MostSteps) Found.Add(new(path, "size", "the message is too large for the forms that its plan allows"));
            return _steps < MostSteps;
        }
    }

    // A name is the sender's: a long one is cut, so that what is counted stays small.
    private static string Path(string path, string name)
    {
        var part = name.Length <= 100 ? name : name[..100] + "...";
        return path.Length == 0 ? part : path + "." + part;
    }

    private static bool Is(JsonElement value, string type) => type switch
    {
        "integer" => value.ValueKind == JsonValueKind.Number && (value.TryGetDecimal(out var exact) ? decimal.IsInteger(exact) : value.TryGetDouble(out var far) && double.IsInteger(far)),
        var other => KindOf(value) == other,
    };

    internal static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        _ => "null",
    };

    private static string Word(string type) => type switch
    {
        "string" => "text",
        "number" => "a number",
        "integer" => "a whole number",
        "boolean" => "true or false",
        "object" => "an object",
        "array" => "a list",
        var other => other,
    };
}
