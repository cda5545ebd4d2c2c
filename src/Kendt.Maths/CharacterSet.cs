using System.Numerics;

namespace Kendt.Maths;

/// <summary>
/// 64 bits that say which letters and digits a folded text has, and of each letter whether once, or twice and more. What two texts
/// have in common is at most <see cref="Common"/>, so most pairs are told apart without looking at the texts.
/// </summary>
public static class CharacterSet
{
    /// <summary>Bits 0-25: has the letter; 26-51: has it twice; 52-61: has the digit; 62: anything else.</summary>
    public static ulong Of(ReadOnlySpan<byte> folded)
    {
        ulong set = 0;
        foreach (var c in folded)
        {
            if (c is >= (byte)'a' and <= (byte)'z')
            {
                var bit = 1UL << (c - 'a');
                set |= (set & bit) << 26 | bit;
            }
            else if (c is >= (byte)'0' and <= (byte)'9')
            {
                set |= 1UL << (52 + c - '0');
            }
            else
            {
                set |= 1UL << 62;
            }
        }
        return set;
    }

    /// <summary>
    /// At most so many characters can two texts have in common. Characters beyond those that the bits can count are given the benefit of
    /// the doubt.
    /// </summary>
    public static int Common(ulong left, int leftLength, ulong right, int rightLength) =>
        BitOperations.PopCount(left & right) + Math.Min(leftLength - BitOperations.PopCount(left), rightLength - BitOperations.PopCount(right));
}
