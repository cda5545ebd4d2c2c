namespace Kendt.Collect;

/// <summary>
/// Whether days are written day first or month first, decided over whole columns: a 13th in either place decides. What one
/// column leaves open, another of the same form decides; what all leave open is said.
/// </summary>
internal sealed class DayOrders
{
    private readonly Dictionary<string, ColumnType> _types = new(StringComparer.Ordinal);
    private readonly List<string> _patterns = [];

    public DayOrders(IReadOnlyList<ColumnLook> looks, List<Remark> remarks)
    {
        var columns = looks.Where(l => l.Filled > 0 && l.DayShare >= 0.95 && !IsNumber(l)).ToList();
        var open = new List<ColumnLook>();
        var decided = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var column in columns)
        {
            var ordered = column.Dates.Where(d => !d.Key.YearFirst).ToList();
            var dayFirst = ordered.Any(d => d.Value.First > 12);
            var monthFirst = ordered.Any(d => d.Value.Second > 12);
            if (dayFirst && monthFirst)
            {
                remarks.Add(new(RemarkKind.MixedDates, column.Name, ""));
                continue;
            }
            _types[column.Name] = column.Dates.Keys.Any(d => d.Clock.Length > 0) ? ColumnType.Time : ColumnType.Date;
            if (ordered.Count > 0 && !dayFirst && !monthFirst)
            {
                open.Add(column);
                continue;
            }
            foreach (var (form, _) in ordered)
            {
                // Two columns that differ cannot both be read by one list of patterns.
                if (decided.TryGetValue(form.Between, out var was) && was != dayFirst)
                {
                    _types.Remove(column.Name);
                    remarks.Add(new(RemarkKind.MixedDates, column.Name, ""));
                    break;
                }
                decided[form.Between] = dayFirst;
            }
            if (_types.ContainsKey(column.Name)) Take(column, dayFirst);
        }
        foreach (var column in open)
        {
            var first = column.Dates.Keys.First(d => !d.YearFirst);
            var isKnown = decided.TryGetValue(first.Between, out var dayFirst);
            // A point is written between day and month where the day comes first, everywhere.
            if (!isKnown && first.Between[0] != '.') remarks.Add(new(RemarkKind.AmbiguousDates, column.Name, column.Examples.Count > 0 ? column.Examples[0] : ""));
            Take(column, !isKnown || dayFirst);
        }
    }

    /// <summary>The patterns of all columns, each once.</summary>
    public IReadOnlyList<string> Patterns => _patterns;

    /// <summary>Date or time; null if the column has no days.</summary>
    public ColumnType? TypeOf(ColumnLook look) => _types.TryGetValue(look.Name, out var type) ? type : null;

    private void Take(ColumnLook column, bool dayFirst)
    {
        foreach (var (form, count) in column.Dates.OrderByDescending(d => d.Value.Rows))
        {
            if (form.IsIso) continue;
            var pattern = form.Pattern(dayFirst, count.OneDigit);
            if (!_patterns.Contains(pattern)) _patterns.Add(pattern);
        }
    }

    // 20260102 may be a day; 12345678 is not, and a column of numbers of all lengths is not either.
    private static bool IsNumber(ColumnLook look) => look.Dates.Keys.All(d => d.Between.Length == 0) && (look.Distinct < 2 || look.Dates.Values.Sum(d => d.Rows) < look.Filled);
}
