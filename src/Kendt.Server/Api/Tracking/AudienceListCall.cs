using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kendt.Collect;
using Kendt.Model;

namespace Kendt.Server.Api.Tracking;

/// <summary>
/// RudderStack's audience list, <c>{"type":"audiencelist","properties":{"listName":"vip","listData":{"add":[{"email":"a@b.dk"}],
/// "remove":[...]}}}</c>, as an identify of each member that says whether he is on the list: a trait with the list's name, as
/// Segment's clients are told of audiences. The names of a member's fields are those of Google's and Meta's lists.
/// </summary>
internal static class AudienceListCall
{
    private const string NoList = "audience_list";

    private const string Rule = "properties.listData has to hold who came and who left: {\"add\":[{\"email\":\"...\"}],\"remove\":[]}.";

    private const string Nobody = "The member has none of userId, email and phone that Kendt could know somebody by. Digests of them name nobody.";

    private static readonly Dictionary<string, string> Traits = new(StringComparer.OrdinalIgnoreCase)
    {
        ["email"] = "email",
        ["phone"] = "phone",
        ["firstName"] = "firstName",
        ["fn"] = "firstName",
        ["lastName"] = "lastName",
        ["ln"] = "lastName",
        ["gen"] = "gender",
    };

    private static readonly Dictionary<string, string> Address = new(StringComparer.OrdinalIgnoreCase)
    {
        ["country"] = "country",
        ["postalCode"] = "postalCode",
        ["zip"] = "postalCode",
        ["ct"] = "city",
        ["st"] = "state",
    };

    public static TrackingCall Read(ReadOnlyMemory<byte> body, TimeProvider time)
    {
        if (TrackingCall.Read(body, null, time) is TrackingCall.Unreadable unreadable) return unreadable;
        try
        {
            var call = JsonNode.Parse(body.Span) as JsonObject;
            var key = Text(call, "writeKey");
            if (call?["properties"] is not JsonObject { } said || said["listData"] is not JsonObject { } list || Members(list).ToList() is not { Count: > 0 } members)
                return new TrackingCall.Items([], [new Rejected(0, Rule, body)], key);
            var name = Text(said, "listName") is { Length: > 0 and <= 100 } given ? given : NoList;
            var made = new JsonObject { ["batch"] = new JsonArray([.. members.Select((m, i) => Identify(call, m.Member, name, m.IsOn, i))]) };
            foreach (var part in new[] { "writeKey", "sentAt", "context" }) if (call[part] is { } value) made[part] = value.DeepClone();
            var items = (TrackingCall.Items)TrackingCall.Read(JsonSerializer.SerializeToUtf8Bytes(made), null, time);
            return items with { Refused = [.. items.Refused.Select(r => r.Index < members.Count && r.Reason.StartsWith("neither", StringComparison.Ordinal) ? r with { Reason = Nobody } : r)] };
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or ArgumentException)
        {
            return new TrackingCall.Items([], [new Rejected(0, "The list has text that is not UTF-8, a member that is named twice, or is nested too deep.", body)], null);
        }
    }

    private static IEnumerable<(JsonObject? Member, bool IsOn)> Members(JsonObject list) =>
        new[] { ("add", true), ("remove", false) }.SelectMany(side => (list[side.Item1] as JsonArray ?? []).Select(m => (m as JsonObject, side.Item2)));

    private static JsonObject Identify(JsonObject call, JsonObject? member, string list, bool isOn, int index)
    {
        var (traits, address, message) = (new JsonObject(), new JsonObject(), new JsonObject { ["type"] = "identify" });
        foreach (var (name, value) in member ?? [])
        {
            if (value is null || IsDigest(value)) continue;
            if (name is "userId" or "EXTERN_ID" or "user_id") message["userId"] = value.DeepClone();
            else if (name is "mobileId" or "MADID") message["context"] = new JsonObject { ["device"] = new JsonObject { ["advertisingId"] = value.DeepClone() } };
            else if (Address.TryGetValue(name, out var part)) address[part] = value.DeepClone();
            else traits[Traits.GetValueOrDefault(name, name)] = value.DeepClone();
        }
        // Nobody need be known by a user id: then the list itself has seen a visitor, the same each time.
        if (!message.ContainsKey("userId") && Known(traits) is { } known)
            message["anonymousId"] = "list:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(known)))[..32];
        if (address.Count > 0) traits["address"] = address;
        traits[list] = isOn;
        message["traits"] = traits;
        if (Text(call, "messageId") is { Length: > 0 } id) message["messageId"] = $"{id}:{index}";
        foreach (var part in new[] { "timestamp", "originalTimestamp" }) if (call[part] is { } value) message[part] = value.DeepClone();
        return message;
    }

    private static string? Known(JsonObject traits) =>
        Identifier.TryCreate(Identifier.Email, Text(traits, "email"), out var email, out _) ? email.ToString()
            : Identifier.TryCreate(Identifier.Phone, Text(traits, "phone"), out var phone, out _) ? phone.ToString() : null;

    // What was made unreadable for an advertiser names nobody here.
    private static bool IsDigest(JsonNode value) => value is JsonValue one && one.TryGetValue<string>(out var text) && text.Length == 64 && text.All(char.IsAsciiHexDigit);

    private static string? Text(JsonObject? from, string name) => from?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
