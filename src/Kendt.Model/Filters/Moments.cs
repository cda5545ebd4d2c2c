using System.Globalization;
using System.Text.RegularExpressions;

namespace Kendt.Model.Filters;

/// <summary>A positive whole number of seconds, minutes, hours, days (24 h) or weeks (7 d): <c>90d</c>. At most 36500 days.</summary>
public readonly record struct Duration
{
    private static readonly Dictionary<char, long> Units = new()
    {
        ['s'] = TimeSpan.TicksPerSecond,
        ['m'] = TimeSpan.TicksPerMinute,
        ['h'] = TimeSpan.TicksPerHour,
        ['d'] = TimeSpan.TicksPerDay,
        ['w'] = 7 * TimeSpan.TicksPerDay,
    };

    private Duration(long count, char unit) => (Count, Unit) = (count, unit);

    public long Count { get; }

    /// <summary>One of s, m, h, d, w.</summary>
    public char Unit { get; }

    /// <summary>Length in units of 100 ns.</summary>
    public long Ticks => Count * Units[Unit];

    public static bool TryParse(string? text, out Duration duration)
    {
        duration = default;
        if (text is null || text.Length is < 2 or > 13 || !Units.TryGetValue(text[^1], out var unit)) return false;
        var digits = text.AsSpan(0, text.Length - 1);
        if (digits.ContainsAnyExceptInRange('0', '9')) return false;
        var count = long.Parse(digits, CultureInfo.InvariantCulture);
        if (count < 1 || count > 36500 * TimeSpan.TicksPerDay / unit) return false;
        duration = new(count, text[^1]);
        return true;
    }

    public override string ToString() => Count.ToString(CultureInfo.InvariantCulture) + Unit;
}

/// <summary>
/// An ISO 8601 date or date-time in exactly the forms that rules take: YYYY-MM-DD (midnight), or that with Thh:mm, :ss and
/// .f (1 to 7 digits) as wanted, then Z, +hh:mm, -hh:mm or nothing (UTC).
/// </summary>
/// <param name="Ticks">Units of 100 ns since 1970-01-01T00:00Z.</param>
/// <param name="Text">As it was written.</param>
public readonly partial record struct IsoTime(long Ticks, string Text)
{
    /// <summary>The days that exist in the years 0001 to 9999; engines of databases read the same pattern.</summary>
    public const string DayPattern =
        "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))" +
        "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";

    /// <summary>The rest, after the day.</summary>
    public const string ClockPattern =
        "(?:T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,7})?)?(?:Z|[-+](?:[01][0-9]|2[0-3]):[0-5][0-9])?)?";

    public static bool TryParse(string? text, out IsoTime time)
    {
        time = default;
        if (text is null || text.Length is < 10 or > 33 || !Form().IsMatch(text) || text.StartsWith("0000", StringComparison.Ordinal)) return false;
        var ticks = new DateTime(Two(text, 0) * 100 + Two(text, 2), Two(text, 5), Two(text, 8), 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks;
        if (text.Length > 10)
        {
            ticks += Two(text, 11) * TimeSpan.TicksPerHour + Two(text, 14) * TimeSpan.TicksPerMinute;
            if (text.Length > 16 && text[16] == ':') ticks += Two(text, 17) * TimeSpan.TicksPerSecond;
            if (text.Length > 19 && text[19] == '.')
            {
                var unit = TimeSpan.TicksPerSecond / 10;
                for (var i = 20; i < text.Length && char.IsAsciiDigit(text[i]); i++, unit /= 10) ticks += (text[i] - '0') * unit;
            }
            if (text[^6] is '+' or '-')
            {
                var offset = Two(text, text.Length - 5) * TimeSpan.TicksPerHour + Two(text, text.Length - 2) * TimeSpan.TicksPerMinute;
                ticks += text[^6] == '+' ? -offset : offset;
            }
        }
        time = new(ticks, text);
        return true;
    }

    /// <summary>The moment of a time, in units of 100 ns since 1970.</summary>
    public static long TicksOf(DateTimeOffset time) => time.UtcTicks - DateTime.UnixEpoch.Ticks;

    /// <summary>The time at that many units of 100 ns since 1970; the first or last that there is for those beyond.</summary>
    public static DateTimeOffset At(long ticks) =>
        new(Math.Clamp(ticks, DateTime.MinValue.Ticks - DateTime.UnixEpoch.Ticks, DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) + DateTime.UnixEpoch.Ticks, TimeSpan.Zero);

    public DateTimeOffset ToDateTimeOffset() => At(Ticks);

    public static implicit operator DateTimeOffset(IsoTime time) => time.ToDateTimeOffset();

    public override string ToString() => Text;

    private static int Two(string text, int at) => (text[at] - '0') * 10 + text[at + 1] - '0';

    [GeneratedRegex("\\A" + DayPattern + ClockPattern + "\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
