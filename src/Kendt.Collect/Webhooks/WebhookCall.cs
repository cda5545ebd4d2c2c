using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Kendt.Collect;

/// <summary>
/// What a webhook brought, as its template sees it and as a dead letter keeps it: a JSON object with <c>body</c> (JSON, or the
/// fields of a form, or text), <c>headers</c> (names in small letters), <c>query</c>, <c>receivedAt</c> and <c>digest</c>.
/// </summary>
public static class WebhookCall
{
    private const int MostHeaders = 60, MostHeader = 2_000;

    // What a sender proves itself by is not kept.
    private static readonly string[] Proofs = ["authorization", "cookie", "proxy-authorization"];

    /// <param name="proof">The header with the signature, which is not kept either.</param>
    public static string Write(ReadOnlyMemory<byte> body, string? contentType, IEnumerable<KeyValuePair<string, string>> headers, IEnumerable<KeyValuePair<string, string>> query, string? proof, DateTimeOffset receivedAt)
    {
        var bytes = new ArrayBufferWriter<byte>(body.Length + 1024);
        using (var writer = new Utf8JsonWriter(bytes, JsonWords.Writing))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("body");
            WriteBody(writer, body, contentType ?? "");
            writer.WriteStartObject("headers");
            foreach (var (name, value) in headers.Select(h => (h.Key.ToLowerInvariant(), h.Value)).Where(h => !Proofs.Contains(h.Item1) && !string.Equals(h.Item1, proof, StringComparison.OrdinalIgnoreCase)).DistinctBy(h => h.Item1).Take(MostHeaders))
                writer.WriteString(name, value.Length > MostHeader ? value[..MostHeader] : value);
            writer.WriteEndObject();
            writer.WriteStartObject("query");
            foreach (var (name, value) in query.Where(q => q.Key != "writeKey").DistinctBy(q => q.Key, StringComparer.Ordinal)) writer.WriteString(name, value);
            writer.WriteEndObject();
            writer.WriteString("receivedAt", Cells.Iso(receivedAt));
            writer.WriteString("digest", Convert.ToHexStringLower(SHA256.HashData(body.Span).AsSpan(0, 16)));
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void WriteBody(Utf8JsonWriter writer, ReadOnlyMemory<byte> body, string contentType)
    {
        try
        {
            if (TrackingCall.IsText(body.Span))
            {
                using var json = JsonDocument.Parse(JsonWords.Mend(body.Span) ?? body);
                JsonWords.Write(writer, json.RootElement);
                return;
            }
        }
        catch (JsonException)
        {
            // Not JSON: a form, or text.
        }
        var text = DeadLetters.TextOf(body.Span);
        if (contentType.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)) WriteForm(writer, text);
        else writer.WriteStringValue(text);
    }

    // A field that is given twice is a list.
    private static void WriteForm(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        foreach (var field in text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2)).GroupBy(p => Plain(p[0]), p => p.Length > 1 ? Plain(p[1]) : "", StringComparer.Ordinal))
        {
            var values = field.ToList();
            writer.WritePropertyName(field.Key);
            if (values.Count == 1) writer.WriteStringValue(values[0]);
            else
            {
                writer.WriteStartArray();
                foreach (var value in values) writer.WriteStringValue(value);
                writer.WriteEndArray();
            }
        }
        writer.WriteEndObject();
    }

    private static string Plain(string text) => Uri.UnescapeDataString(text.Replace('+', ' ')).Replace('\0', '\uFFFD');
}
