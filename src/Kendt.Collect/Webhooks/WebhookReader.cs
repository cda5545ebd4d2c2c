using System.Text;
using System.Text.Json;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>
/// Reads what a template made: an object or a list of objects, each a tracking message (it has a <c>type</c>), a row for the
/// setup's mapping (<c>{"row": {...}}</c>), or <c>{"skip": true}</c> where something is meant to be passed over.
/// </summary>
internal static class WebhookReader
{
    private const int Most = 1_000;

    private const string Nothing = "The template made nothing of it. Where that is meant, let it write {\"skip\": true}.";

    public static async Task<Becoming> ReadAsync(WebhookSetup setup, string call, DateTimeOffset receivedAt, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            var came = JsonElement.Parse(call);
            var made = await setup.Template.RenderAsync(came);
            if (made.AsSpan().Trim().IsEmpty) return Becoming.No(Nothing);
            using var json = Parse(made);
            IReadOnlyList<JsonElement> items = json.RootElement.ValueKind == JsonValueKind.Array ? [.. json.RootElement.EnumerateArray()] : [json.RootElement];
            if (items.Count == 0) return Becoming.No(Nothing);
            if (items.Count > Most) return Becoming.No($"The template made {items.Count:N0} items of one call; {Most:N0} is the most.");
            var digest = came.TryGetProperty("digest", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : RowKeys.Digest(Encoding.UTF8.GetBytes(call));
            return await ItemsAsync(setup, items, digest, receivedAt, time, cancel);
        }
        catch (BadInputException fault)
        {
            return Becoming.No(fault.Message);
        }
        catch (JsonException)
        {
            return Becoming.No("What was kept of the call is no JSON object any more.");
        }
    }

    private static async Task<Becoming> ItemsAsync(WebhookSetup setup, IReadOnlyList<JsonElement> items, string digest, DateTimeOffset receivedAt, TimeProvider time, CancellationToken cancel)
    {
        var (messages, records) = (new List<Item>(), new List<RecordDraft>());
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            if (item.ValueKind != JsonValueKind.Object) return No(i, "it is not an object.");
            if (item.TryGetProperty("skip", out var skip) && skip.ValueKind == JsonValueKind.True) continue;
            var becomes = item.TryGetProperty("row", out var row)
                ? setup.Mapping is { } mapping ? await RowTaker.ReadAsync(mapping, [row.GetRawText()], receivedAt, cancel) : Becoming.No("it is a row, and the webhook file has no mapping that reads rows.")
                : Message(item, $"{digest}-{i}", time);
            if (becomes.Refused is { } reason) return No(i, reason);
            messages.AddRange(becomes.Messages);
            records.AddRange(becomes.Records);
        }
        return new() { Messages = messages, Records = records };

        Becoming No(int index, string reason) => Becoming.No(items.Count == 1 ? "What the template made cannot be taken: " + reason : $"Item {index + 1} that the template made cannot be taken: {reason}");
    }

    // Without an id of its own a message is known again by what came, so that a sender that tries again is taken once.
    private static Becoming Message(JsonElement item, string id, TimeProvider time) => TrackingCall.Read(Encoding.UTF8.GetBytes(item.GetRawText()), null, time) switch
    {
        TrackingCall.Items { Refused: [var refused, ..] } => Becoming.No(refused.Reason),
        TrackingCall.Items { Taken: { Count: > 0 } taken } => new() { Messages = [.. taken.Select(t => t.IdIsGiven ? t with { MessageId = taken.Count == 1 ? id : $"{id}-{t.Index}" } : t)] },
        TrackingCall.Unreadable unreadable => Becoming.No(unreadable.Message),
        _ => Becoming.No("it is no message."),
    };

    private static JsonDocument Parse(string made)
    {
        try
        {
            return JsonDocument.Parse(made, new JsonDocumentOptions { AllowTrailingCommas = true });
        }
        catch (JsonException fault)
        {
            throw new BadInputException($"What the template made is no JSON: it breaks in line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}. Write values with the filter json: {{{{ body.name | json }}}}.", fault);
        }
    }
}
