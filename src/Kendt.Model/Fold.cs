using System.Globalization;
using System.Text;

namespace Kendt.Model;

/// <summary>Text as it is compared in searches: no case, no accents, letters and digits only.</summary>
public static class Fold
{
    /// <summary>Danish letters become two plain ones (æ is ae, ø is oe, å is aa), all others lose their marks.</summary>
    public static string Text(string value)
    {
        var plain = AnyAscii.Transliteration.Transliterate(Danish(value.ToLowerInvariant()));
        var kept = new StringBuilder(plain.Length);
        var space = false;
        foreach (var c in plain)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                if (space && kept.Length > 0) kept.Append(' ');
                kept.Append(char.ToLowerInvariant(c));
                space = false;
            }
            else if (c != '\'')
            {
                space = true;
            }
        }
        return kept.ToString();
    }

    private static string Danish(string lower) => lower
        .Replace("æ", "ae", true, CultureInfo.InvariantCulture)
        .Replace("ø", "oe", true, CultureInfo.InvariantCulture)
        .Replace("å", "aa", true, CultureInfo.InvariantCulture);
}
