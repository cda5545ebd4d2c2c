using System.IO.MemoryMappedFiles;
using System.Runtime.Intrinsics.X86;

namespace Kendt.Collect;

/// <summary>
/// A set of 128-bit digests in a memory-mapped file: open addressing, 8 bytes a slot. One half of a digest says where to
/// look, the other is what stands there; 0 is an empty slot. Entries never move, so whichever pages reached the disk when
/// the power went, what was saved before is still found.
/// </summary>
internal sealed unsafe class IdTable : IDisposable
{
    private readonly FileStream _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly ulong* _slots;
    private readonly ulong _mask;
    private long _count;

    private IdTable(FileStream file)
    {
        _file = file;
        _map = MemoryMappedFile.CreateFromFile(file, null, file.Length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, file.Length);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _slots = (ulong*)start;
        _mask = (ulong)(file.Length / sizeof(ulong)) - 1;
    }

    /// <summary>How many more entries it takes: beyond 70 % the way to an empty slot becomes long.</summary>
    public long Room => (long)(_mask + 1) * 7 / 10 - _count;

    /// <exception cref="IOException">The disk has no room for all of it; a mapped file must not grow into a full disk.</exception>
    public static IdTable Create(string path, long slots)
    {
        var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, PreallocationSize = slots * sizeof(ulong), BufferSize = 0 });
        try
        {
            file.SetLength(slots * sizeof(ulong));
            return new(file);
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Opens a table as an earlier process left it.</summary>
    public static IdTable Open(string path)
    {
        var table = new IdTable(new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, BufferSize = 0 }));
        for (ulong at = 0; at <= table._mask; at += Stretch)
        {
            var slots = new ReadOnlySpan<ulong>(table._slots + at, (int)Math.Min(Stretch, table._mask + 1 - at));
            table._count += slots.Length - slots.Count(0UL);
        }
        return table;
    }

    private const ulong Stretch = 1 << 24;

    public bool Contains(UInt128 digest)
    {
        var entry = EntryOf(digest);
        for (var at = (ulong)digest & _mask; ; at = (at + 1) & _mask)
        {
            if (_slots[at] == entry) return true;
            if (_slots[at] == 0) return false;
        }
    }

    /// <summary>Has the processor fetch the place where a digest would stand, while it does something else.</summary>
    public void Prefetch(UInt128 digest)
    {
        if (Sse.IsSupported) Sse.Prefetch0(_slots + ((ulong)digest & _mask));
    }

    /// <summary>Adds a digest that is not there yet.</summary>
    public void Add(UInt128 digest)
    {
        var at = (ulong)digest & _mask;
        while (_slots[at] != 0) at = (at + 1) & _mask;
        _slots[at] = EntryOf(digest);
        _count++;
    }

    /// <summary>Brings it to the disk.</summary>
    public void Save()
    {
        _view.Flush();
        _file.Flush(flushToDisk: true);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
        _file.Dispose();
    }

    private static ulong EntryOf(UInt128 digest) => (ulong)(digest >> 64) is var high and not 0 ? high : 1;
}
