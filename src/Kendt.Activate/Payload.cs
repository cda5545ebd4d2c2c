using System.Text;
using System.Text.Json;

namespace Kendt.Activate;

/// <summary>
/// What is sent of a person: a JSON object. A field is named by its path with dots (<c>traits.city</c>); a key that itself
/// has dots is found too.
/// </summary>
internal static class Payload
{
    public const string Empty = "{}";

    /// <summary>Leaves only the named fields (with all below them); all where none are named.</summary>
    /// <exception cref="ArgumentException">It is no JSON object.</exception>
    public static string Only(string payload, IReadOnlyList<string> fields)
    {
        using var document = Parse(payload);
        if (fields.Count == 0) return payload;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) WriteOnly(writer, document.RootElement, "", fields);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>The same object with one field more, at its end.</summary>
    public static string With(string payload, string name, string json) => payload.TrimEnd()[..^1].TrimEnd() is "{" ? $"{{\"{name}\":{json}}}" : $"{payload.TrimEnd()[..^1]},\"{name}\":{json}}}";

    /// <summary>Every scalar and list with its path, in the order written.</summary>
    public static IEnumerable<(string Path, string Text)> Flatten(JsonElement element, string path = "")
    {
        foreach (var property in element.EnumerateObject())
        {
            var at = Join(path, property.Name);
            if (property.Value.ValueKind is JsonValueKind.Object)
            {
                foreach (var below in Flatten(property.Value, at)) yield return below;
            }
            else
            {
                yield return (at, Text(property.Value));
            }
        }
    }

    private static JsonDocument Parse(string payload)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(payload);
        }
        catch (JsonException fault)
        {
            throw new ArgumentException("A payload is no JSON.", nameof(payload), fault);
        }
        if (document.RootElement.ValueKind is JsonValueKind.Object) return document;
        document.Dispose();
        throw new ArgumentException("A payload is no JSON object.", nameof(payload));
    }

    private static void WriteOnly(Utf8JsonWriter writer, JsonElement element, string path, IReadOnlyList<string> fields)
    {
        writer.WriteStartObject();
        foreach (var property in element.EnumerateObject())
        {
            var at = Join(path, property.Name);
            if (fields.Any(field => field == at || at.StartsWith(field + ".", StringComparison.Ordinal)))
            {
                property.WriteTo(writer);
            }
            else if (property.Value.ValueKind is JsonValueKind.Object && fields.Any(field => field.StartsWith(at + ".", StringComparison.Ordinal)))
            {
                writer.WritePropertyName(property.Name);
                WriteOnly(writer, property.Value, at, fields);
            }
        }
        writer.WriteEndObject();
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        JsonValueKind.Array => string.Join(';', value.EnumerateArray().Select(Text)),
        _ => value.GetRawText(),
    };
}
