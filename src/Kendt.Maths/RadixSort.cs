namespace Kendt.Maths;

/// <summary>Sorts numbers by their bits, a digit of 11 bits at a time from the lowest: linear and stable.</summary>
public static class RadixSort
{
    private const int Bits = 11, Size = 1 << Bits;

    /// <summary>Sorts <paramref name="items"/> by bits <paramref name="from"/> up to <paramref name="to"/>, in place; <paramref name="room"/> is as long.</summary>
    public static void Sort(Span<ulong> items, Span<ulong> room, int from = 0, int to = 64)
    {
        if (room.Length < items.Length) throw new ArgumentException("The room must be as long as the items.", nameof(room));
        room = room[..items.Length];
        var source = items;
        var target = room;
        Span<int> starts = stackalloc int[Size];
        var swapped = false;
        for (var shift = from; shift < to; shift += Bits)
        {
            var mask = (1UL << Math.Min(Bits, to - shift)) - 1;
            starts.Clear();
            foreach (var item in source) starts[(int)((item >> shift) & mask)]++;
            var at = 0;
            foreach (ref var start in starts) (start, at) = (at, at + start);
            foreach (var item in source) target[starts[(int)((item >> shift) & mask)]++] = item;
            var next = source;
            source = target;
            target = next;
            swapped = !swapped;
        }
        if (swapped) source.CopyTo(items);
    }
}
