using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>
/// Reads messages of the log to <see cref="Happening"/>s: who, what, when. The same message always gives the same
/// happening, so what is derived can be rebuilt.
/// </summary>
public static class Happenings
{
    /// <summary>The message read; null, with a dead letter, for one that cannot be.</summary>
    public static Happening? Read(Message message, out DeadLetter? refused)
    {
        refused = null;
        try
        {
            using var json = JsonDocument.Parse(JsonWords.Mend(message.Body) ?? message.Body);
            if (json.RootElement.ValueKind == JsonValueKind.Object && TypeOf(json.RootElement) is { } type)
                return Read(message, type, json.RootElement);
            refused = Refuse(message, "The message is no object with a type that is known.");
        }
        catch (JsonException)
        {
            refused = Refuse(message, "The message is not JSON.");
        }
        catch (InvalidOperationException)
        {
            refused = Refuse(message, "The message has text that is not UTF-8.");
        }
        return null;
    }

    private static Happening Read(Message message, MessageType type, JsonElement root)
    {
        var context = Object(root, "context");
        var saysTraits = type is MessageType.Identify or MessageType.Group;
        var properties = Object(root, saysTraits ? "traits" : "properties");
        var contextTraits = context is { } c ? Object(c, "traits") : null;
        var original = Time(root, "originalTimestamp") ?? Time(root, "timestamp");
        var at = MessageTime.Correct(original, message.SentAt, message.ReceivedAt);
        var personal = type == MessageType.Group ? null : properties;
        var happening = new Happening
        {
            Seq = message.Seq,
            Source = message.Source,
            MessageId = message.MessageId,
            Type = type,
            Name = NameOf(type, root, properties),
            UserId = Id(root, "userId"),
            AnonymousId = Id(root, "anonymousId"),
            PreviousId = Id(root, "previousId"),
            GroupId = Id(root, "groupId") ?? (context is { } within ? Id(within, "groupId") : null),
            At = at,
            ReceivedAt = message.ReceivedAt,
            Properties = Json(properties),
            Context = Json(context),
            Identifiers = [],
            Traits = Traits(contextTraits, type == MessageType.Identify ? properties : null),
            GroupTraits = type == MessageType.Group ? Traits(properties) : System.Collections.ObjectModel.ReadOnlyDictionary<string, JsonElement>.Empty,
            Consents = context is { } said ? Consents(said, at) : [],
        };
        return happening with { Identifiers = Identifiers(happening, personal, context, contextTraits) };
    }

    // The strongest first: what a person proves, then what a person shares, then what a browser was given.
    private static List<Identifier> Identifiers(Happening h, JsonElement? personal, JsonElement? context, JsonElement? contextTraits)
    {
        var found = new List<Identifier>();
        Add(found, Identifier.UserId, h.UserId);
        if (h.Type == MessageType.Alias && h.PreviousId is { } previous && previous != h.UserId)
        {
            // An alias does not say what its previous id was: a known anonymous id, one of the form that clients give, or either.
            if (previous != h.AnonymousId && !Guid.TryParse(previous, out _)) Add(found, Identifier.UserId, previous);
            Add(found, Identifier.AnonymousId, previous);
        }
        var region = CountryOf(personal) ?? CountryOf(contextTraits) ?? Region.Default;
        foreach (var (type, names) in Named)
        {
            foreach (var name in names)
            {
                if (personal is { } own) Add(found, type, Id(own, name), region);
                if (contextTraits is { } traits) Add(found, type, Id(traits, name), region);
            }
        }
        if (context is { } c && c.TryGetProperty("externalIds", out var external) && external.ValueKind == JsonValueKind.Array)
        {
            foreach (var id in external.EnumerateArray())
            {
                if (id.ValueKind != JsonValueKind.Object || (Id(id, "collection") ?? "users") != "users") continue;
                if (Id(id, "type") is { } type && IsType(type)) Add(found, type, Id(id, "id"));
            }
        }
        // Stable: identifiers of one strength stay in the order in which they were said.
        found = [.. found.OrderBy(Strength)];
        if (h.AnonymousId is { } anonymous && (h.Type != MessageType.Alias || anonymous != h.PreviousId)) Add(found, Identifier.AnonymousId, anonymous);
        return found;
    }

