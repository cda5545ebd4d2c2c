using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Kendt.Collect;

/// <summary>
/// Compiles the schemas of a plan file. A keyword that is not checked is a fault and not passed over: a rule that somebody
/// wrote and that never holds is worse than none.
/// </summary>
internal sealed class SchemaReader(YamlReader read)
{
    private static readonly string[] Says = ["title", "description", "$comment", "examples", "default", "deprecated", "readOnly", "writeOnly", "$schema", "$id", "$defs", "definitions"];

    private static readonly string[] Types = ["string", "number", "integer", "boolean", "object", "array", "null"];

    private readonly Dictionary<string, Schema> _definitions = new(StringComparer.Ordinal);

    /// <summary>Schemas that others refer to as <c>#/$defs/NAME</c>.</summary>
    public void Define(YamlNode? node)
    {
        if (node is null) return;
        foreach (var (name, schema) in read.Members(node)) _definitions[name] = Read(schema);
    }

    public Schema Read(YamlNode node)
    {
        var schema = new Schema();
        if (node is YamlScalarNode { Value: "true" or "false" } constant)
        {
            schema.IsNever = constant.Value == "false";
            return schema;
        }
        foreach (var (keyword, value) in read.Members(node))
        {
            if (keyword is "$defs" or "definitions") Define(value);
            else if (!Says.Contains(keyword)) Keyword(schema, keyword, value, node);
        }
        return schema;
    }

    private void Keyword(Schema schema, string keyword, YamlNode value, YamlNode whole)
    {
        switch (keyword)
        {
            case "type":
                schema.Types = read.Texts(value);
                foreach (var type in schema.Types.Where(t => !Types.Contains(t))) read.Fault(value, $"'{type}' is no type; types are {string.Join(", ", Types)}.");
                break;
            case "enum": schema.Enum = value is YamlSequenceNode list ? [.. list.Children.Select(Json)] : Odd<IReadOnlyList<JsonElement>>(value, "enum is a list of values."); break;
            case "const": schema.Enum = [Json(value)]; break;
            case "properties": foreach (var (name, member) in read.Members(value)) schema.Properties[name] = Read(member); break;
            case "patternProperties": foreach (var (name, member) in read.Members(value)) if (Pattern(name, value) is { } pattern) schema.Patterns.Add((pattern, Read(member))); break;
            case "additionalProperties" or "unevaluatedProperties": schema.Additional = Read(value); break;
            case "required": schema.Required = read.Texts(value); break;
            case "dependentRequired": foreach (var (name, others) in read.Members(value)) schema.DependentRequired[name] = read.Texts(others); break;
            case "items": schema.Items = Read(value); break;
            case "prefixItems": schema.Prefix.AddRange(Many(value)); break;
            case "pattern": schema.Pattern = Pattern(read.Text(value) ?? "", value); break;
            case "format":
                schema.Format = read.Text(value);
                if (schema.Format is { } format && !SchemaFormats.Known.Contains(format)) read.Fault(value, $"the format '{format}' is not checked here; known are {string.Join(", ", SchemaFormats.Known)}.");
                break;
            case "minimum": schema.Number = schema.Number with { Minimum = Number(value) }; break;
            case "exclusiveMinimum": schema.Number = schema.Number with { Above = Number(value) }; break;
            case "maximum": schema.Number = schema.Number with { Maximum = Number(value) }; break;
            case "exclusiveMaximum": schema.Number = schema.Number with { Below = Number(value) }; break;
            case "multipleOf": schema.Number = schema.Number with { MultipleOf = Number(value) is > 0 and var step ? step : Odd<decimal?>(value, "multipleOf is a number above 0.") }; break;
            case "minLength": schema.Length = schema.Length with { Min = Count(value) }; break;
            case "maxLength": schema.Length = schema.Length with { Max = Count(value) }; break;
            case "minItems": schema.Count = schema.Count with { Min = Count(value) }; break;
            case "maxItems": schema.Count = schema.Count with { Max = Count(value) }; break;
            case "minProperties": schema.Members = schema.Members with { Min = Count(value) }; break;
            case "maxProperties": schema.Members = schema.Members with { Max = Count(value) }; break;
            case "uniqueItems": schema.IsUnique = read.True(value); break;
            case "allOf": schema.AllOf.AddRange(Many(value)); break;
            case "anyOf": schema.AnyOf.AddRange(Many(value)); break;
            case "oneOf": schema.OneOf.AddRange(Many(value)); break;
            case "not": schema.Not = Read(value); break;
            case "if": schema.When = (Read(value), Part(whole, "then"), Part(whole, "else")); break;
            case "then" or "else": break; // read with their if
            case "$ref": schema.Reference = Reference(value); break;
            default: read.Fault(value, $"'{keyword}' is no keyword of JSON Schema that is checked here."); break;
        }
    }

    private Schema? Part(YamlNode whole, string name) =>
        whole is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(name), out var part) ? Read(part) : null;

    private IEnumerable<Schema> Many(YamlNode value) => value is YamlSequenceNode list ? list.Children.Select(Read) : Odd<Schema[]>(value, "there must be a list of schemas here.") ?? [];

    private Func<Schema>? Reference(YamlNode value)
    {
        var name = read.Text(value) is { } text && (text.StartsWith("#/$defs/", StringComparison.Ordinal) || text.StartsWith("#/definitions/", StringComparison.Ordinal)) ? text[(text.LastIndexOf('/') + 1)..] : null;
        if (name is null) return Odd<Func<Schema>>(value, "a reference names a schema of this file: #/$defs/NAME.");
        _references.Add((value, name));
        return () => _definitions[name];
    }

    private readonly List<(YamlNode At, string Name)> _references = [];

    /// <summary>References to what is nowhere are faults; called when all is read.</summary>
    public void CheckReferences()
    {
        foreach (var (at, name) in _references)
        {
            if (!_definitions.TryGetValue(name, out var schema)) read.Fault(at, $"there is no '{name}' in $defs.");
            else if (_references.All(r => _definitions.ContainsKey(r.Name)) && !schema.Ends(20)) read.Fault(at, $"'{name}' leads to itself without going into a member.");
        }
    }

    private Regex? Pattern(string text, YamlNode at)
    {
        try
        {
            return new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            return Odd<Regex>(at, $"'{text}' is no regular expression that can be used ({fault.Message})");
        }
    }

    private decimal? Number(YamlNode node) =>
        node is YamlScalarNode { Value: { } text } && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : Odd<decimal?>(node, "there must be a number here.");

    private int? Count(YamlNode node) =>
        node is YamlScalarNode { Value: { } text } && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : Odd<int?>(node, "there must be a whole number here, 0 or more.");

    private T? Odd<T>(YamlNode at, string text)
    {
        read.Fault(at, text);
        return default;
    }

    // A plain scalar is what JSON would say it is; a quoted one is text.
    private static JsonElement Json(YamlNode node) => JsonSerializer.SerializeToElement(Value(node));

    private static object? Value(YamlNode node) => node switch
    {
        YamlSequenceNode list => list.Children.Select(Value).ToArray(),
        YamlMappingNode mapping => mapping.Children.ToDictionary(c => ((YamlScalarNode)c.Key).Value ?? "", c => Value(c.Value)),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => plain.Value switch
        {
            "true" => true,
            "false" => false,
            null or "" or "null" or "~" => null,
            var text when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            var text => text,
        },
        YamlScalarNode scalar => scalar.Value,
        _ => null,
    };
}
