using System.Text.RegularExpressions;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>How a number is written, as far as the cell itself says.</summary>
internal enum NumberForm
{
    /// <summary>No number.</summary>
    None,
    Whole,
    /// <summary>Digits with a zero before them: a name for something, not an amount.</summary>
    Padded,
    /// <summary>12.50 or 1,234.50.</summary>
    Point,
    /// <summary>12,50 or 1.234,50.</summary>
    Comma,
    /// <summary>1.234: a thousand and more, or one and a bit.</summary>
    EitherPoint,
    /// <summary>1,234: the same.</summary>
    EitherComma,
}

/// <summary>What one cell's text looks like.</summary>
internal static partial class CellKind
{
    private static readonly HashSet<string> Genders = new(["m", "f", "k", "x", "male", "female", "man", "woman", "mand", "kvinde", "han", "hun", "herre", "dame", "other", "andet"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> Currencies = new(["DKK", "EUR", "USD", "SEK", "NOK", "GBP", "CHF", "PLN", "ISK", "CZK", "HUF", "CAD", "AUD", "JPY"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> Languages = new(["da", "da-DK", "en", "en-US", "en-GB", "sv", "nb", "no", "de", "fr", "es", "it", "nl", "pl", "fi", "dansk", "danish", "english", "engelsk", "svensk", "norsk", "tysk", "german"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> States = new(["granted", "denied", "opt-in", "opt-out", "optin", "optout", "accepted", "declined", "withdrawn", "revoked", "samtykket", "afvist", "trukket"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> Actions = new(["sent", "send", "open", "opened", "click", "clicked", "bounce", "bounced", "unsubscribe", "unsubscribed", "delivered", "sendt", "åbnet", "klik", "klikket", "afmeldt"], StringComparer.OrdinalIgnoreCase);

    // The commonest of Denmark and of the English-speaking world: enough to see that a column is one of first names.
    private static readonly HashSet<string> FirstNames = new(("anne kirsten hanne mette anna helle susanne lene maria marianne inge karen lone bente camilla pia charlotte louise jette " +
        "christina line julie ida emma sofie laura freja clara mathilde katrine maja signe peter jens michael lars thomas søren henrik martin jan christian " +
        "jesper niels anders morten rasmus hans mads ole per mikkel frederik william oliver noah emil lucas magnus victor alfred oscar carl jørgen poul erik kim " +
        "james john robert david richard joseph daniel matthew mark paul andrew mary patricia jennifer linda elizabeth barbara susan jessica sarah lisa emily alice jane kate").Split(' '), StringComparer.OrdinalIgnoreCase);

    public static bool IsEmail(string text) => text.Contains('@', StringComparison.Ordinal) && Identifier.TryCreate(Identifier.Email, text, out _, out _);

    /// <summary>With a country's prefix, or in groups.</summary>
    public static bool IsPhone(string text) => text.Length is >= 8 and <= 24 && Phone().IsMatch(text);

    /// <summary>Eight plain digits: a Danish number, or a number of another kind.</summary>
    public static bool MayBePhone(string text) => text.Length == 8 && text[0] is >= '2' and <= '9' && text.All(char.IsAsciiDigit);

    public static bool IsUrl(string text) => text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("www.", StringComparison.OrdinalIgnoreCase);

    public static bool IsCountry(string text) => Region.Of(text) is not null;

    public static bool IsGender(string text) => Genders.Contains(text);

    public static bool IsCurrency(string text) => Currencies.Contains(text);

    public static bool IsLanguage(string text) => Languages.Contains(text);

    public static bool IsConsentState(string text) => States.Contains(text);

    public static bool IsMailAction(string text) => Actions.Contains(text);

    public static bool IsFirstName(string text) => FirstNames.Contains(text.Split(' ', '-')[0]);

    /// <summary>A word and a house number.</summary>
    public static bool IsStreet(string text) => text.Length <= 120 && Street().IsMatch(text);

    /// <summary>1000 to 9990, as Danish post codes are.</summary>
    public static bool IsPostalCode(string text) => text.Length == 4 && text[0] != '0' && text.All(char.IsAsciiDigit);

    /// <summary>A Danish personal number (CPR): a day of birth and four digits.</summary>
    public static bool IsPersonalNumber(string text) => text.Length is 10 or 11 && PersonalNumber().IsMatch(text);

    public static NumberForm NumberOf(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty || text.Length > 40) return NumberForm.None;
        var digits = text[0] is '-' or '+' ? text[1..] : text;
        if (digits.IsEmpty || !char.IsAsciiDigit(digits[0]) || !char.IsAsciiDigit(digits[^1])) return NumberForm.None;
        int points = 0, commas = 0, lastMark = -1;
        for (var i = 0; i < digits.Length; i++)
        {
            var c = digits[i];
            if (char.IsAsciiDigit(c)) continue;
            if (c == '.') points++;
            else if (c == ',') commas++;
            else return NumberForm.None;
            lastMark = i;
        }
        if (lastMark < 0) return digits.Length > 1 && digits[0] == '0' ? NumberForm.Padded : NumberForm.Whole;
        var mark = digits[lastMark];
        if (points > 0 && commas > 0) return Grouped(digits, lastMark) ? mark == '.' ? NumberForm.Point : NumberForm.Comma : NumberForm.None;
        var first = digits.IndexOf(mark);
        if (points + commas > 1) return Groups(digits, first, mark) ? mark == '.' ? NumberForm.Comma : NumberForm.Point : NumberForm.None;
        var after = digits.Length - lastMark - 1;
        if (after == 3 && first is >= 1 and <= 3 && digits[0] != '0') return mark == '.' ? NumberForm.EitherPoint : NumberForm.EitherComma;
        return mark == '.' ? NumberForm.Point : NumberForm.Comma;
    }

    // 1.234.567,89: the last mark once, the other between threes.
    private static bool Grouped(ReadOnlySpan<char> digits, int lastMark)
    {
        var other = digits[lastMark] == '.' ? ',' : '.';
        return digits[..lastMark].IndexOf(digits[lastMark]) < 0 && Groups(digits[..lastMark], digits.IndexOf(other), other);
    }

    private static bool Groups(ReadOnlySpan<char> digits, int first, char mark)
    {
        if (first is < 1 or > 3) return false;
        for (var at = first; at < digits.Length; at += 4)
        {
            if (digits[at] != mark || digits.Length - at < 4 || digits.Slice(at + 1, 3).ContainsAnyExceptInRange('0', '9')) return false;
        }
        return true;
    }

    [GeneratedRegex(@"^(?:(?:\+|00)[1-9](?:[ ().-]?[0-9]){6,14}|[0-9]{2}(?: [0-9]{2}){3}|[0-9]{4} [0-9]{4}|\(?0[0-9]{1,4}\)?(?:[ -][0-9]{2,5}){2,3})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Phone();

    [GeneratedRegex(@"^\p{L}[\p{L} .'-]{2,60} [0-9]{1,4} ?\p{L}?(?:[ ,].{0,30})?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Street();

    [GeneratedRegex(@"^(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}-?[0-9]{4}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PersonalNumber();
}
