using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kendt.Server.Api.Tracking;

/// <summary>
/// The query of a pixel as the message that it stands for: <c>event=Opened&amp;properties={"issue":7}</c> or
/// <c>properties.issue=7</c>. What does not look like a JSON object is text.
/// </summary>
internal static class PixelQuery
{
    private static readonly HashSet<string> Objects = new(["properties", "context", "traits", "integrations"], StringComparer.Ordinal);

    public static byte[] ToJson(IQueryCollection query)
    {
        var message = new JsonObject();
        foreach (var (name, values) in query)
        {
            var text = values.ToString();
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            if (Objects.Contains(name) && Parsed(text) is { } value) message[name] = Merged(value, message[name] as JsonObject);
            else if (dot > 0 && Objects.Contains(name[..dot])) Inside(message, name[..dot])[name[(dot + 1)..]] = text;
            else if (name != "writeKey") message[name] = text;
        }
        return JsonSerializer.SerializeToUtf8Bytes(message);
    }

    private static JsonObject Inside(JsonObject message, string name)
    {
        if (message[name] is JsonObject there) return there;
        var made = new JsonObject();
        message[name] = made;
        return made;
    }

    private static JsonObject Merged(JsonObject value, JsonObject? there)
    {
        foreach (var (name, member) in there?.ToArray() ?? []) value[name] = member?.DeepClone();
        return value;
    }

    // Of two members with one name the last stands.
    private static JsonNode? Once(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JsonObject();
                foreach (var member in value.EnumerateObject()) members[member.Name] = Once(member.Value);
                return members;
            case JsonValueKind.Array:
                return new JsonArray([.. value.EnumerateArray().Select(Once)]);
            default:
                return value.ValueKind is JsonValueKind.Null ? null : JsonValue.Create(value);
        }
    }

    private static JsonObject? Parsed(string text)
    {
        try
        {
            return Once(JsonElement.Parse(text)) as JsonObject;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
