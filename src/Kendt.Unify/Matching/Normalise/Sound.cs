using Kendt.Maths;

namespace Kendt.Unify.Matching.Normalise;

/// <summary>
/// A key that names have in common which sound alike in Danish or English, or are often written for each other: doubled letters once,
/// <c>c k q ck</c>, <c>ph f</c>, <c>v w hv</c>, <c>z s</c>, <c>th t dt</c>, silent <c>d</c> after <c>l n r</c>, <c>j hj gj i y</c>; vowels only
/// at the beginning.
/// </summary>
public static class Sound
{
    /// <summary>The key of folded text, as text of consonants; spaces are passed over.</summary>
    public static int Write(ReadOnlySpan<byte> folded, Span<byte> into)
    {
        var length = 0;
        byte last = 0;
        for (var i = 0; i < folded.Length && length < into.Length; i++)
        {
            var c = (char)folded[i];
            if (c == ' ') continue;
            var next = i + 1 < folded.Length ? (char)folded[i + 1] : ' ';
            var before = i > 0 ? (char)folded[i - 1] : ' ';
            var sound = c switch
            {
                'a' or 'e' or 'o' or 'u' or 'i' or 'y' => length == 0 ? Vowel(c, next) : '\0',
                'b' => 'b',
                'c' when next is 'e' or 'i' or 'y' => 's',
                'c' when next == 'h' && before != 's' => 'k',
                'c' or 'k' or 'q' => 'k',
                'd' when before is 'l' or 'n' or 'r' && next is not ('a' or 'e' or 'i' or 'o' or 'u' or 'y') => '\0',
                'd' or 't' => 't',
                'f' => 'f',
                'g' when next == 'h' => '\0',
                'g' when next == 'j' => '\0',
                'g' => 'g',
                'h' => length == 0 && next is not ('v' or 'j') ? 'h' : '\0',
                'j' => 'j',
                'l' => 'l',
                'm' => 'm',
                'n' => 'n',
                'p' when next == 'h' => 'f',
                'p' => 'p',
                'r' => 'r',
                's' or 'z' or 'x' => 's',
                'v' or 'w' => 'v',
                >= '0' and <= '9' => c,
                _ => '\0',
            };
            if (sound == '\0') continue;
            if (sound == last) continue;
            into[length++] = last = (byte)sound;
        }
        return length;
    }

    /// <summary>The key as a number; 0 if nothing sounds.</summary>
    public static uint Of(ReadOnlySpan<byte> folded)
    {
        Span<byte> room = stackalloc byte[12];
        var length = Write(folded, room);
        return length == 0 ? 0 : (uint)Hash.Of(room[..length]) | 1;
    }

    // Beginnings that are written for each other.
    private static char Vowel(char c, char next) => c switch
    {
        'i' or 'y' or 'j' => 'i',
        'o' when next == 'e' => 'o',
        'a' when next == 'e' => 'e',
        _ => c,
    };
}
