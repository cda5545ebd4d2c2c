using System.Globalization;
using System.Text.Json;

namespace Kendt.Server.Api;

/// <summary>Rows of unknown shape as CSV (RFC 4180) or JSON, written as they come.</summary>
internal static class Table
{
    public static async Task WriteCsvAsync(TextWriter writer, IReadOnlyList<string> columns, IAsyncEnumerator<object?[]> rows, bool any, Func<string, string>? cell, CancellationToken cancel)
    {
        cell ??= Cell;
        await writer.WriteAsync((string.Join(',', columns.Select(Cell)) + "\n").AsMemory(), cancel);
        while (any)
        {
            await writer.WriteAsync((string.Join(',', rows.Current.Select(v => cell(Text(v)))) + "\n").AsMemory(), cancel);
            any = await rows.MoveNextAsync();
        }
    }

    public static async Task WriteJsonAsync(TextWriter writer, IReadOnlyList<string> columns, IAsyncEnumerator<object?[]> rows, bool any, CancellationToken cancel)
    {
        await writer.WriteAsync("[");
        for (var first = true; any; first = false)
        {
            var row = columns.Zip(rows.Current).GroupBy(c => c.First, StringComparer.Ordinal).ToDictionary(c => c.Key, c => Plain(c.First().Second));
            await writer.WriteAsync(((first ? "\n" : ",\n") + JsonSerializer.Serialize(row)).AsMemory(), cancel);
            any = await rows.MoveNextAsync();
        }
        await writer.WriteAsync("\n]\n");
    }

    public static string Cell(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : text;

    /// <summary>A value as text.</summary>
    public static string Text(object? value) => value switch
    {
        null => "",
        string s => s,
        bool b => b ? "true" : "false",
        DateTime t => Time(new DateTimeOffset(DateTime.SpecifyKind(t, DateTimeKind.Utc))),
        DateTimeOffset t => Time(t),
        DateOnly d => d.ToString("O", CultureInfo.InvariantCulture),
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        System.Collections.IEnumerable list => JsonSerializer.Serialize(list.Cast<object?>().Select(Plain)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static object? Plain(object? value) => value is null or bool or long or int or double or float or decimal ? value : Text(value);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
