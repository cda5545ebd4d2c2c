using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kendt.Collect;

/// <summary>What .NET has no call for.</summary>
internal static partial class Durable
{
    /// <summary>Writes all of some bytes at a place of a file, or throws.</summary>
    public delegate void Writing(SafeFileHandle file, ReadOnlySpan<byte> bytes, long at);

    /// <summary>Brings a folder's own list of files to the disk. Windows does so by itself.</summary>
    public static void Folder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new SafeFileHandle(Open(path, 0), ownsHandle: true);
        if (folder.IsInvalid) throw new IOException($"The folder '{path}' cannot be opened.");
        RandomAccess.FlushToDisk(folder);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);
}
