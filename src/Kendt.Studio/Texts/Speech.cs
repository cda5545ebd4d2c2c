using System.Globalization;

namespace Kendt.Studio.Texts;

/// <summary>The languages of Studio, and how each writes numbers and dates.</summary>
public static class Speech
{
    /// <summary>The cookie that remembers a reader's choice.</summary>
    public const string Cookie = "kendt-language";

    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");
    private static readonly CultureInfo Danish = CultureInfo.GetCultureInfo("da-DK");

    /// <summary>What can be chosen: code and its own name.</summary>
    public static IReadOnlyList<(string Code, string Name)> All { get; } = [("en", "English"), ("da", "Dansk")];

    /// <summary>The two-letter code of the language that is being spoken.</summary>
    public static string Code => IsDanish ? "da" : "en";

    /// <summary>
    /// How numbers and dates are written. It follows <see cref="CultureInfo.CurrentUICulture"/>: the other culture of a
    /// thread stays invariant, so that nothing but what a person reads is ever written in a local form.
    /// </summary>
    public static CultureInfo Forms => IsDanish ? Danish : English;

    private static bool IsDanish => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "da";

    /// <summary>The language for a request: the cookie if it names one, else the first known in Accept-Language, else English.</summary>
    public static CultureInfo For(string? cookie, IEnumerable<string> accepted)
    {
        var code = Known(cookie) ?? accepted.Select(Known).FirstOrDefault(known => known is not null) ?? "en";
        return code == "da" ? Danish : English;
    }

    private static string? Known(string? tag)
    {
        var code = tag?.Split('-', ';')[0].Trim().ToLowerInvariant();
        return code is "en" or "da" ? code : null;
    }
}
