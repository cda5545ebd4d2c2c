using Kendt.Model;

namespace Kendt.Unify.Matching.Reading;

/// <summary>Columns of equal length, one of which may name the rows.</summary>
public sealed class Table
{
    public Table(IReadOnlyList<Column> columns)
    {
        Columns = columns;
        Rows = columns.Count == 0 ? 0 : columns[0].Rows;
        if (columns.Any(c => c.Rows != Rows)) throw new ArgumentException("Columns of one table have equally many rows.", nameof(columns));
    }

    public IReadOnlyList<Column> Columns { get; }

    public int Rows { get; }

    /// <summary>The column of that name, whatever its case.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public Column Named(string name, string why)
    {
        var found = Columns.FirstOrDefault(c => c.Name == name) ?? Columns.FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return found ?? throw new BadInputException($"There is no column '{name}' ({why}). The file has: {string.Join(", ", Columns.Take(20).Select(c => c.Name))}{(Columns.Count > 20 ? " ..." : "")}.");
    }
}
