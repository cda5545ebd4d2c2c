using System.Runtime.InteropServices;
using Kendt.Maths;

namespace Kendt.Unify.Matching.Reading;

/// <summary>
/// Distinct values (bytes) and their numbers, given in the order of first sight from 1; 0 is "no value". Values lie in segments, so that
/// growing copies nothing.
/// </summary>
internal sealed class ValueDictionary
{
    private const int SegmentBits = 22, SegmentSize = 1 << SegmentBits;

    private readonly List<byte[]> _segments = [];
    private int _used = SegmentSize;
    private Entry[] _entries = new Entry[8];
    private int[] _slots = new int[16];

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        public uint Hash;
        public uint At;
        public ushort Length;
    }

    /// <summary>The longest value that is kept; a longer one is cut.</summary>
    public const int Longest = 2000;

    /// <summary>How many distinct values there are; their numbers are 1 to this.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of a value.</summary>
    public ReadOnlySpan<byte> this[int number]
    {
        get
        {
            ref var entry = ref _entries[number];
            return MemoryMarshal.CreateReadOnlySpan(ref _segments[(int)(entry.At >> SegmentBits)][entry.At & (SegmentSize - 1)], entry.Length);
        }
    }

    /// <summary>Where a value lies, for <see cref="At"/>.</summary>
    public uint Place(int number) => _entries[number].At;

    /// <summary>The bytes at a place, without looking the value up.</summary>
    public ReadOnlySpan<byte> At(uint place, int length) => MemoryMarshal.CreateReadOnlySpan(ref _segments[(int)(place >> SegmentBits)][place & (SegmentSize - 1)], length);

    /// <summary>The number of a value, new if it was not seen before. An empty value is 0.</summary>
    public int Add(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return 0;
        if (value.Length > Longest) value = value[..Longest];
        var hash = (uint)Hash.Of(value);
        var mask = _slots.Length - 1;
        for (var slot = (int)(hash & mask); ; slot = (slot + 1) & mask)
        {
            var number = _slots[slot];
            if (number == 0) return Insert(value, hash, slot);
            if (_entries[number].Hash == hash && value.SequenceEqual(this[number])) return number;
        }
    }

    /// <summary>Adds a value that is known not to be there yet, and that nobody will look for; gives its place.</summary>
    public uint Append(ReadOnlySpan<byte> value)
    {
        Reserve(Math.Max(1, value.Length));
        value.CopyTo(_segments[^1].AsSpan(_used));
        var number = ++Count;
        if (number == _entries.Length) Array.Resize(ref _entries, number * 2);
        var place = (uint)((_segments.Count - 1) << SegmentBits | _used);
        _entries[number] = new() { At = place, Length = (ushort)value.Length };
        _used += value.Length;
        return place;
    }

    /// <summary>Lets values that were appended be looked for.</summary>
    public void Index()
    {
        while (_slots.Length < Count * 2) _slots = new int[_slots.Length * 2];
        Array.Clear(_slots);
        var mask = _slots.Length - 1;
        for (var number = 1; number <= Count; number++)
        {
            if (_entries[number].Length == 0) continue; // a number that nothing is known of any more
            _entries[number].Hash = (uint)Hash.Of(this[number]);
            var slot = (int)(_entries[number].Hash & mask);
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = number;
        }
    }

    private int Insert(ReadOnlySpan<byte> value, uint hash, int slot)
    {
        Append(value);
        var number = Count;
        _entries[number].Hash = hash;
        _slots[slot] = number;
        if (number * 2 > _slots.Length) Grow();
        return number;
    }

    private void Reserve(int length)
    {
        if (_used + length > SegmentSize)
        {
            _segments.Add(new byte[_segments.Count == 0 ? Math.Max(256, length) : SegmentSize]);
            _used = 0;
        }
        // The first segment begins small: a file may have thousands of columns with next to nothing in them.
        if (_used + length > _segments[^1].Length) _segments[^1] = Larger(_segments[^1], _used + length);
    }

    private static byte[] Larger(byte[] segment, int atLeast)
    {
        Array.Resize(ref segment, Math.Min(SegmentSize, Math.Max(atLeast, segment.Length * 4)));
        return segment;
    }

    private void Grow()
    {
        var slots = new int[_slots.Length * 2];
        var mask = slots.Length - 1;
        for (var number = 1; number <= Count; number++)
        {
            if (_entries[number].Length == 0) continue;
            var slot = (int)(_entries[number].Hash & mask);
            while (slots[slot] != 0) slot = (slot + 1) & mask;
            slots[slot] = number;
        }
        _slots = slots;
    }
}
