namespace Kendt.Collect;

/// <summary>The form of a day, as far as one cell says: what stands between its parts, where the year is, and the clock behind it.</summary>
/// <param name="Between">The two separators; none for <c>20260102</c>.</param>
/// <param name="Clock">The .NET pattern of what follows the day; empty for nothing.</param>
internal sealed record DateForm(string Between, bool YearFirst, int YearDigits, string Clock)
{
    /// <summary>ISO 8601 is read without a pattern.</summary>
    public bool IsIso => YearFirst && Between == "--";

    /// <summary>The form, and the two numbers that are not the year in their order; null if the text is no day.</summary>
    public static (DateForm Form, int First, int Second, int Year, bool OneDigit)? Of(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.Length is < 6 or > 40 || !char.IsAsciiDigit(text[0])) return null;
        var at = 0;
        var one = Digits(text, ref at, 8, out var length);
        if (length == 8) return Compact(text, one, at);
        if (length is not (1 or 2 or 4) || at >= text.Length || !IsMark(text[at])) return null;
        var firstMark = text[at++];
        var two = Digits(text, ref at, 2, out var twoLength);
        if (twoLength == 0 || at >= text.Length || !IsMark(text[at])) return null;
        var secondMark = text[at++];
        var three = Digits(text, ref at, 4, out var threeLength);
        var between = string.Concat(firstMark, secondMark);
        var clock = ClockOf(text[at..]);
        if (clock is null || firstMark == ' ') return null;
        if (length == 4)
            return threeLength is 1 or 2 && two is >= 1 and <= 12 && three is >= 1 and <= 31 && IsYear(one) ? (new(between, true, 4, clock), two, three, one, twoLength == 1 || threeLength == 1) : null;
        var year = threeLength == 2 ? 2000 + three : three;
        if (threeLength is not (2 or 4) || !IsYear(year)) return null;
        // One of the two is a month.
        if (one is < 1 or > 31 || two is < 1 or > 31 || (one > 12 && two > 12)) return null;
        return (new(between, false, threeLength, clock), one, two, year, length == 1 || twoLength == 1);
    }

    /// <summary>The .NET pattern for one order.</summary>
    public string Pattern(bool dayFirst, bool oneDigit)
    {
        var (day, month, year) = (oneDigit ? "d" : "dd", oneDigit ? "M" : "MM", YearDigits == 2 ? "yy" : "yyyy");
        if (Between.Length == 0) return "yyyyMMdd" + Full(Clock);
        var (a, b) = (Mark(Between[0]), Mark(Between[1]));
        return (YearFirst ? $"{year}{a}{month}{b}{day}" : dayFirst ? $"{day}{a}{month}{b}{year}" : $"{month}{a}{day}{b}{year}") + Full(Clock);
    }

    // Cells adds the usual clocks to a day's pattern by itself.
    private static string Full(string clock) => clock is " HH:mm" or " HH:mm:ss" or "'T'HH:mm:ss" or " HH.mm" ? "" : clock;

    // In a pattern a slash stands for the culture's own separator; the invariant culture's is a slash.
    private static string Mark(char mark) => mark.ToString();

    private static bool IsMark(char c) => c is '-' or '/' or '.' or ' ';

    private static bool IsYear(int year) => year is >= 1880 and <= 2200;

    private static (DateForm, int, int, int, bool)? Compact(ReadOnlySpan<char> text, int number, int at)
    {
        var (year, month, day) = (number / 10000, number / 100 % 100, number % 100);
        return at == text.Length && year is >= 1900 and <= 2100 && month is >= 1 and <= 12 && day is >= 1 and <= 31 ? (new("", true, 4, ""), month, day, year, false) : null;
    }

    private static int Digits(ReadOnlySpan<char> text, ref int at, int most, out int length)
    {
        var (value, from) = (0, at);
        while (at < text.Length && at - from <= most && char.IsAsciiDigit(text[at])) value = value * 10 + (text[at++] - '0');
        length = at - from;
        return value;
    }

    // Null: what follows is no clock.
    private static string? ClockOf(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return "";
        var pattern = text[0] == 'T' ? "'T'" : text[0] == ' ' ? " " : null;
        if (pattern is null) return null;
        var at = 1;
        var hour = Digits(text, ref at, 2, out var hourLength);
        if (hourLength is 0 or > 2 || hour > 24 || at >= text.Length || text[at] is not (':' or '.')) return null;
        var mark = text[at++];
        var minute = Digits(text, ref at, 2, out var minuteLength);
        if (minuteLength != 2 || minute > 59) return null;
        var clock = $"{mark}mm";
        if (at + 2 < text.Length && text[at] == mark)
        {
            at++;
            if (Digits(text, ref at, 2, out var secondLength) > 60 || secondLength != 2) return null;
            clock += $"{mark}ss";
            if (at < text.Length && text[at] is '.' or ',')
            {
                var dot = text[at++];
                Digits(text, ref at, 7, out var parts);
                if (parts is 0 or > 7) return null;
                clock += $"{dot}FFFFFFF";
            }
        }
        var rest = text[at..];
        if (rest.Trim() is "AM" or "PM" or "am" or "pm") return pattern + (hourLength == 1 ? "h" : "hh") + clock + (rest[0] == ' ' ? " tt" : "tt");
        pattern += (hourLength == 1 ? "H" : "HH") + clock;
        if (rest.IsEmpty) return pattern;
        return rest is "Z" || (rest.Length is 5 or 6 && rest[0] is '+' or '-') ? pattern + "K" : null;
    }
}
