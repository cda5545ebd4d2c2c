using System.Globalization;
using Kendt.Model.Measures;
using System.Text.RegularExpressions;
using Kendt.Studio.Data;
using Microsoft.Extensions.Localization;

namespace Kendt.Studio.Texts;

/// <summary>Writes numbers, money and moments as the reader's language does, times in the workspace's time zone.</summary>
public sealed partial class Show(IStringLocalizer<Phrases> phrases, StudioOptions options, TimeProvider time)
{
    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);

    private static CultureInfo Forms => Speech.Forms;

    /// <summary>What is written where nothing is known.</summary>
    public const string Nothing = "–";

    public string Figure(Figure figure) => figure switch
    {
        Count count => Whole(count.Value),
        Share share => Percent(share.Value),
        Money money => Amount(money),
        Number number => number.Value.ToString("#,0.#", Forms),
        Words words => words.Value,
        Moment moment => Day(moment.Value),
        _ => Nothing,
    };

    public static string Whole(long value) => value.ToString("#,0", Forms);

    /// <summary>12,400,000 as 12.4M, for places where the rough size is what matters.</summary>
    public string Rough(long value) => Math.Abs(value) switch
    {
        >= 10_000_000 => phrases["Number.Millions", (value / 1_000_000d).ToString("#,0.#", Forms)],
        _ => Whole(value),
    };

    /// <summary>One decimal below ten percent, none above.</summary>
    public static string Percent(double value) =>
        (value * 100).ToString(value is > 0 and < 0.0995 ? "0.#" : "0", Forms) + (Speech.Code == "da" ? "\u00A0%" : "%");

    /// <summary>Whole units from a thousand on, cents below.</summary>
    public static string Amount(Money money)
    {
        var number = money.Value.ToString(Math.Abs(money.Value) >= 1000 || money.Value == Math.Truncate(money.Value) ? "#,0" : "#,0.00", Forms);
        number = number.Replace('-', '\u2212');
        return (money.Currency, Speech.Code) switch
        {
            ("DKK", "da") => number + "\u00A0kr.",
            ("EUR", "da") => number + "\u00A0€",
            (_, "da") => number + "\u00A0" + money.Currency,
            ("EUR", _) => "€" + number,
            ("GBP", _) => "£" + number,
            ("USD", _) => "$" + number,
            _ => money.Currency + "\u00A0" + number,
        };
    }

    public string Day(DateTimeOffset at) => Local(at).ToString(Speech.Code == "da" ? "d. MMM yyyy" : "d MMM yyyy", Forms);

    /// <summary>A day as a heading: today, yesterday, or its name and date.</summary>
    public string DayHeading(DateTimeOffset at)
    {
        var days = (Local(time.GetUtcNow()).Date - Local(at).Date).Days;
        var date = Local(at).ToString(Speech.Code == "da" ? "dddd d. MMMM yyyy" : "dddd d MMMM yyyy", Forms);
        return days switch
        {
            0 => phrases["Time.Today"],
            1 => phrases["Time.Yesterday"],
            _ => Speech.Code == "da" ? char.ToUpper(date[0], Forms) + date[1..] : date,
        };
    }

    public string Clock(DateTimeOffset at) => Local(at).ToString(Speech.Code == "da" ? "HH.mm" : "HH:mm", Forms);

    public string DayAndClock(DateTimeOffset at) => Day(at) + ", " + Clock(at);

    public string ShortDay(DateTimeOffset at) => Local(at).ToString(Speech.Code == "da" ? "d. MMM" : "d MMM", Forms);

    /// <summary>The local date, by which a timeline is grouped.</summary>
    public DateOnly DateOf(DateTimeOffset at) => DateOnly.FromDateTime(Local(at).Date);

    /// <summary>How long ago, or in how long; a date when that is more than a month.</summary>
    public string Ago(DateTimeOffset at)
    {
        var span = time.GetUtcNow() - at;
        var ahead = span < TimeSpan.Zero;
        var length = span.Duration();
        if (length < TimeSpan.FromSeconds(45)) return phrases["Time.Now"];
        var (key, number) = length switch
        {
            _ when length < TimeSpan.FromMinutes(59.5) => ("Minutes", (int)Math.Round(length.TotalMinutes)),
            _ when length < TimeSpan.FromHours(23.5) => ("Hours", (int)Math.Round(length.TotalHours)),
            _ when length < TimeSpan.FromDays(31) => ("Days", Math.Max(1, (int)Math.Round(length.TotalDays))),
            _ => ("", 0),
        };
        if (number == 0) return Day(at);
        return phrases[$"Time.{(ahead ? "In" : "Ago")}.{key}{(number == 1 ? "1" : "")}", number];
    }

    /// <summary>1 h 4 min, 3 min 20 s, 12 s.</summary>
    public string Length(TimeSpan span) => span.TotalHours >= 1 ? phrases["Time.Length.Hours", (int)span.TotalHours, span.Minutes]
        : span.TotalMinutes >= 1 ? phrases["Time.Length.Minutes", (int)span.TotalMinutes, span.Seconds]
        : phrases["Time.Length.Seconds", Math.Max(0, (int)span.TotalSeconds)];

    /// <summary>4.2 MB.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        var value = (double)bytes;
        var unit = 0;
        while (value >= 1000 && unit < units.Length - 1) { value /= 1000; unit++; }
        return value.ToString(unit == 0 || value >= 100 ? "0" : "0.#", Forms) + " " + units[unit];
    }

    /// <summary>The moment as a machine reads it, for the datetime attribute of a time element.</summary>
    public static string Machine(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The word for a value of one of Studio's closed lists: the phrase <c>TypeName.ValueName</c>.</summary>
    public string Word<T>(T value) where T : struct, Enum => phrases[$"{typeof(T).Name}.{value}"];

    /// <summary>A step's name; one that ends in a name of its own (<c>Read members.csv</c>) is known by its first word.</summary>
    public string Step(string name)
    {
        var whole = phrases[$"Step.{name}"];
        if (!whole.ResourceNotFound) return whole;
        var space = name.IndexOf(' ', StringComparison.Ordinal);
        var begun = space > 0 ? phrases[$"Step.{name[..space]} …", name[(space + 1)..]] : whole;
        return begun.ResourceNotFound ? name : begun;
    }

    /// <summary>A figure of a measure: large ones whole, small ones with three digits that say something.</summary>
    public static string Measured(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1000 => value.ToString("#,0", Forms),
        >= 10 => value.ToString("0.#", Forms),
        >= 0.001 => Math.Round(value, 2 - (int)Math.Floor(Math.Log10(Math.Abs(value)))).ToString("0.#####", Forms),
        _ => value.ToString("0.##E0", Forms),
    };

    /// <summary>The title of a measure: one that came ready, in the reader's language; others as they were named.</summary>
    public string Titled(string name, string title) => MeasureTemplates.All.Any(t => t.Name == name && t.Title == title) ? Known("Ready", name) : title;

    /// <summary>The word for a trait, or its name put into words: <c>loyaltyLevel</c> is Loyalty level, <c>address.city</c> Address, city.</summary>
    public string Trait(string name)
    {
        if (Known("Trait", name) is var known && known != name) return known;
        return Named(name);
    }

    /// <summary>A name out of the configuration put into words: <c>email_marketing</c> is Email marketing.</summary>
    public static string Named(string name)
    {
        if (name.Length == 0) return name;
        var words = WordEnd().Replace(name, " ").Replace(".", ", ", StringComparison.Ordinal).Replace('_', ' ').Replace('-', ' ').ToLowerInvariant();
        return char.ToUpper(words[0], CultureInfo.InvariantCulture) + words[1..];
    }

    /// <summary>The phrase of that key, or the name itself when Studio has no word for it (names out of the data).</summary>
    public string Known(string group, string name)
    {
        var phrase = phrases[$"{group}.{name}"];
        return phrase.ResourceNotFound ? name : phrase.Value;
    }

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex WordEnd();

    private DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone);
}
