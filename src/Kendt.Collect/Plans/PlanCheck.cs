using System.Buffers;
using System.Text.Json;

namespace Kendt.Collect;

/// <summary>What a plan says of one message.</summary>
/// <param name="Event">The event of a track, else the word of the type.</param>
/// <param name="Body">The message as it is to be kept: without dropped properties, with its mark; null if nothing changed.</param>
/// <param name="Blocked">Why it is not taken; null if it is.</param>
internal sealed record PlanVerdict(string Event, IReadOnlyList<Violation> Violations, byte[]? Body, string? Blocked)
{
    public static PlanVerdict Fine { get; } = new("", [], null, null);
}

/// <summary>Holds messages against a plan.</summary>
internal static class PlanCheck
{
    /// <summary>The member of the context that says what is wrong with a message that was taken nevertheless.</summary>
    public const string Mark = "violations";

    private const int MostMarks = 10;

    public static PlanVerdict Check(Plan plan, ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(JsonWords.Mend(body.Span) ?? body);
        var root = json.RootElement;
        if (Text(root, "type")?.ToLowerInvariant() is not { } type) return PlanVerdict.Fine;
        var name = type == "track" ? Text(root, "event")?.Trim() ?? "" : type;
        var part = type is "identify" or "group" ? "traits" : "properties";
        var schema = (type == "track" ? plan.Events : plan.Others).GetValueOrDefault(name);
        if (schema is null)
        {
            if (type != "track" || plan.Unplanned == Unplanned.Allow) return PlanVerdict.Fine;
            Violation[] unplanned = [new("", "unplanned", $"the event '{Short(name)}' is not in the plan")];
            return plan.Unplanned == Unplanned.Block
                ? new(name, unplanned, null, Blocked(plan, unplanned))
                : new(name, unplanned, Write(root, part, null, [], unplanned), null);
        }
        var said = root.TryGetProperty(part, out var given) && given.ValueKind != JsonValueKind.Null ? given : Nothing;
        var dropped = new List<Violation>();
        if (plan.Unknown == Unknown.Drop)
        {
            Unknowns(schema, said, part, dropped);
            if (dropped.Count > 0) said = Trimmed(schema, said);
        }
        var violations = schema.Check(said, part);
        if (violations.Count + dropped.Count == 0) return PlanVerdict.Fine;
        IReadOnlyList<Violation> all = [.. violations, .. dropped];
        if (violations.Count > 0 && plan.Mode == PlanMode.Block) return new(name, all, null, Blocked(plan, violations));
        var mark = violations.Count > 0 && plan.Mode == PlanMode.Warn;
        return new(name, all, mark || dropped.Count > 0 ? Write(root, part, dropped.Count > 0 ? said : null, dropped, mark ? violations : []) : null, null);
    }

    private static string Blocked(Plan plan, IReadOnlyList<Violation> violations) =>
        $"The plan '{plan.Name}' does not allow it: {string.Join("; ", violations.Take(5).Select(v => v.Text))}{(violations.Count > 5 ? $"; and {violations.Count - 5} more" : "")}.";

    // The message anew, with another part and with its mark; each member once, as in all that is made of it.
    private static byte[] Write(JsonElement root, string part, JsonElement? trimmed, List<Violation> dropped, IReadOnlyList<Violation> marks)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(bytes, JsonWords.Writing))
        {
            var isMarked = marks.Count == 0;
            writer.WriteStartObject();
            foreach (var (name, value) in JsonWords.Members(root))
            {
                writer.WritePropertyName(name);
                if (name == part && trimmed is { } rest)
                {
                    JsonWords.Write(writer, rest);
                }
                else if (name == "context" && !isMarked && value.ValueKind == JsonValueKind.Object)
                {
                    isMarked = true;
                    writer.WriteStartObject();
                    foreach (var (member, inner) in JsonWords.Members(value).Where(m => m.Key != Mark))
                    {
                        writer.WritePropertyName(member);
                        JsonWords.Write(writer, inner);
                    }
                    WriteMarks(writer, marks);
                    writer.WriteEndObject();
                }
                else
                {
                    JsonWords.Write(writer, value);
                }
            }
            if (!isMarked)
            {
                writer.WriteStartObject("context"u8);
                WriteMarks(writer, marks);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        return bytes.WrittenSpan.ToArray();
    }

    private static void WriteMarks(Utf8JsonWriter writer, IReadOnlyList<Violation> marks)
    {
        writer.WriteStartArray(Mark);
        foreach (var violation in marks.Take(MostMarks)) writer.WriteStringValue(violation.Text);
        writer.WriteEndArray();
    }

    private static void Unknowns(Schema schema, JsonElement value, string path, List<Violation> found)
    {
        if (found.Count >= Schema.Most) return;
        if (value.ValueKind == JsonValueKind.Array && schema.Items is { } items)
        {
            foreach (var item in value.EnumerateArray()) Unknowns(items, item, path + "[]", found);
        }
        if (value.ValueKind != JsonValueKind.Object) return;
        foreach (var (name, member) in JsonWords.Members(value))
        {
            if (schema.Of(name) is { } known) Unknowns(known, member, $"{path}.{name}", found);
            else if (schema.NamesMembers) found.Add(new($"{path}.{Short(name)}", "unknown", $"{path}.{Short(name)} is not in the plan and was dropped"));
        }
    }

    private static JsonElement Trimmed(Schema schema, JsonElement value)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(bytes, JsonWords.Writing)) WriteKnown(writer, schema, value);
        return JsonElement.Parse(bytes.WrittenSpan);
    }

    private static void WriteKnown(Utf8JsonWriter writer, Schema? schema, JsonElement value)
    {
        if (schema is not null && value.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var item in value.EnumerateArray()) WriteKnown(writer, schema.Items, item);
            writer.WriteEndArray();
        }
        else if (schema is not null && value.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject();
            foreach (var (name, member) in JsonWords.Members(value))
            {
                var known = schema.Of(name);
                if (known is null && schema.NamesMembers) continue;
                writer.WritePropertyName(name);
                WriteKnown(writer, known, member);
            }
            writer.WriteEndObject();
        }
        else
        {
            JsonWords.Write(writer, value);
        }
    }

    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    private static string Short(string name) => name.Length <= 100 ? name : name[..100] + "...";

    private static string? Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
