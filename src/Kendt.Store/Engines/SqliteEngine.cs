using System.Collections.Concurrent;
using System.Data.Common;
using Kendt.Model;
using Microsoft.Data.Sqlite;

namespace Kendt.Store.Engines;

/// <summary>
/// SQLite as the embedded ledger: one file, write-ahead log, fsync at every commit (<c>synchronous=full</c>), 8 KB pages
/// because profile documents are about 1 KB.
/// </summary>
internal sealed class SqliteEngine : Engine
{
    private readonly ConcurrentBag<Connection> _idle = [];
    private readonly string _connectionString;
    private bool _closed;

    private const int MostResting = 64, LongestResting = 8_000;

    public SqliteEngine(string path) =>
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = 60 }.ToString();

    public override Dialect Dialect => Dialect.Sqlite;

    internal override async Task<DbConnection> RentAsync(CancellationToken cancel)
    {
        if (_idle.TryTake(out var idle)) return idle;
        var connection = new Connection(_connectionString);
        try
        {
            await connection.OpenAsync(cancel);
            await using var settings = connection.CreateCommand();
            settings.CommandText = """
                pragma page_size = 8192; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
                pragma busy_timeout = 60000; pragma cache_size = -16000; pragma temp_store = memory; pragma journal_size_limit = 67108864;
                """;
            await settings.ExecuteNonQueryAsync(cancel);
            return connection;
        }
        catch (SqliteException fault)
        {
            await connection.DisposeAsync();
            throw new CannotException($"The ledger file '{connection.DataSource}' cannot be opened ({fault.Message}). Check that the folder exists, that you may write to it and that the disk is not full.", fault);
        }
    }

    internal override async ValueTask ReturnAsync(DbConnection connection)
    {
        if (_closed) await connection.DisposeAsync();
        else _idle.Add((Connection)connection);
    }

    internal override Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancel) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: false));

    internal override DbCommand Lend(DbConnection connection, string text)
    {
        if (((Connection)connection).Resting.Remove(text, out var prepared)) return prepared;
        return base.Lend(connection, text);
    }

    // Short statements rest prepared on their connection: reading one takes longer than a keyed read.
    internal override async ValueTask TakeBackAsync(DbCommand command)
    {
        if (_closed || command.Connection is not Connection connection || command.CommandText.Length > LongestResting || connection.Resting.ContainsKey(command.CommandText))
        {
            await command.DisposeAsync();
            return;
        }
        if (connection.Resting.Count == MostResting)
        {
            foreach (var other in connection.Resting.Values) await other.DisposeAsync();
            connection.Resting.Clear();
        }
        connection.Resting.Add(command.CommandText, command);
        command.Parameters.Clear();
        command.Transaction = null;
    }

    internal override DbParameter Parameter(DbCommand command, int ordinal, object value) =>
        new SqliteParameter("$" + ordinal, value);

    internal override Task LoadAsync(Session session, string table, IReadOnlyList<string> columns, IEnumerable<object?[]> rows, CancellationToken cancel)
    {
        Load(session, table, columns, rows, cancel);
        return Task.CompletedTask;
    }

    private void Load(Session session, string table, IReadOnlyList<string> columns, IEnumerable<object?[]> rows, CancellationToken cancel)
    {
        using var insert = ((SqliteConnection)session.Connection).CreateCommand();
        insert.Transaction = (SqliteTransaction?)session.Transaction;
        insert.CommandText = $"insert into {Sql.Name(table).Show(Dialect)} ({string.Join(", ", columns.Select(c => Sql.Name(c).Show(Dialect)))}) values ({string.Join(", ", columns.Select((_, i) => "$" + (i + 1)))})";
        var parameters = columns.Select((_, i) => new SqliteParameter("$" + (i + 1), DBNull.Value)).ToArray();
        insert.Parameters.AddRange(parameters);
        insert.Prepare();
        foreach (var row in rows)
        {
            cancel.ThrowIfCancellationRequested();
            for (var i = 0; i < parameters.Length; i++)
            {
                parameters[i].ResetSqliteType();
                parameters[i].Value = Row.ToEngine(row[i], EngineKind.Sqlite);
            }
            insert.ExecuteNonQuery();
        }
    }

    // A parameter of SQLite costs more the more of them a statement has; a row of a temporary table costs little.
    internal override Sql Stage(Session session, IReadOnlyList<object?[]> rows)
    {
        var connection = (SqliteConnection)session.Connection;
        var columns = Enumerable.Range(1, rows[0].Length).Select(i => "column" + i).ToArray();
        var table = "staged_" + columns.Length;
        using (var make = connection.CreateCommand())
        {
            make.CommandText = $"create temp table if not exists {table} ({string.Join(", ", columns)}); delete from {table}";
            make.Transaction = (SqliteTransaction?)session.Transaction;
            make.ExecuteNonQuery();
        }
        Load(session, table, columns, rows, CancellationToken.None);
        return Sql.Of($"select {Sql.Join(", ", columns.Select(Sql.Name))} from {Sql.Name(table)} where 1 = 1");
    }

    // What the caches of connections that rest hold goes back; so many rest as were ever needed at once.
    public override async Task RestAsync(CancellationToken cancel)
    {
        for (var resting = _idle.Count; resting > 0 && _idle.TryTake(out var connection); resting--)
        {
            await using var shrink = connection.CreateCommand();
            shrink.CommandText = "pragma shrink_memory";
            await shrink.ExecuteNonQueryAsync(cancel);
            await ReturnAsync(connection);
        }
    }

    private sealed class Connection(string text) : SqliteConnection(text)
    {
        public Dictionary<string, DbCommand> Resting { get; } = new(StringComparer.Ordinal);
    }

    public override async ValueTask DisposeAsync()
    {
        _closed = true;
        while (_idle.TryTake(out var connection)) await connection.DisposeAsync();
        await base.DisposeAsync();
    }
}
