using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Kendt.Maths;

/// <summary>
/// How alike two folded texts (a byte a character) are. Up to 64 characters the work is done on the bits of machine words: all places of a
/// character in the other text come from one comparison of vectors. Longer texts are compared by their first 64 characters.
/// </summary>
public static class TextDistance
{
    private const int Longest = 64;

    /// <summary>Jaro-Winkler similarity (Winkler 1990), 0 to 1; equal prefixes of up to four characters count 0.1 each.</summary>
    [SkipLocalsInit]
    public static double JaroWinkler(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length > Longest) left = left[..Longest];
        if (right.Length > Longest) right = right[..Longest];
        if (left.Length == 0 || right.Length == 0) return left.Length == right.Length ? 1 : 0;
        Span<byte> room = stackalloc byte[Longest];
        var places = new Places(right, room);
        var reach = Math.Max(0, Math.Max(left.Length, right.Length) / 2 - 1);
        ulong used = 0, hits = 0;
        for (var i = 0; i < left.Length; i++)
        {
            var low = i - reach;
            var window = (low > 0 ? ulong.MaxValue << low : ulong.MaxValue) & (i + reach >= 63 ? ulong.MaxValue : (1UL << (i + reach + 1)) - 1);
            var free = places.Of(left[i]) & window & ~used;
            if (free == 0) continue;
            used |= free & (0 - free);
            hits |= 1UL << i;
        }
        if (hits == 0) return 0;
        var matches = BitOperations.PopCount(hits);
        var moved = 0;
        for (; hits != 0; hits &= hits - 1, used &= used - 1)
        {
            if (left[BitOperations.TrailingZeroCount(hits)] != right[BitOperations.TrailingZeroCount(used)]) moved++;
        }
        double m = matches;
        var jaro = (m / left.Length + m / right.Length + (m - moved / 2) / m) / 3;
        var prefix = 0;
        while (prefix < 4 && prefix < left.Length && prefix < right.Length && left[prefix] == right[prefix]) prefix++;
        return jaro + prefix * 0.1 * (1 - jaro);
    }

    /// <summary>No Jaro-Winkler similarity can be higher, given how many characters the texts have in common at most.</summary>
    public static double JaroWinklerAtMost(int common, int leftLength, int rightLength)
    {
        if (common <= 0) return 0;
        var jaro = ((double)common / leftLength + (double)common / rightLength + 1) / 3;
        return jaro >= 1 ? 1 : jaro + 0.4 * (1 - jaro);
    }

    /// <summary>
    /// How many characters must be put in, left out, changed, or swapped with their neighbour (optimal string alignment), bit-parallel after
    /// Hyyrö (2003).
    /// </summary>
    [SkipLocalsInit]
    public static int Edits(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length > Longest) left = left[..Longest];
        if (right.Length > Longest) right = right[..Longest];
        if (left.Length == 0 || right.Length == 0) return left.Length + right.Length;
        Span<byte> room = stackalloc byte[Longest];
        var places = new Places(left, room);
        ulong plus = ulong.MaxValue, minus = 0, diagonal = 0, before = 0;
        var last = 1UL << (left.Length - 1);
        var edits = left.Length;
        foreach (var c in right)
        {
            var here = places.Of(c);
            var swap = ((~diagonal & here) << 1) & before;
            diagonal = swap | (((here & plus) + plus) ^ plus) | here | minus;
            var up = minus | ~(diagonal | plus);
            var down = diagonal & plus;
            if ((up & last) != 0) edits++;
            else if ((down & last) != 0) edits--;
            up = up << 1 | 1;
            down <<= 1;
            plus = down | ~(diagonal | up);
            minus = up & diagonal;
            before = here;
        }
        return edits;
    }

    // The bytes of a text in vectors: where a character stands is one comparison.
    private readonly ref struct Places
    {
        private readonly Vector256<byte> _low, _high;
        private readonly ulong _within;
        private readonly bool _long;

        public Places(ReadOnlySpan<byte> text, Span<byte> room)
        {
            text.CopyTo(room);
            ref var first = ref MemoryMarshal.GetReference(room);
            _low = Vector256.LoadUnsafe(ref first);
            _long = text.Length > 32;
            if (_long) _high = Vector256.LoadUnsafe(ref first, 32);
            _within = text.Length == 64 ? ulong.MaxValue : (1UL << text.Length) - 1;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ulong Of(byte character)
        {
            var all = Vector256.Create(character);
            ulong bits = Vector256.Equals(_low, all).ExtractMostSignificantBits();
            if (_long) bits |= (ulong)Vector256.Equals(_high, all).ExtractMostSignificantBits() << 32;
            return bits & _within;
        }
    }
}
