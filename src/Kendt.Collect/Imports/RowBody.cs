using System.Buffers;
using System.Text.Json;

namespace Kendt.Collect;

/// <summary>A row as it was received: one JSON object of texts.</summary>
internal static class RowBody
{
    /// <summary>Writes the row at hand over what the buffer held.</summary>
    public static ArrayBufferWriter<byte> Write(RowFile file, ArrayBufferWriter<byte> bytes, Utf8JsonWriter writer)
    {
        bytes.ResetWrittenCount();
        writer.Reset();
        writer.WriteStartObject();
        var names = file.Shape.Encoded;
        for (var i = 0; i < names.Length; i++) writer.WriteString(names[i], Cells.Plain(file[i]));
        writer.WriteEndObject();
        writer.Flush();
        return bytes;
    }
}
