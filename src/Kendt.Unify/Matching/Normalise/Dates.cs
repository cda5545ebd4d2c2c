namespace Kendt.Unify.Matching.Normalise;

/// <summary>Which of day and month a column writes first where both could be meant.</summary>
public enum DateOrder
{
    DayFirst,
    MonthFirst,
}

/// <summary>Dates in whatever order they are written: <c>1966-07-09</c>, <c>9.7.66</c>, <c>9 Jul 1966</c>, <c>19660709</c>, with or without a time.</summary>
public static class Dates
{
    private static readonly WordList Months = new("""
        1: jan januar january
        2: feb februar february
        3: mar marts march
        4: apr april
        5: maj may
        6: jun juni june
        7: jul juli july
        8: aug august
        9: sep sept september
        10: okt oct oktober october
        11: nov november
        12: dec december
        """);

    /// <summary>Reads a date as year x 10000 + month x 100 + day; 0 if it is none. Impossible days (30 February) are kept: they are typing errors.</summary>
    public static int Read(ReadOnlySpan<byte> value, DateOrder order)
    {
        Span<int> parts = stackalloc int[3];
        Span<int> digits = stackalloc int[3];
        var month = -1;
        var found = 0;
        var i = 0;
        while (i < value.Length && found < 3)
        {
            var c = value[i];
            if (c is >= (byte)'0' and <= (byte)'9')
            {
                var (number, from) = (0, i);
                while (i < value.Length && value[i] is >= (byte)'0' and <= (byte)'9' && i - from < 9) number = number * 10 + value[i++] - '0';
                if (i < value.Length && value[i] == ':') break;
                if (found == 0 && i - from == 8) return number / 10000 is >= 1000 and < 3000 ? Checked(number) : Checked(number % 10000 * 10000 + (order is DateOrder.DayFirst ? number / 10000 % 100 * 100 + number / 1000000 : number / 1000000 * 100 + number / 10000 % 100));
                (parts[found], digits[found]) = (number, i - from);
                found++;
            }
            else if (c is >= (byte)'A' and <= (byte)'Z' or >= (byte)'a' and <= (byte)'z')
            {
                var from = i;
                while (i < value.Length && (value[i] | 0x20) is >= 'a' and <= 'z') i++;
                if (MonthOf(value[from..i]) is not { } named) continue;
                month = found;
                (parts[found], digits[found]) = (named, 2);
                found++;
            }
            else
            {
                i++;
            }
        }
        if (found < 3) return 0;
        if (digits[0] == 4) return Checked(parts[0] * 10000 + parts[1] * 100 + parts[2]);
        var year = digits[2] == 4 ? parts[2] : digits[2] == 2 ? parts[2] + (parts[2] > 30 ? 1900 : 2000) : 0;
        var (first, second) = month == 0 ? (parts[1], parts[0]) : month == 1 ? (parts[0], parts[1]) : order is DateOrder.DayFirst && parts[1] <= 12 || parts[0] > 12 ? (parts[0], parts[1]) : (parts[1], parts[0]);
        return Checked(year * 10000 + second * 100 + first);
    }

    /// <summary>The order that a column's values show: a first part above 12 is a day, a second part above 12 says that the month is first.</summary>
    internal static DateOrder OrderOf(Reading.Column column)
    {
        int dayFirst = 0, monthFirst = 0;
        for (var number = 1; number <= Math.Min(column.Distinct, 20_000); number++)
        {
            var value = column.Value(number);
            var mark = value.IndexOfAny((byte)'/', (byte)'-', (byte)'.');
            if (mark is not (1 or 2)) continue;
            var rest = value[(mark + 1)..];
            var end = rest.IndexOfAny((byte)'/', (byte)'-', (byte)'.');
            if (end is not (1 or 2) || !int.TryParse(value[..mark], out var first) || !int.TryParse(rest[..end], out var second)) continue;
            if (first > 12) dayFirst++;
            else if (second > 12) monthFirst++;
        }
        return monthFirst > dayFirst ? DateOrder.MonthFirst : DateOrder.DayFirst;
    }

    private static int Checked(int date) => date / 10000 is >= 1000 and < 3000 && date % 10000 > 0 ? date : 0;

    private static int? MonthOf(ReadOnlySpan<byte> word)
    {
        if (word.Length > 12) return null;
        Span<byte> lower = stackalloc byte[word.Length];
        for (var i = 0; i < word.Length; i++) lower[i] = (byte)(word[i] | 0x20);
        return Months.Find(lower) is { } month ? int.Parse(month, System.Globalization.CultureInfo.InvariantCulture) : null;
    }
}
