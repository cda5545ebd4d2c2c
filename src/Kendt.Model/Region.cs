using PhoneNumbers;

namespace Kendt.Model;

/// <summary>The country of a row, as telephone numbers need it: a national number means something only in its country.</summary>
public static class Region
{
    /// <summary>The country where nothing else is said.</summary>
    public const string Default = "DK";

    private static readonly HashSet<string> Codes = PhoneNumberUtil.GetInstance().GetSupportedRegions();

    // Names as people and shops write them, folded; ISO 3166 codes need no entry.
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["danmark"] = "DK",
        ["denmark"] = "DK",
        ["dnk"] = "DK",
        ["faeroeerne"] = "FO",
        ["faroe islands"] = "FO",
        ["groenland"] = "GL",
        ["greenland"] = "GL",
        ["sverige"] = "SE",
        ["sweden"] = "SE",
        ["norge"] = "NO",
        ["norway"] = "NO",
        ["finland"] = "FI",
        ["suomi"] = "FI",
        ["island"] = "IS",
        ["iceland"] = "IS",
        ["uk"] = "GB",
        ["england"] = "GB",
        ["scotland"] = "GB",
        ["wales"] = "GB",
        ["skotland"] = "GB",
        ["great britain"] = "GB",
        ["united kingdom"] = "GB",
        ["storbritannien"] = "GB",
        ["northern ireland"] = "GB",
        ["ireland"] = "IE",
        ["irland"] = "IE",
        ["germany"] = "DE",
        ["tyskland"] = "DE",
        ["deutschland"] = "DE",
        ["netherlands"] = "NL",
        ["holland"] = "NL",
        ["nederland"] = "NL",
        ["belgium"] = "BE",
        ["belgien"] = "BE",
        ["france"] = "FR",
        ["frankrig"] = "FR",
        ["spain"] = "ES",
        ["spanien"] = "ES",
        ["espana"] = "ES",
        ["italy"] = "IT",
        ["italien"] = "IT",
        ["italia"] = "IT",
        ["portugal"] = "PT",
        ["austria"] = "AT",
        ["oestrig"] = "AT",
        ["switzerland"] = "CH",
        ["schweiz"] = "CH",
        ["poland"] = "PL",
        ["polen"] = "PL",
        ["usa"] = "US",
        ["united states"] = "US",
        ["canada"] = "CA",
        ["australia"] = "AU",
        ["australien"] = "AU",
    };

    /// <summary>The ISO 3166 code of a country written as a code or a name; null if it is not known.</summary>
    public static string? Of(string? country)
    {
        if (string.IsNullOrWhiteSpace(country)) return null;
        var text = country.Trim();
        if (text.Length == 2 && Codes.Contains(text.ToUpperInvariant())) return text.ToUpperInvariant();
        return Names.GetValueOrDefault(Fold.Text(text));
    }
}
