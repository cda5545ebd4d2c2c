using System.Text.Json;
using System.Text.RegularExpressions;
using Kendt.Model;
using Kendt.Model.Filters;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Kendt.Segments;

/// <summary>
/// YAML as the JSON tree that it stands for, by the core schema of YAML 1.2: plain true, false, null and numbers are such
/// values, all else is text (so <c>no</c> and <c>2024-01-01</c> are texts). Anchors, tags and several documents are refused.
/// </summary>
public static partial class YamlTree
{
    private const int MaxDepth = 3 * FilterJson.MaxDepth;

    /// <exception cref="BadInputException">It is no YAML, or more than a plain tree.</exception>
    public static ReadOnlyMemory<byte> ToJson(string yaml)
    {
        using var memory = new MemoryStream();
        try
        {
            using var json = new Utf8JsonWriter(memory, new JsonWriterOptions { MaxDepth = MaxDepth + 1 });
            var parser = new Parser(new StringReader(yaml));
            parser.Consume<StreamStart>();
            parser.Consume<DocumentStart>();
            Copy(parser, json);
            parser.Consume<DocumentEnd>();
            if (!parser.TryConsume<StreamEnd>(out _)) throw new BadInputException("It holds several YAML documents; give one.");
        }
        catch (YamlException fault)
        {
            throw new BadInputException($"It cannot be read as YAML, line {fault.Start.Line}: {fault.Message}", fault);
        }
        return memory.ToArray();
    }

    // One pass over the parser's events with an explicit stack, so that deep input cannot exhaust the thread's.
    private static void Copy(Parser parser, Utf8JsonWriter json)
    {
        var open = new Stack<(bool IsMap, bool AtKey)>();
        do
        {
            var part = parser.Consume<ParsingEvent>();
            if (part is AnchorAlias or NodeEvent { Anchor.IsEmpty: false }) throw new BadInputException($"Line {part.Start.Line}: anchors and aliases are not taken in rules.");
            var atKey = open.TryPeek(out var top) && top is { IsMap: true, AtKey: true };
            if (atKey && part is MappingStart or SequenceStart && atKey) throw new BadInputException($"Line {part.Start.Line}: a key is a text.");
            switch (part)
            {
                case Scalar key when atKey:
                    json.WritePropertyName(key.Value);
                    Turn(open);
                    continue;
                case Scalar scalar:
                    Write(json, scalar);
                    break;
                case MappingStart:
                    json.WriteStartObject();
                    open.Push((true, true));
                    break;
                case SequenceStart:
                    json.WriteStartArray();
                    open.Push((false, false));
                    break;
                case MappingEnd:
                    json.WriteEndObject();
                    open.Pop();
                    break;
                case SequenceEnd:
                    json.WriteEndArray();
                    open.Pop();
                    break;
            }
            if (open.Count > MaxDepth) throw new BadInputException($"Line {part.Start.Line}: the rule lies more than {MaxDepth} levels deep.");
            if (part is Scalar or MappingEnd or SequenceEnd) Turn(open);
        }
        while (open.Count > 0);
    }

    // After a key comes its value, after a value the next key.
    private static void Turn(Stack<(bool IsMap, bool AtKey)> open)
    {
        if (open.TryPop(out var top)) open.Push((top.IsMap, !top.AtKey));
    }

    private static void Write(Utf8JsonWriter json, Scalar scalar)
    {
        if (scalar.Style is not ScalarStyle.Plain || !scalar.Tag.IsEmpty) json.WriteStringValue(scalar.Value);
        else if (scalar.Value is "true" or "True" or "TRUE") json.WriteBooleanValue(true);
        else if (scalar.Value is "false" or "False" or "FALSE") json.WriteBooleanValue(false);
        else if (scalar.Value is "" or "~" or "null" or "Null" or "NULL") json.WriteNullValue();
        else if (Number().IsMatch(scalar.Value)) json.WriteRawValue(scalar.Value);
        else json.WriteStringValue(scalar.Value);
    }

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Number();
}
