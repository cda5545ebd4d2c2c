namespace Kendt.Samples;

/// <summary>What goes wrong between the head and the keyboard.</summary>
internal static class Typing
{
    private const string Keys = "qwertyuiopasdfghjklzxcvbnm";

    /// <summary>One slip: two letters changed about, one left out, one doubled, or the key beside it.</summary>
    public static string Slip(string text, Dice dice)
    {
        if (text.Length < 3) return text;
        var at = dice.Between(1, text.Length - 2);
        return dice.Below(4) switch
        {
            0 when char.IsLetter(text[at]) && char.IsLetter(text[at + 1]) => $"{text[..at]}{text[at + 1]}{text[at]}{text[(at + 2)..]}",
            1 when char.IsLetter(text[at]) => text.Remove(at, 1),
            2 when Keys.Contains(text[at]) => $"{text[..at]}{Keys[(Keys.IndexOf(text[at]) + 1) % Keys.Length]}{text[(at + 1)..]}",
            _ => text.Insert(at, text[at].ToString()),
        };
    }

    /// <summary>The letters that only Danes have, in one of the ways that others write them; other words get a slip or stay.</summary>
    public static string Letters(string text, Dice dice)
    {
        var changed = dice.Below(3) switch
        {
            0 => Replace(text, "ae", "oe", "aa"),
            1 => Replace(text, "a", "o", "a"),
            _ => Replace(text, "æ", "ö", "aa"),
        };
        return changed;

        static string Replace(string text, string ae, string oe, string aa) => text
            .Replace("æ", ae).Replace("ø", oe).Replace("å", aa)
            .Replace("Æ", Capitalise(ae)).Replace("Ø", Capitalise(oe)).Replace("Å", Capitalise(aa));
    }

    public static string Capitalise(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>A telephone number in E.164 as people write it.</summary>
    public static string Phone(string e164, Dice dice)
    {
        var country = e164[1..3];
        var number = e164[3..];
        var pairs = country == "45"
            ? $"{number[..2]} {number[2..4]} {number[4..6]} {number[6..]}"
            : $"{number[..4]} {number[4..]}";
        var home = country == "45" ? "" : "0";
        return dice.Weighted([0.34, 0.2, 0.16, 0.12, 0.08, 0.06, 0.04]) switch
        {
            0 => home + number,
            1 => home + pairs,
            2 => e164,
            3 => $"+{country} {pairs}",
            4 => $"00{country} {number[..4]} {number[4..]}",
            5 => $"00{country}{number}",
            _ => $"(+{country}) {number}",
        };
    }

    /// <summary>The E.164 form of what <see cref="Phone"/> wrote.</summary>
    public static string Normal(string written)
    {
        var digits = string.Concat(written.Where(char.IsAsciiDigit));
        if (digits.Length == 0) return "";
        if (digits.StartsWith("00", StringComparison.Ordinal)) return $"+{digits[2..]}";
        if (written.Contains('+')) return $"+{digits}";
        return digits[0] == '0' ? $"+44{digits[1..]}" : $"+45{digits}";
    }

    public static string WrongDigit(string phone, Dice dice)
    {
        var at = phone.Length - dice.Between(1, 4);
        return char.IsAsciiDigit(phone[at]) ? $"{phone[..at]}{(phone[at] - '0' + dice.Between(1, 9)) % 10}{phone[(at + 1)..]}" : phone;
    }

    public static string Street(string street, double errors, Dice dice)
    {
        if (dice.Chance(0.05 * errors)) street = street.Replace(". ", ".").Replace(", ", " ");
        if (dice.Chance(0.04 * errors))
            street = street.Replace("vej ", "v. ").Replace("gade ", "g. ").Replace(" Road", " Rd").Replace(" Street", " St");
        if (dice.Chance(0.04 * errors)) street = Letters(street, dice);
        if (dice.Chance(0.03 * errors)) street = Slip(street, dice);
        return dice.Chance(0.02 * errors) ? street.ToUpperInvariant() : street;
    }

    /// <summary>Day and month the American way round, or a neighbouring day.</summary>
    public static DateOnly Date(DateOnly date, Dice dice) =>
        date.Day <= 12 && dice.Chance(0.6) ? new DateOnly(date.Year, date.Day, date.Month) : date.AddDays(dice.Chance(0.5) ? 1 : -1);
}
