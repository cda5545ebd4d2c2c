using Kendt.Model;

namespace Kendt.Server.Host;

/// <summary>What the disk says, in words that help.</summary>
public static class Disk
{
    private const int NoSpace = 28, WindowsDiskFull = 112;

    /// <summary>A sentence for a person.</summary>
    public static string Explain(IOException fault) => (fault.HResult & 0xFFFF) is NoSpace or WindowsDiskFull
        ? "The disk is full. Free some space, or choose another disk with --data DIR, and start again: nothing that was acknowledged is lost."
        : $"The disk refused: {fault.Message}";

    /// <summary>Free bytes where a folder lives.</summary>
    public static long Free(string folder) => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;

    /// <exception cref="CannotException">There is less room than <paramref name="bytes"/>.</exception>
    public static void Need(string folder, long bytes)
    {
        var free = Free(folder);
        if (free < bytes)
            throw new CannotException($"The disk of '{folder}' has {free / 1_000_000:N0} MB left, {bytes / 1_000_000:N0} MB are needed. Free some space or choose another folder with --data DIR.");
    }
}
