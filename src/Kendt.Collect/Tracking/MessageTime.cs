using System.Globalization;

namespace Kendt.Collect;

/// <summary>Times as clients write them, and their correction by the distance between the sender's own two clock readings.</summary>
internal static class MessageTime
{
    /// <summary>
    /// ISO 8601 with any number of decimals (<c>2026-01-02T03:04:05.678Z</c>, an offset with or without colon, a space for
    /// the T, a date alone), or the milliseconds or seconds since 1970. Without an offset it is UTC.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time) => TryParse(text, out time, out _);

    /// <summary>The same; <paramref name="isLocal"/> says that the text names no offset, so that its time is somebody's wall clock.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time, out bool isLocal)
    {
        time = default;
        isLocal = false;
        text = text.Trim();
        if (text.Length < 10 || text[4] != '-' || text[7] != '-') return TryEpoch(text, out time);
        if (!Digits(text[..4], out var year) || !Digits(text[5..7], out var month) || !Digits(text[8..10], out var day)) return false;
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        var ticks = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks;
        var rest = text[10..];
        if (rest.Length > 0)
        {
            if (rest[0] is not ('T' or 't' or ' ') || !TimeOfDay(rest[1..], ref ticks, out rest)) return false;
            rest = rest.Trim();
            if (!Offset(rest, out var offset)) return false;
            ticks -= offset;
        }
        isLocal = rest.Length == 0;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks) return false;
        time = new(ticks, TimeSpan.Zero);
        return true;
    }

    /// <summary>
    /// <c>receivedAt - (sentAt - original)</c>; without <paramref name="sentAt"/> the original stands, without an original
    /// it is <paramref name="receivedAt"/>. Never after <paramref name="receivedAt"/>.
    /// </summary>
    public static DateTimeOffset Correct(DateTimeOffset? original, DateTimeOffset? sentAt, DateTimeOffset receivedAt)
    {
        if (original is not { } said) return receivedAt;
        if (sentAt is not { } sent) return said < receivedAt ? said : receivedAt;
        // The difference of two ticks fits a long; the result need not be a date.
        var ticks = receivedAt.UtcTicks - (sent.UtcTicks - said.UtcTicks);
        return ticks < 0 || ticks > receivedAt.UtcTicks ? receivedAt : new(ticks, TimeSpan.Zero);
    }

    private static bool TimeOfDay(ReadOnlySpan<char> text, scoped ref long ticks, out ReadOnlySpan<char> rest)
    {
        rest = default;
        if (text.Length < 5 || text[2] != ':' || !Digits(text[..2], out var hour) || !Digits(text[3..5], out var minute) || hour > 24 || minute > 59) return false;
        if (hour == 24 && minute > 0) return false;
        ticks += hour * TimeSpan.TicksPerHour + minute * TimeSpan.TicksPerMinute;
        rest = text[5..];
        if (rest.Length < 3 || rest[0] != ':') return true;
        if (!Digits(rest[1..3], out var second) || second > 60) return false; // 60: a leap second counts into the next minute
        ticks += second * TimeSpan.TicksPerSecond;
        rest = rest[3..];
        if (rest.Length == 0 || rest[0] is not ('.' or ',')) return true;
        var end = 1;
        for (var unit = TimeSpan.TicksPerSecond / 10; end < rest.Length && char.IsAsciiDigit(rest[end]); end++, unit /= 10)
            ticks += (rest[end] - '0') * unit;
        rest = rest[end..];
        return end > 1;
    }

    private static bool Offset(ReadOnlySpan<char> text, out long ticks)
    {
        ticks = 0;
        if (text.Length == 0 || text is "Z" or "z") return true;
        if (text[0] is not ('+' or '-') || text.Length is not (3 or 5 or 6)) return false;
        var minutes = 0;
        if (!Digits(text[1..3], out var hours) || hours > 18) return false;
        if (text.Length == 5 && !Digits(text[3..5], out minutes)) return false;
        if (text.Length == 6 && (text[3] != ':' || !Digits(text[4..6], out minutes))) return false;
        if (minutes > 59) return false;
        ticks = (hours * 60 + minutes) * TimeSpan.TicksPerMinute * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryEpoch(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length < 9 || !double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        var milliseconds = number < 1e11 ? number * 1000 : number; // 1e11 ms is 1973, 1e11 s is the year 5138
        if (milliseconds is not (>= 0 and < 253402300800000)) return false;
        time = DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
        return true;
    }

    private static bool Digits(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            number = number * 10 + (c - '0');
        }
        return true;
    }
}
