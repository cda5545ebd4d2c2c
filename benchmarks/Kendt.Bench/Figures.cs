using System.Globalization;

namespace Kendt.Bench;

/// <summary>Plain tables, and the places in a sorted row of times.</summary>
internal static class Figures
{
    public static double At(this IReadOnlyList<double> sorted, double share) => sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];

    public static string Of(double value) => double.IsNaN(value) ? "-" : value.ToString(value >= 100 ? "N0" : value >= 10 ? "N1" : "N2", CultureInfo.InvariantCulture);

    /// <summary>A Markdown table, the first column to the left and the others to the right.</summary>
    public static void Print(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        var all = rows.Prepend(head).ToList();
        var widths = head.Select((_, i) => all.Max(row => row[i].Length)).ToList();
        string Line(IReadOnlyList<string> row) => "| " + string.Join(" | ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))) + " |";
        Console.WriteLine(Line(head));
        Console.WriteLine("|" + string.Join('|', widths.Select((w, i) => i == 0 ? new string('-', w + 2) : new string('-', w + 1) + ":")) + "|");
        foreach (var row in all.Skip(1)) Console.WriteLine(Line(row));
    }

    /// <summary>The machine and how busy it was: without it no figure means anything.</summary>
    public static void PrintMachine() => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, load average {(File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "?")} before the run"));
}
