using System.Text.Json;
using Kendt.Model;

namespace Kendt.Profiles;

/// <summary>
/// The words by which a profile is found, all of them looked up by their beginning: folded words of names, whole
/// identifiers in lower case, e-mail parts, and telephone digits with and without the country.
/// </summary>
internal static class SearchTerms
{
    private static readonly string[] NameTraits = ["firstName", "lastName", "name", "company", "title"];

    public static void AddIdentifier(HashSet<string> terms, Identifier identifier)
    {
        switch (identifier.Type)
        {
            case Identifier.Phone:
                var digits = identifier.Value.TrimStart('+');
                terms.Add(digits);
                if (digits.StartsWith("45", StringComparison.Ordinal) && digits.Length == 10) terms.Add(digits[2..]);
                else if (digits.Length > 10) terms.Add("0" + digits[2..]);
                break;
            case Identifier.Email:
                terms.Add(identifier.Value);
                AddWords(terms, identifier.Value[..identifier.Value.IndexOf('@', StringComparison.Ordinal)]);
                break;
            default:
                terms.Add(identifier.Value.ToLowerInvariant());
                break;
        }
    }

    public static void AddTraits(HashSet<string> terms, ProfileDocument document)
    {
        foreach (var name in NameTraits)
        {
            if (!document.Traits.TryGetValue(name, out var words)) continue;
            foreach (var word in words)
            {
                if (word.Value.ValueKind is JsonValueKind.String) AddWords(terms, word.Value.GetString()!);
                else if (word.Value.ValueKind is JsonValueKind.Object && word.Value.TryGetProperty("name", out var inner) && inner.ValueKind is JsonValueKind.String) AddWords(terms, inner.GetString()!);
            }
        }
    }

    /// <summary>What a person typed, as beginnings that must all be found.</summary>
    public static IReadOnlyList<string> Asked(string text)
    {
        var typed = text.Trim();
        if (Identifier.TryParse(typed, out var exact) && exact.Type is not (Identifier.Email or Identifier.Phone)) return [exact.Value.ToLowerInvariant()];
        if (typed.Contains('@', StringComparison.Ordinal)) return [typed.ToLowerInvariant()];
        var digits = string.Concat(typed.Where(char.IsAsciiDigit));
        if (digits.Length >= 4 && typed.All(c => char.IsAsciiDigit(c) || c is ' ' or '+' or '-' or '(' or ')')) return [digits.StartsWith("00", StringComparison.Ordinal) ? digits[2..] : digits];
        return [.. Fold.Text(typed).Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(5)];
    }

    private static void AddWords(HashSet<string> terms, string text)
    {
        foreach (var word in Fold.Text(text).Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(8)) terms.Add(word.Length > 60 ? word[..60] : word);
    }
}
