using System.Collections.Concurrent;
using System.Data.Common;
using DuckDB.NET.Data;
using Kendt.Model;

namespace Kendt.Store.Engines;

/// <summary>
/// DuckDB as the embedded warehouse: one columnar file. It never looks for extensions on the network, reads no other
/// file, is checkpointed at quiet times instead of in the middle of a load, and gives memory that it freed back to the machine.
/// </summary>
internal sealed class DuckDbEngine : Engine
{
    private readonly ConcurrentBag<DuckDBConnection> _idle = [];
    private readonly SemaphoreSlim _opening = new(1, 1); // the last connection closes the file: nobody opens it meanwhile
    private readonly string _connectionString;
    private bool _closed;

    public DuckDbEngine(string path, int memoryMb, int threads) =>
        _connectionString = $"Data Source={path};enable_external_access=false;autoinstall_known_extensions=false;autoload_known_extensions=false;checkpoint_threshold=1GB;memory_limit={memoryMb}MB;threads={threads};allocator_background_threads=true;allocator_flush_threshold=16MB";

    public override Dialect Dialect => Dialect.DuckDb;

    internal override async Task<DbConnection> RentAsync(CancellationToken cancel)
    {
        if (_idle.TryTake(out var idle)) return idle;
        var connection = new DuckDBConnection(_connectionString);
        await _opening.WaitAsync(cancel);
        try
        {
            await connection.OpenAsync(cancel);
            await using var settings = connection.CreateCommand();
            settings.CommandText = "set TimeZone = 'UTC'";
            await settings.ExecuteNonQueryAsync(cancel);
            return connection;
        }
        catch (DuckDBException fault)
        {
            await connection.DisposeAsync();
            throw new CannotException($"The warehouse file cannot be opened ({fault.Message}). Check that no other program has it open, that you may write to its folder and that the disk is not full.", fault);
        }
        finally
        {
            _opening.Release();
        }
    }

    internal override async ValueTask ReturnAsync(DbConnection connection)
    {
        if (_closed) await connection.DisposeAsync();
        else _idle.Add((DuckDBConnection)connection);
    }

    internal override DbParameter Parameter(DbCommand command, int ordinal, object value) => new DuckDBParameter(value);

    internal override Task LoadAsync(Session session, string table, IReadOnlyList<string> columns, IEnumerable<object?[]> rows, CancellationToken cancel)
    {
        // The Appender takes all columns in the table's order; the caller names them so that a wrong order is seen at once.
        // What the table has beyond them is this engine's own and begins as null.
        var order = Columns(session, table);
        if (!order.Take(columns.Count).SequenceEqual(columns))
            throw new ArgumentException($"Rows for {table} must have its columns in order: {string.Join(", ", order)}.", nameof(columns));
        using var appender = ((DuckDBConnection)session.Connection).CreateAppender(table);
        foreach (var values in rows)
        {
            cancel.ThrowIfCancellationRequested();
            var row = appender.CreateRow();
            foreach (var value in values) Append(row, value);
            for (var own = columns.Count; own < order.Length; own++) row.AppendNullValue();
            row.EndRow();
        }
        return Task.CompletedTask;
    }

    private static void Append(IDuckDBAppenderRow row, object? value)
    {
        switch (Row.ToEngine(value, EngineKind.DuckDb))
        {
            case DBNull: row.AppendNullValue(); break;
            case string text: row.AppendValue(text); break;
            case long number: row.AppendValue(number); break;
            case int number: row.AppendValue(number); break;
            case double number: row.AppendValue(number); break;
            case bool truth: row.AppendValue(truth); break;
            case Guid id: row.AppendValue(id); break;
            case DateTime time: row.AppendValue(time); break;
            case byte[] bytes: row.AppendValue(bytes); break;
            case var other: throw new ArgumentException($"A value of type {other.GetType().Name} cannot be loaded.", nameof(value));
        }
    }

    private readonly ConcurrentDictionary<string, string[]> _columns = new(StringComparer.Ordinal);

    private string[] Columns(Session session, string table) => _columns.GetOrAdd(table, name =>
    {
        using var command = session.Connection.CreateCommand();
        command.CommandText = $"select * from {Sql.Name(name).Show(Dialect)} limit 0";
        using var reader = command.ExecuteReader();
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
    });

    public override async Task RestAsync(CancellationToken cancel)
    {
        try
        {
            await ReadAsync(s => s.ExecuteAsync(Sql.Of($"checkpoint"), cancel), cancel);
        }
        catch (SqlException fault) when (fault.Message.Contains("transaction", StringComparison.OrdinalIgnoreCase))
        {
            // Somebody is reading or writing: the next quiet time will do, the write-ahead log has it all.
            return;
        }
        await _opening.WaitAsync(cancel);
        try
        {
            while (_idle.TryTake(out var connection)) await connection.DisposeAsync();
        }
        finally
        {
            _opening.Release();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _closed = true;
        while (_idle.TryTake(out var connection)) await connection.DisposeAsync();
        _opening.Dispose();
        await base.DisposeAsync();
    }
}
