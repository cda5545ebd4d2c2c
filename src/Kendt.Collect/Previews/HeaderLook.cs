namespace Kendt.Collect;

/// <summary>Which of a file's first rows names its columns.</summary>
internal static class HeaderLook
{
    /// <returns>The row's number from 1; 0 if the rows begin with data.</returns>
    public static int Find(IReadOnlyList<IReadOnlyList<string>> grid)
    {
        var widths = grid.Select(Width).ToList();
        if (widths.All(w => w == 0)) return 1;
        // As wide as most rows: what is narrower above is a title.
        var usual = widths.Where(w => w > 0).GroupBy(w => w).OrderByDescending(g => g.Count()).ThenByDescending(g => g.Key).First().Key;
        var at = widths.FindIndex(w => w > 0 && (usual < 3 || w * 2 > usual));
        if (at < 0) return 1;
        var row = grid[at];
        if (at > 0 || row.Any(Meanings.KnowsHeader)) return at + 1;
        if (row.Any(IsValue)) return 0;
        // Nothing but words: a header if a column has values of another kind below it, or if its words never come again.
        var below = grid.Skip(at + 1).Where(r => r.Count > 0).ToList();
        if (below.Count == 0) return at + 1;
        for (var i = 0; i < row.Count; i++)
        {
            var column = i;
            var values = below.Where(r => r.Count > column && r[column].Length > 0).Select(r => r[column]).ToList();
            if (values.Count > 0 && values.Count(IsValue) * 2 > values.Count) return at + 1;
            if (values.Contains(row[i], StringComparer.OrdinalIgnoreCase)) return 0;
        }
        return at + 1;
    }

    private static int Width(IReadOnlyList<string> row)
    {
        var width = row.Count;
        while (width > 0 && row[width - 1].Length == 0) width--;
        return width;
    }

    // What no column is called: numbers, days, addresses of mail.
    private static bool IsValue(string cell)
    {
        var text = cell.Trim();
        return text.Length > 0 && (CellKind.IsEmail(text) || CellKind.NumberOf(text) != NumberForm.None || DateForm.Of(text) is not null);
    }
}
