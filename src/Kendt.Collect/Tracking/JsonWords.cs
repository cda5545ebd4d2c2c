using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kendt.Collect;

/// <summary>
/// JSON as hostile senders write it. A lone surrogate or a NUL is legal JSON, and neither .NET nor a database takes it as
/// text: where text is needed it is U+FFFD, the replacement character; the body as received keeps it.
/// </summary>
internal static class JsonWords
{
    /// <summary>The same as <see cref="Writing"/> for the serializer.</summary>
    public static JsonSerializerOptions Relaxed { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Letters stay letters: what people search for is stored as they write it.</summary>
    public static JsonWriterOptions Writing { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The text of the string or property name that the reader stands on.</summary>
    public static string Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return Encoding.UTF8.GetString(reader.ValueSpan);
        var safe = Mend(reader.ValueSpan) is { } mended ? mended : reader.ValueSpan;
        var text = new StringBuilder(safe.Length);
        while (safe.IndexOf((byte)'\\') is var at && at >= 0)
        {
            text.Append(Encoding.UTF8.GetString(safe[..at]));
            var kind = safe[at + 1];
            if (kind == (byte)'u') text.Append((char)Hex(safe.Slice(at + 2, 4)));
            else text.Append(kind switch { (byte)'n' => '\n', (byte)'t' => '\t', (byte)'r' => '\r', (byte)'b' => '\b', (byte)'f' => '\f', _ => (char)kind });
            safe = safe[(at + (kind == (byte)'u' ? 6 : 2))..];
        }
        return text.Append(Encoding.UTF8.GetString(safe)).ToString();
    }

    /// <summary>The JSON with every lone surrogate and NUL escape made U+FFFD; null if there is none.</summary>
    public static byte[]? Mend(ReadOnlySpan<byte> json)
    {
        byte[]? mended = null;
        for (var at = 0; ;)
        {
            var next = json[at..].IndexOf((byte)'\\');
            if (next < 0) return mended;
            at += next;
            if (at + 6 > json.Length || json[at + 1] != (byte)'u')
            {
                at += 2;
                if (at >= json.Length) return mended;
                continue;
            }
            var unit = Hex(json.Slice(at + 2, 4));
            var pair = char.IsHighSurrogate((char)unit) && at + 12 <= json.Length && json[at + 6] == (byte)'\\' && json[at + 7] == (byte)'u' && char.IsLowSurrogate((char)Hex(json.Slice(at + 8, 4)));
            if (unit == 0 || (char.IsSurrogate((char)unit) && !pair))
            {
                mended ??= json.ToArray();
                "\\ufffd"u8.CopyTo(mended.AsSpan(at));
            }
            at += pair ? 12 : 6;
            if (at >= json.Length) return mended;
        }
    }

    /// <summary>
    /// Writes a value so that every engine reads the same from it: of two members with one name the last stands, letters are
    /// not escaped, numbers stay as they were sent.
    /// </summary>
    public static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var (name, member) in Members(value))
                {
                    writer.WritePropertyName(name);
                    Write(writer, member);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Number when !double.IsFinite(value.GetDouble()):
                writer.WriteStringValue(value.GetRawText()); // beyond double: no engine has such a number
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    /// <summary>The members of an object, each name once, the last value standing.</summary>
    public static IEnumerable<KeyValuePair<string, JsonElement>> Members(JsonElement value)
    {
        var members = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject()) members[member.Name] = member.Value;
        return members;
    }

    private static int Hex(ReadOnlySpan<byte> digits)
    {
        Span<byte> unit = stackalloc byte[2];
        return Convert.FromHexString(digits, unit, out _, out _) == System.Buffers.OperationStatus.Done
            ? BinaryPrimitives.ReadUInt16BigEndian(unit)
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"An escape of {digits.Length} bytes is not hexadecimal."));
    }
}
