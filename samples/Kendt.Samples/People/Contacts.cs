using System.Text;

namespace Kendt.Samples;

/// <summary>Telephone numbers in E.164, in ranges that are in use in Denmark and the United Kingdom.</summary>
internal static class Phones
{
    private static readonly string[] DanishMobiles =
        ["20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "40", "41", "42", "50", "51", "53", "60", "61",
            "71", "81"];

    private static readonly string[] BritishMobiles =
        ["7305", "7401", "7415", "7512", "7538", "7725", "7740", "7810", "7843", "7912", "7957"];

    public static string Mobile(bool danish, Dice dice) =>
        danish
            ? $"+45{dice.Pick(DanishMobiles)}{dice.Between(100_000, 999_999)}"
            : $"+44{dice.Pick(BritishMobiles)}{dice.Below(1_000_000):D6}";

    public static string Landline(string area, Dice dice) => $"+45{area}{dice.Between(100_000, 999_999)}";
}

/// <summary>Gives every person a mailbox of their own; hosts are reserved names that receive no mail (RFC 2606).</summary>
internal sealed class Mailboxes
{
    private static readonly string[] DanishHosts =
        ["fjeldpost.example", "mail.example", "e-brev.example", "hjemmepost.example", "postkassen.example", "bredbaand.example"];

    private static readonly string[] BritishHosts = ["mail.example", "inbox.example", "postbox.example", "webmail.example"];

    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    public string New(string given, string family, int birthYear, bool danish, Dice dice)
    {
        var first = Ascii(given.Split(' ', '-')[0]);
        var last = Ascii(family);
        var host = dice.PickEarly(danish ? DanishHosts : BritishHosts, 1.5);
        var local = dice.Below(8) switch
        {
            0 or 1 or 2 => $"{first}.{last}",
            3 => $"{first}{last}",
            4 => $"{first[0]}.{last}",
            5 => $"{first}{birthYear % 100:D2}",
            6 => $"{first}_{last}",
            _ => $"{last}.{first}",
        };
        return Unique(local, host, dice);
    }

    public string Family(string family, bool danish, Dice dice) =>
        Unique(danish ? $"familien.{Ascii(family)}" : $"the{Ascii(family)}s", danish ? "hjemmepost.example" : "postbox.example", dice);

    public string Work(string given, string family, string domain, Dice dice) =>
        Unique($"{Ascii(given.Split(' ', '-')[0])}.{Ascii(family)}", domain, dice);

    /// <summary>As Danes write their letters where only ASCII is allowed.</summary>
    public static string Ascii(string text)
    {
        var ascii = new StringBuilder(text.Length + 2);
        foreach (var letter in text.ToLowerInvariant())
        {
            if (letter is >= 'a' and <= 'z') ascii.Append(letter);
            else ascii.Append(letter switch { 'æ' => "ae", 'ø' => "oe", 'å' => "aa", 'ä' => "ae", 'ö' => "oe", _ => "" });
        }

        return ascii.ToString();
    }

    private string Unique(string local, string host, Dice dice)
    {
        var address = $"{local}@{host}";
        while (!taken.Add(address)) address = $"{local}{dice.Between(2, 9999)}@{host}";
        return address;
    }
}
