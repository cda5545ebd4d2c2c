namespace Kendt.Collect;

/// <summary>Lines of a stream as bytes, one held at a time; one that is too long is cut, and says so.</summary>
internal sealed class LineReader(Stream stream) : IDisposable
{
    /// <summary>The longest line, bytes.</summary>
    public const int MaxLine = 4 * 1024 * 1024;

    private byte[] _buffer = new byte[64 * 1024];
    private int _start, _end;
    private bool _isLast, _isFirst = true;

    /// <summary>The line was longer than <see cref="MaxLine"/>; only its beginning is here.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Goes to the next line that is not blank. The memory is valid until the next call.</summary>
    public bool Read(out ReadOnlyMemory<byte> line)
    {
        while (true)
        {
            if (!Next(out var from, out var to))
            {
                line = default;
                return false;
            }
            line = _buffer.AsMemory(from, to - from);
            if (_isFirst && line.Span.StartsWith("\uFEFF"u8)) line = line[3..];
            _isFirst = false;
            line = line.Trim(" \t\r"u8);
            if (line.Length > 0) return true;
        }
    }

    public void Dispose() => stream.Dispose();

    private bool Next(out int from, out int to)
    {
        IsCut = false;
        var seen = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + seen, _end - _start - seen).IndexOf((byte)'\n');
            if (length >= 0 || (_isLast && _end > _start))
            {
                (from, to) = (_start, length >= 0 ? _start + seen + length : _end);
                _start = length >= 0 ? to + 1 : _end;
                return true;
            }
            (from, to) = (0, 0);
            if (_isLast) return false;
            seen = _end - _start;
            if (seen > MaxLine)
            {
                SkipLine();
                (from, to) = (0, MaxLine);
                return true;
            }
            Fill();
        }
    }

    // Keeps the line's beginning at the front, and what follows the line behind it.
    private void SkipLine()
    {
        IsCut = true;
        if (_start > 0) _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _start = MaxLine;
        if (_buffer.Length < MaxLine + 64 * 1024) Array.Resize(ref _buffer, MaxLine + 64 * 1024);
        while (true)
        {
            var read = stream.Read(_buffer, MaxLine, _buffer.Length - MaxLine);
            _end = MaxLine + read;
            if (read == 0)
            {
                _isLast = true;
                return;
            }
            var length = _buffer.AsSpan(MaxLine, read).IndexOf((byte)'\n');
            if (length < 0) continue;
            _start = MaxLine + length + 1;
            return;
        }
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_end, _start) = (_end - _start, 0);
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _isLast = read == 0;
    }
}
