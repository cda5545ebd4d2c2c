using Kendt.Model;

namespace Kendt.Server.Host;

/// <summary>
/// Stops work before the disk is full, while there is still room to end in order: the databases need some to write what
/// they have begun. Looks at most once a second.
/// </summary>
public sealed class DiskGuard(KendtOptions options, TimeProvider time)
{
    /// <summary>Bytes that are left alone.</summary>
    public const long Reserve = 96L << 20;

    private long _looked;
    private long _free = long.MaxValue;

    /// <summary>True when nothing more may be taken.</summary>
    public bool IsLow => Free < Reserve;

    /// <exception cref="CannotException">The disk is nearly full; the message says what to do.</exception>
    public void Need()
    {
        var free = Free;
        if (free < Reserve)
            throw new CannotException($"The disk of '{options.Folder}' is nearly full ({free / 1_000_000:N0} MB left). Free some space and start again: nothing that was taken is lost, and it goes on where it was.");
    }

    /// <summary>Free bytes of the workspace's disk.</summary>
    public long Free => Look();

    private long Look()
    {
        var now = time.GetTimestamp();
        var looked = Interlocked.Read(ref _looked);
        if (looked != 0 && time.GetElapsedTime(looked, now) < TimeSpan.FromSeconds(1)) return Interlocked.Read(ref _free);
        Interlocked.Exchange(ref _free, Disk.Free(options.Folder));
        Interlocked.Exchange(ref _looked, now);
        return Interlocked.Read(ref _free);
    }
}
