using System.Globalization;
using System.Text.Json;
using Kendt.Model;
using ParquetSharp;

namespace Kendt.Collect;

/// <summary>
/// Parquet, a piece of a row group held at a time. Values become the text that a person would write. The parts of a nested
/// column are columns with dots in their names; what repeats within a row is the text of a JSON array.
/// </summary>
internal sealed class ParquetFile : RowFile
{
    private const int Piece = 4_096;

    private readonly ParquetFileReader _file;
    private readonly string[][] _columns;
    private readonly List<ColumnPart> _parts = [];
    private RowGroupReader? _group;
    private int _nextGroup;
    private long _left;
    private int _row = -1, _rows;

    public ParquetFile(string path, string name)
    {
        try
        {
            _file = new(path);
        }
        catch (ParquetException fault)
        {
            throw new BadInputException($"The file '{name}' is not the Parquet that it begins as: it is damaged or cut short.", fault);
        }
        var schema = _file.FileMetaData.Schema;
        var columns = Enumerable.Range(0, _file.FileMetaData.NumColumns).Select(schema.Column).ToList();
        Header = new(RowShape.Distinct(columns.Select(c => NameOf(c.Path.ToDotVector()))));
        _columns = [.. columns.Select(_ => new string[Piece])];
    }

    public override RowShape Header { get; }

    public override RowShape Shape => Header;

    public override string Raw => string.Join(", ", Header.Names.Select((name, i) => $"{name}: {this[i]}"));

    public override ReadOnlySpan<char> this[int column] => _columns[column][_row];

    public override bool Read()
    {
        try
        {
            if (++_row >= _rows && !Load()) return false;
        }
        catch (ParquetException fault)
        {
            throw new InvalidDataException("it is cut short, or a part of it is not as its end says", fault);
        }
        Number++;
        return true;
    }

    public override void Dispose()
    {
        CloseGroup();
        _file.Dispose();
    }

    private bool Load()
    {
        while (_left == 0)
        {
            CloseGroup();
            if (_nextGroup >= _file.FileMetaData.NumRowGroups) return false;
            _group = _file.RowGroup(_nextGroup++);
            _left = _group.MetaData.NumRows;
            for (var i = 0; i < _columns.Length; i++) _parts.Add(_group.Column(i).LogicalReader().Apply(new Opening()));
        }
        _rows = (int)Math.Min(Piece, _left);
        for (var i = 0; i < _columns.Length; i++) _parts[i].Read(_columns[i].AsSpan(0, _rows));
        _left -= _rows;
        _row = 0;
        return true;
    }

    // Lists and maps have steps in their paths that say nothing.
    private static string NameOf(string[] path)
    {
        var parts = path.Where((part, i) => i == 0 || part is not ("list" or "element" or "item" or "bag" or "array" or "array_element" or "key_value")).ToList();
        return string.Join('.', parts);
    }

    private void CloseGroup()
    {
        foreach (var part in _parts) part.Dispose();
        _parts.Clear();
        _group?.Dispose();
        _group = null;
    }

    private sealed class Opening : ILogicalColumnReaderVisitor<ColumnPart>
    {
        public ColumnPart OnLogicalColumnReader<TValue>(LogicalColumnReader<TValue> columnReader) => new ColumnPart<TValue>(columnReader);
    }

    private abstract class ColumnPart : IDisposable
    {
        public abstract void Read(Span<string> texts);

        public abstract void Dispose();
    }

    private sealed class ColumnPart<T>(LogicalColumnReader<T> reader) : ColumnPart
    {
        private readonly T[] _values = new T[Piece];

        public override void Read(Span<string> texts)
        {
            for (var at = 0; at < texts.Length;)
            {
                var read = reader.ReadBatch(_values.AsSpan(0, texts.Length - at));
                if (read == 0) throw new InvalidDataException("a column ends before the others");
                for (var i = 0; i < read; i++) texts[at + i] = TextOf(_values[i]);
                at += read;
            }
        }

        public override void Dispose() => reader.Dispose();

        private static object? Json(object? value) => value switch
        {
            null or string or bool or double or float or decimal or sbyte or byte or short or ushort or int or uint or long or ulong => value,
            byte[] bytes => System.Text.Encoding.UTF8.GetString(bytes),
            Array list => list.Cast<object?>().Select(Json).ToArray(),
            _ => TextOf(value),
        };

        private static string TextOf<TValue>(TValue value) => value switch
        {
            null => "",
            string text => text,
            bool truth => truth ? "true" : "false",
            byte[] bytes => System.Text.Encoding.UTF8.GetString(bytes),
            DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
            DateTimeNanos time => time.DateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
            Date day => day.DateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            float number => number.ToString("R", CultureInfo.InvariantCulture),
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            Array list => JsonSerializer.Serialize(Json(list), JsonWords.Relaxed),
            var other => other.ToString() ?? "",
        };
    }
}
