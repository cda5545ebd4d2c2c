using System.Text.Json;

namespace Kendt.Collect;

/// <summary>
/// Objects, one a line, as rows: members of nested objects are columns with dots in their names, arrays are their JSON text,
/// null is empty.
/// </summary>
internal sealed class JsonLinesFile(Stream stream) : RowFile
{
    private readonly LineReader _lines = new(stream);
    private readonly List<string> _names = [];
    private readonly List<string> _values = [];
    private ReadOnlyMemory<byte> _line;
    private RowShape _shape = new([]);

    public override RowShape? Header => null;

    public override RowShape Shape => _shape;

    public override string Raw => DeadLetters.TextOf(_line.Span);

    public override ReadOnlySpan<char> this[int column] => _values[column];

    public override bool Read()
    {
        if (!_lines.Read(out _line)) return false;
        Number++;
        Fault = Parse();
        return true;
    }

    public override void Dispose() => _lines.Dispose();

    private string? Parse()
    {
        if (_lines.IsCut) return $"The line is longer than {LineReader.MaxLine / 1024 / 1024} MB.";
        if (!TrackingCall.IsText(_line.Span)) return "The line is not UTF-8.";
        _names.Clear();
        _values.Clear();
        try
        {
            using var json = JsonDocument.Parse(JsonWords.Mend(_line.Span) ?? _line);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return "The line is not a JSON object.";
            Flatten("", json.RootElement);
        }
        catch (JsonException)
        {
            return "The line is not JSON.";
        }
        if (!_shape.Names.SequenceEqual(_names, StringComparer.Ordinal)) _shape = new([.. _names]);
        return null;
    }

    private void Flatten(string prefix, JsonElement value)
    {
        foreach (var (name, member) in JsonWords.Members(value))
        {
            if (member.ValueKind == JsonValueKind.Object)
            {
                Flatten(prefix + name + ".", member);
                continue;
            }
            _names.Add(prefix + name);
            _values.Add(member.ValueKind switch
            {
                JsonValueKind.Null => "",
                JsonValueKind.String => member.GetString()!,
                _ => member.GetRawText(),
            });
        }
    }
}
