using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Kendt.Model;

namespace Kendt.Store;

/// <summary>Databases of others that tables are read from.</summary>
public enum ForeignKind { Postgres, Sqlite }

/// <summary>What is read: a table or a query, in the order of a cursor column where it has one.</summary>
public sealed record ForeignQuery
{
    /// <summary>A table's name, <c>schema.table</c> or <c>table</c>; null where <see cref="Select"/> is given.</summary>
    public string? Table { get; init; }
    /// <summary>One query; null where <see cref="Table"/> is given.</summary>
    public string? Select { get; init; }
    /// <summary>A column that grows whenever a row is new or changed; null: everything is read each time.</summary>
    public string? Cursor { get; init; }
    /// <summary>Columns that name a row: rows with one value of the cursor are read in their order.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];
    /// <summary>The longest that one statement may take. Default: 60 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>A value of the cursor column as the database wrote it, and the type that it has there.</summary>
public sealed record ForeignPosition(string Value, string Type);

/// <summary>One row.</summary>
/// <param name="Json">A JSON object of its columns.</param>
/// <param name="Position">Its cursor; null if the column is null, or there is none.</param>
public sealed record ForeignRow(string Json, ForeignPosition? Position);

/// <summary>
/// Reads a table of another database and changes nothing in it: the session is read-only, each statement bounded in time,
/// one reading one snapshot.
/// </summary>
public abstract class ForeignTable(ForeignQuery query, DbConnection connection) : IAsyncDisposable
{
    protected ForeignQuery Query => query;

    protected DbConnection Connection => connection;

    /// <exception cref="BadInputException">The connection string, table, query or cursor cannot be used.</exception>
    /// <exception cref="CannotException">The database does not answer.</exception>
    public static async Task<ForeignTable> OpenAsync(ForeignKind kind, string connection, ForeignQuery query, CancellationToken cancel)
    {
        ForeignTable table = kind == ForeignKind.Postgres ? PostgresTable.Make(connection, query) : SqliteTable.Make(connection, query);
        try
        {
            await table.BeginAsync(cancel);
            return table;
        }
        catch (DbException fault)
        {
            await table.DisposeAsync();
            throw new CannotException($"The source's database does not answer ({fault.Message}). Check its connection string, and that this server may reach it.", fault);
        }
    }

    /// <summary>Rows whose cursor is after a position, or at it where <paramref name="includes"/>; a look-back reads that much before it too. Without a position, all that have a cursor.</summary>
    /// <exception cref="BadInputException">The database refuses the statement; the message says why.</exception>
    public IAsyncEnumerable<ForeignRow> ReadAsync(ForeignPosition? from, bool includes, decimal lookback, CancellationToken cancel) => ReadAsync(After(from, includes, lookback), cancel);

    /// <summary>Rows without a value in the cursor column; all rows where there is no cursor.</summary>
    public IAsyncEnumerable<ForeignRow> ReadRestAsync(CancellationToken cancel) => ReadAsync((query.Cursor is null ? "" : $"where t.{Quoted(query.Cursor)} is null", []), cancel);

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task BeginAsync(CancellationToken cancel);

    /// <summary>The condition, with its parameters by name.</summary>
    protected abstract (string Where, IReadOnlyList<(string Name, object Value)> Parameters) After(ForeignPosition? from, bool includes, decimal lookback);

    protected abstract IAsyncEnumerable<ForeignRow> RowsAsync(string where, string order, IReadOnlyList<(string Name, object Value)> parameters, CancellationToken cancel);

    protected string From => query.Select is { } select ? $"({ReadOnlyQuery.Single(select)}\n) as t" : string.Join('.', (query.Table ?? "").Split('.', 2).Select(Quoted)) + " as t";

    protected static string Quoted(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal) + "\"";

    protected DbCommand Command(string text, IReadOnlyList<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        command.CommandTimeout = (int)query.Timeout.TotalSeconds + 5;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        return command;
    }

    private async IAsyncEnumerable<ForeignRow> ReadAsync((string Where, IReadOnlyList<(string Name, object Value)> Parameters) condition, [EnumeratorCancellation] CancellationToken cancel)
    {
        var order = string.Join(", ", (query.Cursor is null ? [] : query.Keys.Prepend(query.Cursor)).Select(c => "t." + Quoted(c)));
        await using var rows = RowsAsync(condition.Where, order.Length == 0 ? "" : "order by " + order, condition.Parameters, cancel).GetAsyncEnumerator(cancel);
        while (true)
        {
            try
            {
                if (!await rows.MoveNextAsync()) yield break;
            }
            catch (DbException fault)
            {
                throw new BadInputException($"The source's database refused what was asked of it: {fault.Message}", fault);
            }
            yield return rows.Current;
        }
    }

    protected static string Number(decimal number) => number.ToString(CultureInfo.InvariantCulture);
}
