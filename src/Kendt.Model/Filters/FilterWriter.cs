using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kendt.Model.Filters;

/// <summary>Writes a rule in its JSON form; the same rule always gives the same text.</summary>
public static class FilterWriter
{
    /// <summary>The rule as JSON text on one line.</summary>
    public static string Write(Filter filter) => Text(json => Write(json, filter));

    /// <summary>One operator with its value, as an object: <c>{"atLeast":2}</c>.</summary>
    public static string Write(IReadOnlyList<Test> tests) => Text(json =>
    {
        json.WriteStartObject();
        Write(json, tests);
        json.WriteEndObject();
    });

    /// <summary>Which events, as an object: <c>{"event":"Order Completed","where":[...]}</c>.</summary>
    public static string Write(EventMatch match) => Text(json =>
    {
        json.WriteStartObject();
        Write(json, match);
        json.WriteEndObject();
    });

    public static void Write(Utf8JsonWriter json, Filter filter)
    {
        json.WriteStartObject();
        switch (filter)
        {
            case All all: Write(json, "all", all.Of); break;
            case Any any: Write(json, "any", any.Of); break;
            case Not not:
                json.WritePropertyName("not");
                Write(json, not.Of);
                break;
            case TraitRule trait:
                json.WriteString("trait", trait.Trait.Text);
                Write(json, trait.Tests);
                break;
            case EventRule rule: Write(json, rule); break;
            case SequenceRule sequence: Write(json, sequence); break;
            case MeasureRule measure:
                json.WriteString("measure", measure.Measure);
                Write(json, measure.Tests);
                break;
            case InSegment segment: json.WriteString("segment", segment.Name); break;
            case ConsentRule consent:
                json.WriteString("consent", consent.Purpose);
                json.WriteString("is", consent.State.ToString().ToLowerInvariant());
                break;
            case IdentifierRule identifier:
                json.WriteString("identifier", identifier.Type);
                Write(json, identifier.Value);
                json.WriteStartObject("count");
                Write(json, identifier.Count);
                json.WriteEndObject();
                break;
            case SampleRule sample:
                json.WriteString("sample", sample.Name);
                Write(json, sample.Tests);
                break;
            default: throw new InvalidOperationException($"{filter.GetType().Name} has no JSON form.");
        }
        json.WriteEndObject();
    }

    internal static string Text(Action<Utf8JsonWriter> write)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 4 * FilterJson.MaxDepth })) write(json);
        return Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length);
    }

    private static void Write(Utf8JsonWriter json, string key, IReadOnlyList<Filter> rules)
    {
        json.WriteStartArray(key);
        foreach (var rule in rules) Write(json, rule);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, EventRule rule)
    {
        Write(json, rule.Match);
        if (rule.Window.Within is { } within) json.WriteString("within", within.ToString());
        if (rule.Window.From is { } from) json.WriteString("from", from.Text);
        if (rule.Window.To is { } to) json.WriteString("to", to.Text);
        json.WriteStartObject(rule.Aggregate.Kind.ToString().ToLowerInvariant());
        if (rule.Aggregate.Of is { } of) json.WriteString("of", of.Text);
        Write(json, rule.Aggregate.Tests);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SequenceRule rule)
    {
        json.WriteStartArray("sequence");
        foreach (var step in rule.Steps)
        {
            json.WriteStartObject();
            Write(json, step.Match);
            if (step.After is { } after) json.WriteString("after", after.ToString());
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (rule.Without is { } without)
        {
            json.WriteStartObject("without");
            Write(json, without);
            json.WriteEndObject();
        }
        if (rule.Within is { } within) json.WriteString("within", within.ToString());
        if (rule.Span is { } span) json.WriteString("span", span.ToString());
    }

    internal static void Write(Utf8JsonWriter json, EventMatch match)
    {
        json.WriteString("event", match.Name);
        if (match.Where.Count == 0) return;
        json.WriteStartArray("where");
        foreach (var entry in match.Where)
        {
            json.WriteStartObject();
            json.WriteString("property", entry.Property.Text);
            Write(json, entry.Tests);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<Test> tests)
    {
        foreach (var test in tests)
        {
            switch (test)
            {
                case Is one:
                    json.WritePropertyName(one.Yes ? "is" : "isNot");
                    Write(json, one.Value);
                    break;
                case OneOf some:
                    json.WriteStartArray(some.Yes ? "in" : "notIn");
                    foreach (var value in some.Values) Write(json, value);
                    json.WriteEndArray();
                    break;
                case Exists exists: json.WriteBoolean("exists", exists.Yes); break;
                case Part part: json.WriteString(Camel(part.Place.ToString()), part.Text); break;
                case Compare compare: json.WriteNumber(Camel(compare.How.ToString()), compare.Value); break;
                case Between between:
                    json.WriteStartArray("between");
                    json.WriteNumberValue(between.Low);
                    json.WriteNumberValue(between.High);
                    json.WriteEndArray();
                    break;
                case When time: json.WriteString(time.After ? "after" : "before", time.At.Text); break;
                case AnniversaryIn anniversary: json.WriteString("anniversaryIn", anniversary.Span.ToString()); break;
                case WithinLast last: json.WriteString("withinLast", last.Span.ToString()); break;
                default: throw new InvalidOperationException($"{test.GetType().Name} has no JSON form.");
            }
        }
    }

    private static void Write(Utf8JsonWriter json, Literal value)
    {
        switch (value.Kind)
        {
            case LiteralKind.Text: json.WriteStringValue(value.Text); break;
            case LiteralKind.Number: json.WriteNumberValue(value.Number); break;
            default: json.WriteBooleanValue(value.Truth); break;
        }
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
