using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>
/// The messages of one call as they lie in a segment of the log. Little endian: mark (4 bytes), length of what follows the
/// first 16 bytes (4), XxHash3 of it (8); place of the first message (8), received at, in ticks of UTC (8), messages (2),
/// length of the source's name (1), the name; then for each message sent at, in ticks or 0 (8), length of its id (2) and of
/// its body (4), the id, the body. Names and ids are UTF-8.
/// </summary>
internal readonly ref struct Frame
{
    /// <summary>"KFr1": where a reader that met damage may go on. The last character is the version of the form.</summary>
    public const uint Mark = 0x31_72_46_4B;

    /// <summary>Mark, length and checksum.</summary>
    public const int Head = 16;

    /// <summary>A frame that is this long takes no more messages: damage costs no more than it.</summary>
    public const int Full = 1 << 16;

    /// <summary>No frame is longer: one message may lie beyond <see cref="Full"/>.</summary>
    public const int Longest = 64 << 20;

    internal const int Fixed = 19, PerMessage = 14;

    private readonly ReadOnlySpan<byte> _payload;

    private Frame(ReadOnlySpan<byte> payload) => _payload = payload;

    /// <summary>What stands at the beginning of some bytes.</summary>
    public enum State { Whole, Short, Damaged }

    public long First => BinaryPrimitives.ReadInt64LittleEndian(_payload);

    public int Count => BinaryPrimitives.ReadUInt16LittleEndian(_payload[16..]);

    public long Last => First + Count - 1;

    public DateTimeOffset ReceivedAt => new(BinaryPrimitives.ReadInt64LittleEndian(_payload[8..]), TimeSpan.Zero);

    public string Source => Encoding.UTF8.GetString(_payload.Slice(Fixed, _payload[18]));

    /// <summary>Reads the frame at the beginning of some bytes.</summary>
    /// <param name="length">Its length; of a short one what is needed at least.</param>
    public static State Read(ReadOnlySpan<byte> bytes, out Frame frame, out int length)
    {
        frame = default;
        length = Head;
        if (bytes.Length < Head) return State.Short;
        var payload = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Mark || payload is < Fixed or > Longest) return State.Damaged;
        length = Head + payload;
        if (bytes.Length < length) return State.Short;
        var content = bytes[Head..length];
        if (XxHash3.HashToUInt64(content) != BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..])) return State.Damaged;
        frame = new(content);
        return State.Whole;
    }

    /// <summary>Adds its messages after a place, up to another, to a list.</summary>
    public void CopyTo(List<Message> messages, long after, long last)
    {
        var (source, receivedAt, seq) = (Source, ReceivedAt, First);
        foreach (var one in this)
        {
            if (seq > after && seq <= last)
                messages.Add(new(seq, source, Encoding.UTF8.GetString(one.Id), receivedAt, one.SentAt == 0 ? null : new DateTimeOffset(one.SentAt, TimeSpan.Zero), one.Body.ToArray()));
            seq++;
        }
    }

    public Messages GetEnumerator() => new(_payload[(Fixed + _payload[18])..], Count);

    /// <summary>One message in its bytes.</summary>
    /// <param name="sentAt">Ticks of UTC, 0 if not said.</param>
    public readonly ref struct One(long sentAt, ReadOnlySpan<byte> id, ReadOnlySpan<byte> body)
    {
        public long SentAt { get; } = sentAt;

        public ReadOnlySpan<byte> Id { get; } = id;

        public ReadOnlySpan<byte> Body { get; } = body;
    }

    /// <summary>Walks over the messages of a frame.</summary>
    public ref struct Messages(ReadOnlySpan<byte> rest, int count)
    {
        private ReadOnlySpan<byte> _rest = rest;
        private int _left = count;

        public One Current { get; private set; }

        public bool MoveNext()
        {
            if (_left-- == 0) return false;
            int id = BinaryPrimitives.ReadUInt16LittleEndian(_rest[8..]), body = BinaryPrimitives.ReadInt32LittleEndian(_rest[10..]);
            Current = new(BinaryPrimitives.ReadInt64LittleEndian(_rest), _rest.Slice(PerMessage, id), _rest.Slice(PerMessage + id, body));
            _rest = _rest[(PerMessage + id + body)..];
            return true;
        }
    }
}
