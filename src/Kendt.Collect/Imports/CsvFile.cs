using System.Buffers;
using System.Text;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>
/// Delimited text (RFC 4180, any delimiter, any line end). A row whose quotes do not close costs one line: reading goes
/// on behind it. A quote inside a field that is not quoted is a character like others (5" nails).
/// </summary>
internal sealed class CsvFile : RowFile
{
    /// <summary>A row with more characters than this is not a row but a quote that was never closed.</summary>
    private const int MaxRow = 4 * 1024 * 1024;

    private readonly StreamReader _text;
    private readonly List<(int Start, int Length, bool HasQuotes)> _fields = [];
    private readonly SearchValues<char> _ends;
    private readonly char _delimiter;
    private readonly string _encoding;
    private readonly int _quote;
    private readonly string _twoQuotes, _oneQuote;
    private bool _isFirstRow;
    private char[] _buffer = new char[64 * 1024];
    private int _start, _next, _end;
    private bool _isLast;
    private string _unquoted = "";
    private int _unquotedAt = -1;

    public CsvFile(Stream stream, FileFormat format)
    {
        var encoding = format.Encoding is { } name ? Encodings.Find(name)! : Encoding.UTF8;
        _encoding = format.Encoding ?? "utf-8";
        _text = new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: true, 64 * 1024);
        while (!_isLast && _end < _buffer.Length) Fill();
        for (var line = 1; line < format.Header; line++) SkipLine();
        _delimiter = format.Delimiter ?? CsvLook.Delimiter(_buffer.AsSpan(_next, _end - _next), format.Quote);
        (_quote, _oneQuote, _twoQuotes) = format.Quote is { } quote ? (quote, $"{quote}", $"{quote}{quote}") : (-1, "", "");
        _ends = SearchValues.Create([_delimiter, '\n', '\r']);
        if (!ReadRow()) throw new BadInputException(format.Header > 1 ? $"The file has no line {format.Header}, which should name the columns." : "The file is empty: its first line names the columns.");
        if (Fault is not null) throw new BadInputException($"The {(format.Header > 1 ? "line" : "first line")}, which names the columns, cannot be read: {Fault}");
        _isFirstRow = format.Header == 0;
        Header = new(RowShape.Distinct(Enumerable.Range(0, _fields.Count).Select(i => _isFirstRow ? "" : this[i].ToString())));
    }

    public override RowShape Header { get; }

    public override RowShape Shape => Header;

    public override string Raw => _buffer.AsSpan(_start, _next - _start).TrimEnd("\r\n").ToString();

    public override ReadOnlySpan<char> this[int column]
    {
        get
        {
            var (start, length, hasQuotes) = _fields[column];
            if (!hasQuotes) return _buffer.AsSpan(start, length);
            if (_unquotedAt != start) (_unquoted, _unquotedAt) = (new string(_buffer, start, length).Replace(_twoQuotes, _oneQuote), start);
            return _unquoted;
        }
    }

    public override bool Read()
    {
        if (!_isFirstRow && !ReadRow()) return false;
        _isFirstRow = false;
        Number++;
        if (Fault is null && _fields.Count != Header.Names.Count)
            Fault = $"The row has {_fields.Count} fields, there are {Header.Names.Count} columns.";
        if (Fault is null && _buffer.AsSpan(_start, _next - _start).Contains('\uFFFD'))
            Fault = $"The row has bytes that are not {_encoding}. Say the file's encoding in the mapping (format: {{ encoding: latin1 }}).";
        return true;
    }

    public override void Dispose() => _text.Dispose();

    // Parses from the row's beginning; where the text in hand ends within the row, more is read and the row begun again.
    private bool ReadRow()
    {
        Fault = null;
        _unquotedAt = -1;
        _start = _next;
        while (true)
        {
            while (_start < _end && _buffer[_start] is '\r' or '\n') _start++; // empty lines
            if (_start < _end && Parse()) return true;
            if (_isLast && _start >= _end) return false;
            if (_isLast || _end - _start > MaxRow)
            {
                if (EndOfLine() is var line && line < 0 && !_isLast) throw new BadInputException($"A line of the file has more than {MaxRow / 1024 / 1024} million characters: is it text with a row a line?");
                Fault = "A quote is opened and not closed.";
                _fields.Clear();
                _next = line < 0 ? _end : line;
                return true;
            }
            Fill();
        }
    }

    /// <returns>False if the row does not end in the text in hand.</returns>
    private bool Parse()
    {
        _fields.Clear();
        for (var at = _start; ;)
        {
            if (at < _end && _buffer[at] == _quote)
            {
                if (!Quoted(ref at)) return Fault is not null;
            }
            else
            {
                var length = _buffer.AsSpan(at, _end - at).IndexOfAny(_ends);
                if (length < 0 && !_isLast) return false;
                if (length < 0) length = _end - at;
                _fields.Add((at, length, false));
                at += length;
            }
            if (at >= _end || _buffer[at] != _delimiter)
            {
                // A carriage return at the end of what is in hand may have its line feed in what follows; an empty line is passed over.
                _next = Math.Min(_end, at + 1);
                return true;
            }
            at++;
        }
    }

    /// <returns>False if the field is not closed in hand, or, with a fault, not as it should be.</returns>
    private bool Quoted(ref int at)
    {
        var hasQuotes = false;
        for (var from = at + 1; ;)
        {
            var length = _buffer.AsSpan(from, _end - from).IndexOf((char)_quote);
            if (length < 0 || (from + length + 1 >= _end && !_isLast)) return false;
            var close = from + length;
            var after = close + 1 < _end ? _buffer[close + 1] : '\n';
            if (after == _quote)
            {
                hasQuotes = true;
                from = close + 2;
                continue;
            }
            if (after == _delimiter || after is '\n' or '\r')
            {
                _fields.Add((at + 1, close - at - 1, hasQuotes));
                at = close + 1;
                return true;
            }
            var line = EndOfLine();
            if (line < 0 && !_isLast) return false; // more is read first
            Fault = "A quote within a quoted field is not doubled.";
            _next = line < 0 ? _end : line;
            return false;
        }
    }

    // Behind the first line end of the row; -1 if there is none in hand.
    private int EndOfLine() => _buffer.AsSpan(_start, _end - _start).IndexOf('\n') is var length && length < 0 ? -1 : _start + length + 1;

    private void SkipLine()
    {
        _start = _next;
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOfAny('\n', '\r');
            if (length >= 0 && (_start + length + 1 < _end || _isLast))
            {
                var end = _start + length + 1;
                _next = _buffer[end - 1] == '\r' && end < _end && _buffer[end] == '\n' ? end + 1 : end;
                return;
            }
            if (_isLast || _end - _start > MaxRow)
            {
                _next = _end;
                return;
            }
            Fill();
        }
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_end, _next, _start) = (_end - _start, 0, 0);
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = _text.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _isLast = read == 0;
    }
}
