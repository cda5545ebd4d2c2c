using System.Globalization;
using System.Text.Json;

namespace Kendt.Collect;

/// <summary>Reads the text of a cell as what its column says it is. What cannot be read without guessing is refused.</summary>
internal sealed class Cells(FileFormat format)
{
    private static readonly string[] Clocks = [" HH:mm:ss", " HH:mm", "'T'HH:mm:ss", " HH.mm"];

    private static readonly HashSet<string> Yes = new(["1", "true", "t", "yes", "y", "ja", "j", "x", "sand"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> No = new(["0", "false", "f", "no", "n", "nej", "falsk"], StringComparer.OrdinalIgnoreCase);

    private readonly string[] _times = [.. format.Dates.Where(p => !HasOffset(p)).SelectMany(p => p.Contains('H', StringComparison.Ordinal) || p.Contains('h', StringComparison.Ordinal) ? [p] : Clocks.Select(clock => p + clock).Prepend(p))];
    private readonly string[] _instants = [.. format.Dates.Where(HasOffset)];
    private readonly NumberFormatInfo _numbers = new() { NumberDecimalSeparator = format.Decimal.ToString(), NumberGroupSeparator = format.Decimal == ',' ? "." : "," };

    private readonly HashSet<string> _empty = new(format.Empty, StringComparer.Ordinal);

    /// <summary>The cell's text; nothing where it holds one of the file's words for empty.</summary>
    public ReadOnlySpan<char> Said(ReadOnlySpan<char> text) =>
        _empty.Count > 0 && _empty.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text.Trim()) ? default : text;

    /// <summary>Writes the cell's value under <paramref name="name"/>; an empty cell writes nothing.</summary>
    /// <returns>False, and nothing written, if the text is not of the column's type.</returns>
    public bool Write(Utf8JsonWriter writer, JsonEncodedText name, MappedColumn column, ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty) return true;
        switch (column.Type)
        {
            case ColumnType.Number:
                if (!TryNumber(text, out var number)) return false;
                writer.WriteNumber(name, number);
                return true;
            case ColumnType.Boolean:
                if (!TryBoolean(text, column.Yes, out var truth)) return false;
                writer.WriteBoolean(name, truth);
                return true;
            case ColumnType.Date:
                if (!TryDate(text, out var day)) return false;
                writer.WriteString(name, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                return true;
            case ColumnType.Time:
                if (!TryTime(text, out var time)) return false;
                writer.WriteString(name, Iso(time));
                return true;
            default:
                writer.WriteString(name, Plain(text));
                return true;
        }
    }

    /// <summary>A number with this file's decimal mark; groups only where they have three digits (1.234,50 but not 12.50).</summary>
    public bool TryNumber(ReadOnlySpan<char> text, out decimal number)
    {
        text = text.Trim();
        number = 0;
        var group = _numbers.NumberGroupSeparator[0];
        if (text.Contains(group) && !HasGoodGroups(text, group)) return false;
        return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands | NumberStyles.AllowExponent, _numbers, out number);
    }

    public static bool TryBoolean(ReadOnlySpan<char> text, string? yes, out bool truth)
    {
        var word = text.Trim().ToString();
        truth = yes is null ? Yes.Contains(word) : string.Equals(word, yes, StringComparison.OrdinalIgnoreCase);
        return yes is not null || truth || No.Contains(word);
    }

    /// <summary>The day as written, whatever the zone.</summary>
    public bool TryDate(ReadOnlySpan<char> text, out DateOnly day)
    {
        day = default;
        if (DateTime.TryParseExact(text, _times, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var wall)) day = DateOnly.FromDateTime(wall);
        else if (_instants.Length > 0 && DateTimeOffset.TryParseExact(text, _instants, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var instant)) day = DateOnly.FromDateTime(instant.DateTime);
        else if (text.Length >= 10 && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var iso) && MessageTime.TryParse(text, out _)) day = iso;
        else return false;
        return true;
    }

    /// <summary>A time, or the start of a day; without an offset it is the wall clock of the file's zone.</summary>
    public bool TryTime(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        text = text.Trim();
        if (_times.Length > 0 && DateTime.TryParseExact(text, _times, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var wall)) return FromWall(wall, out time);
        if (_instants.Length > 0 && DateTimeOffset.TryParseExact(text, _instants, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out time))
        {
            time = time.ToUniversalTime();
            return true;
        }
        if (!MessageTime.TryParse(text, out time, out var isLocal)) return false;
        return !isLocal || FromWall(time.DateTime, out time);
    }

    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString(time.UtcTicks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>PostgreSQL keeps no NUL in text.</summary>
    public static ReadOnlySpan<char> Plain(ReadOnlySpan<char> text) => text.Contains('\0') ? text.ToString().Replace('\0', '\uFFFD') : text;

    // An hour that the clocks skip in spring is read as if they had not been changed; one that comes twice is the later (standard time).
    private bool FromWall(DateTime wall, out DateTimeOffset time)
    {
        var local = DateTime.SpecifyKind(wall, DateTimeKind.Unspecified);
        var offset = format.Zone.IsInvalidTime(local) ? format.Zone.BaseUtcOffset : format.Zone.GetUtcOffset(local);
        var ticks = local.Ticks - offset.Ticks;
        var fits = ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks;
        time = fits ? new(ticks, TimeSpan.Zero) : default;
        return fits;
    }

    private bool HasGoodGroups(ReadOnlySpan<char> text, char group)
    {
        var end = text.IndexOf(_numbers.NumberDecimalSeparator[0]);
        if (end >= 0 && text[end..].Contains(group)) return false;
        var whole = (end < 0 ? text : text[..end]).TrimStart("+-");
        var first = whole.IndexOf(group);
        if (first is 0 or > 3) return false;
        for (var at = first; at < whole.Length; at += 4)
        {
            if (whole[at] != group || whole.Length - at < 4 || whole.Slice(at + 1, 3).ContainsAnyExceptInRange('0', '9')) return false;
        }
        return true;
    }

    private static bool HasOffset(string pattern) => pattern.Contains('z', StringComparison.Ordinal) || pattern.Contains('K', StringComparison.Ordinal);
}