    private static readonly (string Type, string[] Names)[] Named =
    [
        (Identifier.Email, ["email"]),
        (Identifier.Phone, ["phone"]),
        (Identifier.LoyaltyNo, ["loyaltyNo", "loyalty_no"]),
    ];

    internal static int Strength(Identifier id) => id.Type switch
    {
        Identifier.UserId => 0,
        Identifier.Email => 1,
        Identifier.Phone => 2,
        Identifier.LoyaltyNo => 3,
        Identifier.AnonymousId => 5,
        _ => 4,
    };

    // A national phone number means something only in its country.
    private static string? CountryOf(JsonElement? traits) =>
        traits is { ValueKind: JsonValueKind.Object } said && said.TryGetProperty("address", out var address) && address.ValueKind is JsonValueKind.Object && address.TryGetProperty("country", out var country) && country.ValueKind is JsonValueKind.String
            ? Region.Of(country.GetString()) : null;

    private static void Add(List<Identifier> found, string type, string? raw, string region = Region.Default)
    {
        if (raw is not null && Identifier.TryCreate(type, raw, out var id, out _, region) && !found.Contains(id)) found.Add(id);
    }

    private static bool IsType(string type) => type.Length <= 40 && type.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    private static MessageType? TypeOf(JsonElement root) =>
        Text(root, "type") is { } text && Enum.TryParse<MessageType>(text, ignoreCase: true, out var type) && !char.IsAsciiDigit(text[0]) ? type : null;

    private static string NameOf(MessageType type, JsonElement root, JsonElement? properties) => type switch
    {
        MessageType.Track => Text(root, "event")?.Trim() ?? "",
        MessageType.Page or MessageType.Screen => (Text(root, "name") ?? (properties is { } p ? Text(p, "name") : null))?.Trim() ?? "",
        _ => "",
    };

    private static Dictionary<string, JsonElement> Traits(params ReadOnlySpan<JsonElement?> parts)
    {
        var traits = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var part in parts)
        {
            if (part is not { } said) continue;
            foreach (var (name, value) in JsonWords.Members(said)) traits[name] = JsonElement.Parse(Bytes(value));
        }
        return traits;
    }

    private static List<ConsentDecision> Consents(JsonElement context, DateTimeOffset at)
    {
        if (Object(context, "consent") is not { } consent || Object(consent, "categoryPreferences") is not { } preferences) return [];
        return [.. JsonWords.Members(preferences)
            .Where(p => p.Value.ValueKind is JsonValueKind.True or JsonValueKind.False && p.Key.Length is > 0 and <= 100)
            .Select(p => new ConsentDecision(p.Key, p.Value.ValueKind == JsonValueKind.True ? ConsentState.Granted : ConsentState.Denied, at))];
    }

    private static DateTimeOffset? Time(JsonElement from, string name) =>
        Scalar(from, name) is { } text && MessageTime.TryParse(text, out var time) ? time : null;

    private static JsonElement? Object(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Scalar(JsonElement from, string name) => !from.TryGetProperty(name, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    private static string? Id(JsonElement from, string name) =>
        Scalar(from, name)?.Trim() is { Length: > 0 and <= TrackingCall.MaxId } id ? id : null;

    private static string Json(JsonElement? value) => value is { } some ? Encoding.UTF8.GetString(Bytes(some)) : "{}";

    // Nearly all JSON is such already that every engine reads the same from it.
    private static ReadOnlySpan<byte> Bytes(JsonElement value) =>
        JsonMarshal.GetRawUtf8Value(value) is var sent && PlainJson.Is(sent) ? sent : Written(value).WrittenSpan;

    private static ArrayBufferWriter<byte> Written(JsonElement value)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(bytes, JsonWords.Writing);
        JsonWords.Write(writer, value);
        writer.Flush();
        return bytes;
    }

    private static DeadLetter Refuse(Message message, string reason) =>
        DeadLetter.Of(message.Source, $"message:{message.Source}:{message.Seq}", reason, DeadLetters.TextOf(message.Body), message.ReceivedAt);
}
