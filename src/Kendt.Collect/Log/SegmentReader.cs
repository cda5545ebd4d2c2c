using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kendt.Collect;

/// <summary>A stretch of a segment that cannot be read: its checksum is wrong. What lies before and after it is whole.</summary>
/// <param name="AfterSeq">The place of the last message before it.</param>
/// <param name="Bytes">How long it is.</param>
public sealed record LogDamage(string File, long Offset, long Bytes, long AfterSeq);

/// <summary>Reads the frames of a segment in their order, from an offset to an end. What is damaged is passed over and told.</summary>
internal sealed class SegmentReader : IDisposable
{
    private const int Chunk = 256 * 1024;

    private readonly SafeFileHandle _file;
    private readonly string _name;
    private readonly long _end;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Chunk);
    private int _from, _have;
    private long _bufferAt, _last;

    /// <param name="end">The log's own end in this segment; null for all that the file has.</param>
    /// <param name="afterSeq">The place of the last message before <paramref name="offset"/>.</param>
    public SegmentReader(string path, long offset, long? end, long afterSeq)
    {
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _name = Path.GetFileName(path);
        (_bufferAt, Offset, _last) = (offset, offset, afterSeq);
        _end = end ?? RandomAccess.GetLength(_file);
    }

    /// <summary>What was passed over so far.</summary>
    public List<LogDamage> Damages { get; } = [];

    /// <summary>Where the frame that was read last ends; frames are read again from here.</summary>
    public long Offset { get; private set; }

    /// <summary>The next whole frame; false at the end, or where nothing whole follows.</summary>
    public bool Read(out Frame frame)
    {
        for (long damagedAt = -1; ;)
        {
            var state = Frame.Read(_buffer.AsSpan(_from, _have), out frame, out var length);
            if (state is Frame.State.Short && Fill(length)) continue;
            if (state is Frame.State.Whole)
            {
                if (damagedAt >= 0) Damages.Add(new(_name, damagedAt, Position - damagedAt, _last));
                Pass(length);
                (Offset, _last) = (Position, frame.Last);
                return true;
            }
            if (Position >= _end) return false;
            if (damagedAt < 0) damagedAt = Position;
            if (!ToNextMark()) return false;
        }
    }

    /// <summary>Whether there is any whole frame; ends the reader.</summary>
    public bool HasAny()
    {
        using (this) return Read(out _);
    }

    public void Dispose()
    {
        _file.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private long Position => _bufferAt + _from;

    private void Pass(int bytes) => (_from, _have) = (_from + bytes, _have - bytes);

    // A mark may stand in a message, too; the checksum tells.
    private bool ToNextMark()
    {
        var mark = Frame.Mark;
        var sought = MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in mark));
        Pass(Math.Min(1, _have));
        while (true)
        {
            var at = _buffer.AsSpan(_from, _have).IndexOf(sought);
            if (at >= 0)
            {
                Pass(at);
                return true;
            }
            Pass(Math.Max(0, _have - 3));
            if (!Fill(_have + 1)) return false;
        }
    }

    // At least so many bytes from the position on, if the segment has them.
    private bool Fill(int needed)
    {
        if (_end - Position < needed) return false;
        if (needed > _buffer.Length)
        {
            var bigger = ArrayPool<byte>.Shared.Rent(needed);
            _buffer.AsSpan(_from, _have).CopyTo(bigger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = bigger;
        }
        else
        {
            _buffer.AsSpan(_from, _have).CopyTo(_buffer);
        }
        (_bufferAt, _from) = (Position, 0);
        while (_have < needed)
        {
            var most = (int)Math.Min(_buffer.Length - _have, _end - _bufferAt - _have);
            var read = RandomAccess.Read(_file, _buffer.AsSpan(_have, most), _bufferAt + _have);
            if (read == 0) return false;
            _have += read;
        }
        return true;
    }
}
