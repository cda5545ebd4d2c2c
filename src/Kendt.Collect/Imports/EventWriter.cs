using System.Buffers;
using System.Text.Json;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>Writes the tracking message that a row, or a run of rows, is.</summary>
internal sealed class EventWriter : IDisposable
{
    private readonly Mapping _mapping;
    private readonly PathTree _properties, _traits, _line;
    private readonly (int Place, string Type)[] _identifiers;
    private readonly int[] _factors;
    private readonly ArrayBufferWriter<byte> _bytes = new(4096), _lineBytes = new(4096);
    private readonly Utf8JsonWriter _json, _lineJson;
    private readonly CellText _text;
    private RowFile? _row;
    private RowShape? _shape;
    private int[] _places = [];
    private decimal _total;

    public EventWriter(Mapping mapping)
    {
        _mapping = mapping;
        Cells = new(mapping.Format);
        var columns = mapping.Columns;
        _properties = PathTree.Of(columns, c => c.Property, mapping.Set);
        _traits = PathTree.Of(columns, c => c.Trait, new Dictionary<string, JsonElement>());
        _line = PathTree.Of(columns, c => c.Line, new Dictionary<string, JsonElement>());
        _identifiers = [.. columns.Index().Where(c => c.Item.Identifier is not null).Select(c => (c.Index, c.Item.Identifier!))];
        _factors = [.. (mapping.Total?.Of ?? []).Select(field => columns.Index().First(c => c.Item.Line == field).Index)];
        _json = new(_bytes, JsonWords.Writing);
        _lineJson = new(_lineBytes, JsonWords.Writing);
        _text = column => Cells.Said(_row!.At(_places[column]));
    }

    public Cells Cells { get; }

    /// <summary>What was left out of the row at hand.</summary>
    public List<string> Reasons { get; } = [];

    /// <summary>The row that is read from now on.</summary>
    public RowFile Row
    {
        set
        {
            _row = value;
            if (_shape == value.Shape) return;
            (_shape, _places) = (value.Shape, [.. _mapping.Columns.Select(c => value.Shape.IndexOf(c.Name))]);
        }
    }

    public string TakeReasons()
    {
        var text = ImportRun.LeftOut + string.Join("; ", Reasons) + ".";
        Reasons.Clear();
        return text;
    }

    /// <summary>Begins an event with all that its first row says but the line.</summary>
    public void Begin(string name, DateTimeOffset? at)
    {
        _bytes.ResetWrittenCount();
        _json.Reset();
        _lineBytes.ResetWrittenCount();
        _lineJson.Reset();
        _total = 0;
        _json.WriteStartObject();
        _json.WriteString("type"u8, "track"u8);
        _json.WriteString("event"u8, name);
        if (at is { } time) _json.WriteString("timestamp"u8, Cells.Iso(time));
        WriteWho();
        _json.WriteStartObject("properties"u8);
        _properties.Write(_json, _text, Cells, Reasons);
        if (_mapping.HasLines) _lineJson.WriteStartArray();
    }

    /// <summary>Adds the row's line.</summary>
    /// <returns>False, and nothing added, if the lines have more than <paramref name="most"/> bytes.</returns>
    public bool AddLine(int most)
    {
        if (_lineBytes.WrittenCount > most) return false;
        _lineJson.WriteStartObject();
        _line.Write(_lineJson, _text, Cells, Reasons);
        _lineJson.WriteEndObject();
        _lineJson.Flush();
        var product = _factors.Length > 0 ? 1m : 0m;
        foreach (var factor in _factors)
        {
            if (!Cells.TryNumber(_text(factor), out var number) || !Fits(product, number)) return true; // its reason is given with the line
            product *= number;
        }
        if (Math.Abs(_total) < 1e27m) _total += product;
        return true;
    }

    /// <summary>The whole message.</summary>
    public ReadOnlyMemory<byte> End()
    {
        if (_mapping.HasLines)
        {
            if (_mapping.Total is { } total) _json.WriteNumber(total.Property, _total);
            _lineJson.WriteEndArray();
            _lineJson.Flush();
            _json.WritePropertyName("products"u8);
            _json.WriteRawValue(_lineBytes.WrittenSpan, skipInputValidation: true);
        }
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.Flush();
        return _bytes.WrittenSpan.ToArray();
    }

    public void Dispose()
    {
        _json.Dispose();
        _lineJson.Dispose();
    }

    private void WriteWho()
    {
        string? userId = null, anonymousId = null;
        List<(string Type, string Value)>? others = null;
        foreach (var (place, type) in _identifiers)
        {
            var raw = _text(place).Trim();
            if (raw.IsEmpty) continue;
            if (!Identifier.TryCreate(type, raw.ToString(), out var id, out var reason)) Reasons.Add(reason!);
            else if (type == Identifier.UserId && userId is null) userId = id.Value;
            else if (type == Identifier.AnonymousId && anonymousId is null) anonymousId = id.Value;
            else (others ??= []).Add((type, id.Value));
        }
        if (userId is not null) _json.WriteString("userId"u8, userId);
        if (anonymousId is not null) _json.WriteString("anonymousId"u8, anonymousId);
        if (others is null && _traits.IsEmpty) return;
        _json.WriteStartObject("context"u8);
        if (others is not null)
        {
            _json.WriteStartArray("externalIds"u8);
            foreach (var (type, value) in others)
            {
                _json.WriteStartObject();
                _json.WriteString("id"u8, value);
                _json.WriteString("type"u8, type);
                _json.WriteString("collection"u8, "users"u8);
                _json.WriteString("encoding"u8, "none"u8);
                _json.WriteEndObject();
            }
            _json.WriteEndArray();
        }
        if (!_traits.IsEmpty)
        {
            _json.WriteStartObject("traits"u8);
            _traits.Write(_json, _text, Cells, Reasons);
            _json.WriteEndObject();
        }
        _json.WriteEndObject();
    }

    private static bool Fits(decimal a, decimal b) => Math.Abs((double)a * (double)b) < 1e27;
}
