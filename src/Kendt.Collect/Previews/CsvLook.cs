namespace Kendt.Collect;

/// <summary>How delimited text is cut: seen from its first lines.</summary>
internal static class CsvLook
{
    private const string Delimiters = ",;\t|";
    private const int Lines = 50;

    /// <summary>The one of comma, semicolon, tab and bar that cuts the most lines into as many fields as the first; a comma if none does.</summary>
    public static char Delimiter(ReadOnlySpan<char> text, char? quote)
    {
        var best = (Score: 0.0, Mark: ',');
        foreach (var mark in Delimiters)
        {
            var rest = text;
            int first = -1, same = 0, lines = 0;
            while (lines < Lines && NextLine(ref rest, quote, out var line))
            {
                if (line.Trim().IsEmpty) continue;
                var count = Split(line, mark, quote, null);
                if (first < 0) first = count;
                if (count == first) same++;
                lines++;
            }
            if (first <= 1) continue;
            // Lines of a title above the header have no marks; a mark that is in every line beats one that is in the header alone.
            var score = (double)same / lines * 100 + Math.Min(first, 50);
            if (score > best.Score) best = (score, mark);
        }
        return best.Score > 0 ? best.Mark : Widest(text, quote);
    }

    /// <summary>The apostrophe where fields stand between those and none between quotes; else the quote.</summary>
    public static char Quote(IEnumerable<string> lines, char delimiter)
    {
        int single = 0, twice = 0;
        foreach (var line in lines)
        {
            foreach (var field in line.Split(delimiter))
            {
                var text = field.Trim();
                if (text.Length >= 2 && text[0] == '\'' && text[^1] == '\'') single++;
                if (text.Length >= 2 && text[0] == '"' && text[^1] == '"') twice++;
            }
        }
        return single > 2 && twice == 0 ? '\'' : '"';
    }

    /// <summary>The first lines as fields, an empty line as none, so that a line's place is its number.</summary>
    public static List<List<string>> Grid(ReadOnlySpan<char> text, char delimiter, char? quote, int most)
    {
        var grid = new List<List<string>>();
        while (grid.Count < most && NextLine(ref text, quote, out var line))
        {
            var fields = new List<string>();
            if (!line.Trim().IsEmpty) Split(line, delimiter, quote, fields);
            grid.Add(fields);
        }
        return grid;
    }

    // Above the header may be a title, so the first line may have no mark: then the line that has the most decides.
    private static char Widest(ReadOnlySpan<char> text, char? quote)
    {
        var (best, mark, lines) = (0, ',', 0);
        while (lines++ < Lines && NextLine(ref text, quote, out var line))
        {
            foreach (var candidate in Delimiters)
            {
                var count = Split(line, candidate, quote, null);
                if (count > 1 && count > best) (best, mark) = (count, candidate);
            }
        }
        return mark;
    }

    private static int Split(ReadOnlySpan<char> line, char delimiter, char? quote, List<string>? fields)
    {
        var (count, start, inQuotes) = (1, 0, false);
        for (var i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && quote is { } mark && line[i] == mark) inQuotes = !inQuotes;
            if (i < line.Length && (inQuotes || line[i] != delimiter)) continue;
            fields?.Add(Unquoted(line[start..i].Trim(), quote));
            if (i < line.Length) count++;
            start = i + 1;
        }
        return count;
    }

    private static string Unquoted(ReadOnlySpan<char> field, char? quote) =>
        quote is { } mark && field.Length >= 2 && field[0] == mark && field[^1] == mark ? field[1..^1].ToString().Replace($"{mark}{mark}", $"{mark}") : field.ToString();

    // A line end within quotes ends no line, unless the quote never closes in hand.
    private static bool NextLine(ref ReadOnlySpan<char> text, char? quote, out ReadOnlySpan<char> line)
    {
        line = default;
        if (text.IsEmpty) return false;
        var inQuotes = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (quote is { } mark && text[i] == mark) inQuotes = !inQuotes;
            else if (!inQuotes && text[i] is '\n' or '\r') return Cut(ref text, i, out line);
        }
        var end = inQuotes ? text.IndexOfAny('\n', '\r') : -1;
        return Cut(ref text, end < 0 ? text.Length : end, out line);
    }

    private static bool Cut(ref ReadOnlySpan<char> text, int end, out ReadOnlySpan<char> line)
    {
        line = text[..end];
        if (end < text.Length && text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n') end++;
        text = end < text.Length ? text[(end + 1)..] : default;
        return true;
    }
}
