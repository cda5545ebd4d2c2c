using System.Buffers;
using System.Text;

namespace Kendt.Collect;

/// <summary>The encoding that a text's bytes show.</summary>
/// <param name="Name">As a mapping writes it.</param>
/// <param name="IsMixed">Some lines are UTF-8 and some are not.</param>
/// <param name="HasMark">The text begins with a byte order mark.</param>
internal sealed record EncodingLook(string Name, bool IsMixed, bool HasMark)
{
    // Letters of Danish, Norwegian, Swedish and German as the DOS code page 850 has them, where Windows-1252 has signs.
    private static readonly SearchValues<byte> DosLetters = SearchValues.Create([0x81, 0x84, 0x86, 0x8E, 0x8F, 0x91, 0x92, 0x94, 0x99, 0x9A, 0x9B, 0x9D]);

    /// <summary>Reads a stream to its end, or for at most <paramref name="most"/> bytes.</summary>
    public static EncodingLook Of(Stream stream, long most)
    {
        var buffer = new byte[256 * 1024];
        long looked = 0, good = 0, bad = 0, dos = 0, windows = 0;
        var kept = 0;
        var isFirst = true;
        while (looked < most)
        {
            var read = stream.ReadAtLeast(buffer.AsSpan(kept), buffer.Length - kept, throwOnEndOfStream: false);
            var bytes = buffer.AsSpan(0, kept + read);
            var isLast = kept + read < buffer.Length;
            if (isFirst && Marked(bytes) is { } marked) return marked;
            isFirst = false;
            looked += read;
            while (true)
            {
                var next = bytes.IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
                if (next < 0) { bytes = default; break; }
                bytes = bytes[next..];
                var status = Rune.DecodeFromUtf8(bytes, out _, out var length);
                if (status == OperationStatus.NeedMoreData && !isLast) break;
                if (status == OperationStatus.Done) good++;
                else
                {
                    bad++;
                    length = 1;
                    if (DosLetters.Contains(bytes[0])) dos++;
                    else if (bytes[0] >= 0xC0) windows++;
                }
                bytes = bytes[length..];
            }
            if (isLast) break;
            bytes.CopyTo(buffer);
            kept = bytes.Length;
        }
        if (bad == 0) return new("utf-8", false, false);
        // In Windows-1252 what looks like UTF-8 is rare chance; where most of it does, some lines were pasted in from elsewhere.
        return good > bad ? new("utf-8", true, false) : new(dos > windows ? "ibm850" : "windows-1252", good > 0, false);
    }

    private static EncodingLook? Marked(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xEF, 0xBB, 0xBF, ..]) return null; // it may still lie
        if (bytes is [0xFF, 0xFE, ..]) return new("utf-16", false, true);
        if (bytes is [0xFE, 0xFF, ..]) return new("utf-16BE", false, true);
        // Latin letters in UTF-16 have a zero in every other byte.
        var head = bytes[..Math.Min(bytes.Length, 4096)];
        if (head.Length < 8) return null;
        int even = 0, odd = 0;
        for (var i = 0; i + 1 < head.Length; i += 2)
        {
            if (head[i] == 0) even++;
            if (head[i + 1] == 0) odd++;
        }
        var pairs = head.Length / 2;
        if (odd > pairs * 0.6 && even < pairs * 0.1) return new("utf-16", false, false);
        return even > pairs * 0.6 && odd < pairs * 0.1 ? new("utf-16BE", false, false) : null;
    }
}
