using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kendt.Model;

/// <summary>The one text of a JSON value: without spaces, nothing escaped that need not be. Numbers stay as they were written.</summary>
public static class JsonText
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Two values of one kind with the same content have the same text, as long as numbers and the order of keys are written alike.</summary>
    public static string Of(JsonElement value)
    {
        var raw = value.GetRawText();
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array) && Ascii.IsValid(raw) && !raw.Contains('\\', StringComparison.Ordinal)) return raw;
        var text = new ArrayBufferWriter<byte>(raw.Length);
        using (var json = new Utf8JsonWriter(text, Plain)) value.WriteTo(json);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
