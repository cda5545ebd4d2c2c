using System.Runtime.InteropServices;

namespace Kendt.Server.Host;

/// <summary>What a load needed goes back to the machine: the runtime's heap, and what the databases' libraries freed but the C library kept.</summary>
internal static partial class ProcessMemory
{
    private const int MmapThreshold = -3, ArenaMax = -8;

    /// <summary>At the start: few arenas, or each thread of each library keeps one of its own; and large pieces outside of them, or what is freed lies between what stays.</summary>
    public static void Begin()
    {
        try
        {
            if (!OperatingSystem.IsLinux()) return;
            _ = MallOpt(ArenaMax, 2);
            _ = MallOpt(MmapThreshold, 64 << 10);
        }
        catch (EntryPointNotFoundException)
        {
            return; // another C library, which has no arenas
        }
    }

    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            if (OperatingSystem.IsLinux()) _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            return;
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint keep);
}
