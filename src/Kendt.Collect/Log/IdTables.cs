using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Kendt.Collect;

/// <summary>
/// The ids of all messages in the log, so that each is taken once, however long ago it came. Tables of growing size, each
/// twice the one before; only the last takes more. They are derived: what is not known to be on the disk is put in again
/// from the segments, and all of it if they are gone. An id is XxHash128 of source and messageId under a key of this log's
/// own, so that nobody can choose ids that collide; of a billion messages one is taken for another with a chance of 1 in
/// 10^9.
/// </summary>
internal sealed class IdTables : IDisposable
{
    private const ulong Magic = 0x3153_4449_544E_4B; // "KNTIDS1"
    private const int MarkLength = 40;

    private readonly string _folder;
    private readonly long _firstSlots;
    private IdTable[] _tables = []; // replaced as a whole: another thread may be saving them
    private long _seed;

    private IdTables(string folder, long firstSlots) => (_folder, _firstSlots) = (folder, firstSlots);

    /// <summary>Every message up to this place is in the tables on the disk.</summary>
    public long Through { get; private set; }

    /// <summary>The place that an earlier process had saved them to; after the log's end if messages of it are gone.</summary>
    public long Reached { get; private set; }

    /// <param name="last">The end of the log: tables that know more are made anew, so that what is gone can be sent again.</param>
    /// <param name="firstSlots">Slots of the first table, a power of two.</param>
    public static IdTables Open(string folder, long last, long firstSlots)
    {
        Directory.CreateDirectory(folder);
        var tables = new IdTables(folder, firstSlots);
        try
        {
            var isThere = tables.TryLoad();
            tables.Reached = tables.Through;
            if (!isThere || tables.Through > last) tables.Begin();
            return tables;
        }
        catch
        {
            tables.Dispose();
            throw;
        }
    }

    public UInt128 DigestOf(ReadOnlySpan<char> source, ReadOnlySpan<char> messageId)
    {
        var length = source.Length + 1 + messageId.Length;
        Span<char> text = length <= 512 ? stackalloc char[length] : new char[length];
        source.CopyTo(text);
        text[source.Length] = '\0';
        messageId.CopyTo(text[(source.Length + 1)..]);
        return XxHash128.HashToUInt128(MemoryMarshal.AsBytes(text), _seed);
    }

    public bool Contains(UInt128 digest)
    {
        var tables = _tables;
        for (var i = tables.Length - 1; i >= 0; i--) if (tables[i].Contains(digest)) return true;
        return false;
    }

    /// <summary>Says that a digest will be asked for soon: nearly all the time of asking is waiting for memory.</summary>
    public void Prefetch(UInt128 digest)
    {
        foreach (var table in _tables) table.Prefetch(digest);
    }

    /// <summary>Makes sure that so many more can be added without asking the disk for room.</summary>
    /// <exception cref="IOException">The disk has none.</exception>
    public void MakeRoom(int count)
    {
        while (_tables.Length == 0 || _tables[^1].Room < count) _tables = [.. _tables, IdTable.Create(PathOf(_tables.Length), SlotsOf(_tables.Length))];
    }

    public void Add(UInt128 digest) => _tables[^1].Add(digest);

    /// <summary>Brings the tables to the disk. May run while more is added.</summary>
    /// <param name="through">Every message up to this place was added before.</param>
    public void Save(long through)
    {
        var tables = _tables;
        foreach (var table in tables) table.Save();
        WriteMark(through, tables.Length);
    }

    public void Dispose()
    {
        foreach (var table in _tables) table.Dispose();
        _tables = [];
    }

    private string MarkPath => Path.Combine(_folder, "saved");

    private string PathOf(int number) => Path.Combine(_folder, $"{number:D2}.ids");

    private long SlotsOf(int number) => _firstSlots << number;

    private bool TryLoad()
    {
        if (!File.Exists(MarkPath) || File.ReadAllBytes(MarkPath) is not { Length: MarkLength } mark) return false;
        if (BinaryPrimitives.ReadUInt64LittleEndian(mark) != Magic || BinaryPrimitives.ReadUInt64LittleEndian(mark.AsSpan(32)) != XxHash3.HashToUInt64(mark.AsSpan(0, 32))) return false;
        (_seed, Through) = (BinaryPrimitives.ReadInt64LittleEndian(mark.AsSpan(8)), BinaryPrimitives.ReadInt64LittleEndian(mark.AsSpan(16)));
        for (var n = 0; new FileInfo(PathOf(n)) is { Exists: true } file; n++)
        {
            if (file.Length != SlotsOf(n) * sizeof(ulong)) break; // it was being made when the process ended, or is damaged
            _tables = [.. _tables, IdTable.Open(file.FullName)];
        }
        return _tables.Length >= BinaryPrimitives.ReadInt64LittleEndian(mark.AsSpan(24));
    }

    private void Begin()
    {
        Dispose();
        foreach (var old in Directory.EnumerateFiles(_folder, "*.ids")) File.Delete(old);
        _seed = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
        WriteMark(0, 0);
    }

    // What it is, the key, how far the tables are on the disk and how many they are, a checksum.
    private void WriteMark(long through, int tables)
    {
        var mark = new byte[MarkLength];
        BinaryPrimitives.WriteUInt64LittleEndian(mark, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(mark.AsSpan(8), _seed);
        BinaryPrimitives.WriteInt64LittleEndian(mark.AsSpan(16), through);
        BinaryPrimitives.WriteInt64LittleEndian(mark.AsSpan(24), tables);
        BinaryPrimitives.WriteUInt64LittleEndian(mark.AsSpan(32), XxHash3.HashToUInt64(mark.AsSpan(0, 32)));
        using (var file = File.OpenHandle(MarkPath + ".new", FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, mark, 0);
            RandomAccess.FlushToDisk(file);
        }
        File.Move(MarkPath + ".new", MarkPath, overwrite: true);
        Through = through;
    }
}
