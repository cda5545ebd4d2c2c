using System.Text;
using System.Text.Unicode;

namespace Kendt.Unify.Matching.Normalise;

/// <summary>
/// Text as it is compared: lower case, no marks, letters and digits, words with one space between. Danish letters become two plain ones
/// (æ is ae, ø is oe, å is aa), as people write them who do not have the keys; other scripts are transliterated.
/// </summary>
public static class Folded
{
    private static readonly string?[] Plain = new string?[char.MaxValue + 1];

    /// <summary>Folds UTF-8 text.</summary>
    /// <returns>How many bytes of <paramref name="into"/> are filled; what does not fit is left out.</returns>
    public static int Write(ReadOnlySpan<byte> value, Span<byte> into)
    {
        var length = 0;
        var space = false;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c >= 0x80) return WriteUnicode(value, into);
            if (c is >= (byte)'A' and <= (byte)'Z') c |= 0x20;
            if (c is >= (byte)'a' and <= (byte)'z' or >= (byte)'0' and <= (byte)'9')
            {
                if (length + 2 > into.Length) return length;
                if (space && length > 0) into[length++] = (byte)' ';
                space = false;
                into[length++] = c;
            }
            else if (c != '\'')
            {
                space = true;
            }
        }
        return length;
    }

    /// <summary>Folds text.</summary>
    public static string Of(string value)
    {
        Span<byte> into = stackalloc byte[1024];
        return Encoding.ASCII.GetString(into[..Write(Encoding.UTF8.GetBytes(value), into)]);
    }

    private static int WriteUnicode(ReadOnlySpan<byte> value, Span<byte> into)
    {
        Span<char> characters = stackalloc char[value.Length];
        Utf8.ToUtf16(value, characters, out _, out var count);
        characters = characters[..count];
        // A letter and its mark may be written apart.
        if (characters.ContainsAnyInRange('\u0300', '\u036f')) characters = new string(characters).Normalize(NormalizationForm.FormC).ToCharArray();
        var length = 0;
        var space = false;
        foreach (var character in characters)
        {
            if (character is '\'' or '\u2019' or '\u00b4' or '`') continue;
            foreach (var c in Plain[character] ??= Transliterate(character))
            {
                if (!char.IsAsciiLetterOrDigit(c))
                {
                    space |= c != '\'';
                    continue;
                }
                if (length + 2 > into.Length) return length;
                if (space && length > 0) into[length++] = (byte)' ';
                space = false;
                into[length++] = (byte)char.ToLowerInvariant(c);
            }
        }
        return length;
    }

    private static string Transliterate(char character) => character switch
    {
        'æ' or 'Æ' or 'ä' or 'Ä' => "ae",
        'ø' or 'Ø' or 'ö' or 'Ö' => "oe",
        'å' or 'Å' => "aa",
        _ when char.IsSurrogate(character) => " ",
        _ => AnyAscii.Transliteration.Transliterate(character.ToString()) is { Length: > 0 } plain ? plain : char.IsLetterOrDigit(character) || char.GetUnicodeCategory(character) is System.Globalization.UnicodeCategory.NonSpacingMark ? "" : " ",
    };
}
