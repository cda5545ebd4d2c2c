namespace Kendt.Collect;

/// <summary>
/// What is unpacked from a file, read once and forwards. Text of any use shrinks to a tenth or a hundredth; what unpacks to
/// far more was made to fill a disk, and reading it ends.
/// </summary>
internal sealed class Bounded(Stream inner, long packed) : Stream
{
    private const long Free = 256L << 20, MostTimes = 400;

    private long _read;

    /// <summary>The most that so many packed bytes may become.</summary>
    public static long Most(long packed) => Math.Max(Free, packed * MostTimes);

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        _read += read;
        return _read <= Most(packed) ? read : throw new InvalidDataException($"it unpacks to more than {MostTimes} times its size, as no honest file does");
    }

    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
