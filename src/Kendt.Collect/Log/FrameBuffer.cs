using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Kendt.Collect;

/// <summary>Where the log's writer puts frames together before they go to the disk at once. Its memory is used again.</summary>
internal sealed class FrameBuffer
{
    private const int Keeps = 4 << 20;

    private byte[] _bytes = new byte[1 << 16];
    private int _length, _frame = -1;
    private ushort _count;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Adds a message to the open frame, or begins one.</summary>
    /// <param name="seq">The message's place: the one after that of the message added before.</param>
    public void Add(long seq, string source, DateTimeOffset receivedAt, in Item item)
    {
        if (_frame >= 0 && (_count == ushort.MaxValue || _length - _frame > Frame.Full)) End();
        if (_frame < 0) Begin(seq, source, receivedAt);
        var id = Encoding.UTF8.GetByteCount(item.MessageId);
        var at = Room(Frame.PerMessage + id + item.Body.Length);
        BinaryPrimitives.WriteInt64LittleEndian(at, item.SentAt is { } sent ? Math.Max(1, sent.UtcTicks) : 0);
        BinaryPrimitives.WriteUInt16LittleEndian(at[8..], checked((ushort)id));
        BinaryPrimitives.WriteInt32LittleEndian(at[10..], item.Body.Length);
        Encoding.UTF8.GetBytes(item.MessageId, at[Frame.PerMessage..]);
        item.Body.Span.CopyTo(at[(Frame.PerMessage + id)..]);
        _count++;
    }

    /// <summary>Ends the open frame, if there is one.</summary>
    public void End()
    {
        if (_frame < 0) return;
        var frame = _bytes.AsSpan(_frame, _length - _frame);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[(Frame.Head + 16)..], _count);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Frame.Mark);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], frame.Length - Frame.Head);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[8..], XxHash3.HashToUInt64(frame[Frame.Head..]));
        (_frame, _count) = (-1, 0);
    }

    public void Clear()
    {
        (_length, _frame, _count) = (0, -1, 0);
        if (_bytes.Length > Keeps) _bytes = new byte[1 << 16];
    }

    private void Begin(long seq, string source, DateTimeOffset receivedAt)
    {
        _frame = _length;
        var name = Encoding.UTF8.GetByteCount(source);
        var head = Room(Frame.Head + Frame.Fixed + name)[Frame.Head..];
        BinaryPrimitives.WriteInt64LittleEndian(head, seq);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], receivedAt.UtcTicks);
        head[18] = checked((byte)name);
        Encoding.UTF8.GetBytes(source, head[Frame.Fixed..]);
    }

    private Span<byte> Room(int bytes)
    {
        if (_bytes.Length - _length < bytes) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes));
        _length += bytes;
        return _bytes.AsSpan(_length - bytes, bytes);
    }
}
