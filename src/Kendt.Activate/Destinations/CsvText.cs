using System.Buffers;
using System.Text;

namespace Kendt.Activate;

/// <summary>
/// CSV as RFC 4180 writes it: commas, CRLF, quotes where needed. A cell that a spreadsheet would take for a formula (it
/// begins with <c>=</c>, <c>+</c>, <c>-</c>, <c>@</c>, their full-width forms, a tab or a line end) gets an apostrophe
/// before it, as OWASP advises; a plain number with a sign, such as <c>+4512345678</c> or <c>-3.5</c>, is left as it is,
/// because it computes nothing and other systems need it exactly.
/// </summary>
public static class CsvText
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");
    private static readonly SearchValues<char> Numeric = SearchValues.Create("0123456789.,");

    public static string Line(IEnumerable<string> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    public static string Cell(string text)
    {
        var safe = IsFormula(text) ? "'" + text : text;
        return safe.AsSpan().ContainsAny(Quoted) || safe.Length != safe.AsSpan().Trim().Length
            ? "\"" + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + "\""
            : safe;
    }

    /// <summary>The records of a text with their line ends; a line end inside quotes does not end one.</summary>
    public static IEnumerable<string> Records(TextReader reader)
    {
        var record = new StringBuilder();
        var quoted = false;
        for (var c = reader.Read(); c >= 0; c = reader.Read())
        {
            record.Append((char)c);
            if (c == '"') quoted = !quoted;
            if (c != '\n' || quoted) continue;
            yield return record.ToString();
            record.Clear();
        }
        if (record.Length > 0) yield return record.ToString();
    }

    private static bool IsFormula(string text)
    {
        if (text.Length == 0) return false;
        if (text[0] is '=' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠') return true;
        return text[0] is '+' or '-' && (text.Length == 1 || text.AsSpan(1).ContainsAnyExcept(Numeric));
    }
}
