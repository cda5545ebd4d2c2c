using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kendt.Collect;
using Kendt.Model;

namespace Kendt.Server.Api.Tracking;

/// <summary>
/// RudderStack's merge, <c>{"mergeProperties":[{"type":"email","value":"a@b.dk"},{"type":"mobile","value":"+45..."}]}</c>, as the
/// identify that says the same: somebody with both identifiers. So a merge is evidence like any other, which the rules of
/// identity judge and which can be revoked. The same merge twice is one message.
/// </summary>
internal static class MergeCall
{
    private const string Rule = "mergeProperties has to name two identifiers: [{\"type\":\"email\",\"value\":\"...\"},{\"type\":\"user_id\",\"value\":\"...\"}].";

    public static TrackingCall Read(ReadOnlyMemory<byte> body, TimeProvider time)
    {
        if (TrackingCall.Read(body, null, time) is TrackingCall.Unreadable unreadable) return unreadable;
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind is not JsonValueKind.Object) return Refused(body, Rule, null);
            var key = Text(json.RootElement, "writeKey");
            if (!json.RootElement.TryGetProperty("mergeProperties", out var said) || said.ValueKind is not JsonValueKind.Array) return Refused(body, Rule, key);
            var named = said.EnumerateArray().Select(Pair).ToList();
            if (named.Count != 2 || named.Contains(null)) return Refused(body, Rule, key);
            if (Identify(named.ConvertAll(n => n!.Value)) is not { } identify) return Refused(body, "One of mergeProperties is no identifier: an email, a phone number, or a short text.", key);
            return TrackingCall.Read(identify, MessageType.Identify, time) is TrackingCall.Items items ? items with { WriteKey = key } : Refused(body, Rule, key);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return Refused(body, "The merge has text that is not UTF-8, or is nested too deep.", null);
        }
    }

    // Nobody need be known by a user id: then the merge itself is the visitor that both belong to.
    private static byte[]? Identify(List<(string Type, string Value)> named)
    {
        var ids = new List<Identifier>();
        foreach (var (type, value) in named)
        {
            if (!Identifier.TryCreate(type, value, out var id, out _)) return null;
            ids.Add(id);
        }
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', ids.Select(i => i.ToString()).Order(StringComparer.Ordinal)))))[..32];
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            messageId = "merge:" + digest,
            userId = ids.Find(i => i.Type == Identifier.UserId).Value,
            anonymousId = ids.Find(i => i.Type == Identifier.AnonymousId).Value ?? "merge:" + digest,
            context = new { externalIds = ids.Select(i => new { id = i.Value, type = i.Type, collection = "users", encoding = "none" }) },
        });
    }

    private static (string Type, string Value)? Pair(JsonElement pair) =>
        pair.ValueKind is JsonValueKind.Object && Text(pair, "type") is { Length: > 0 } type && Text(pair, "value") is { } value
            ? (type switch { "mobile" or "phone_number" => Identifier.Phone, "userId" => Identifier.UserId, "anonymousId" => Identifier.AnonymousId, _ => type.ToLowerInvariant() }, value) : null;

    private static string? Text(JsonElement from, string name) => from.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static TrackingCall.Items Refused(ReadOnlyMemory<byte> body, string reason, string? key) => new([], [new Rejected(0, reason, body)], key);
}
