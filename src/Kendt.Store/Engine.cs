using System.Data.Common;

namespace Kendt.Store;

/// <summary>A database engine: opens connections, loads rows in bulk, and lets one writer in at a time where the engine wants that.</summary>
public abstract class Engine : IAsyncDisposable
{
    private readonly SemaphoreSlim _writer = new(1, 1);

    public abstract Dialect Dialect { get; }

    /// <summary>Until when what was read of a profile holds.</summary>
    public Freshness Freshness { get; } = new();

    /// <summary>Runs <paramref name="work"/> on a connection for reading: a snapshot where the engine gives one.</summary>
    public async Task<T> ReadAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel)
    {
        await using var session = new Session(this, await RentAsync(cancel), null);
        return await work(session);
    }

    public Task ReadAsync(Func<Session, Task> work, CancellationToken cancel) => ReadAsync(async s => { await work(s); return true; }, cancel);

    /// <summary>Runs <paramref name="work"/> in one transaction: all of it is durable when this returns, or nothing of it happened.</summary>
    public async Task<T> WriteAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel)
    {
        if (Dialect.HasOneWriter) await _writer.WaitAsync(cancel);
        try
        {
            var connection = await RentAsync(cancel);
            DbTransaction transaction;
            try
            {
                transaction = await BeginAsync(connection, cancel);
            }
            catch
            {
                await ReturnAsync(connection);
                throw;
            }
            await using var session = new Session(this, connection, transaction);
            var result = await work(session);
            try
            {
                await transaction.CommitAsync(CancellationToken.None);
            }
            catch (DbException fault)
            {
                throw SqlException.Of("commit", fault);
            }
            Freshness.Changed(session.Changed);
            return result;
        }
        finally
        {
            if (Dialect.HasOneWriter) _writer.Release();
        }
    }

    public Task WriteAsync(Func<Session, Task> work, CancellationToken cancel) => WriteAsync(async s => { await work(s); return true; }, cancel);

    /// <summary>Rows of a statement as they come, on a connection of its own.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(Sql sql, Func<Row, T> read, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var session = new Session(this, await RentAsync(cancel), null);
        await foreach (var item in session.QueryAsync(sql, read, cancel)) yield return item;
    }

    /// <summary>Runs one of the person's own read-only queries; see <see cref="ReadOnlyQuery"/>.</summary>
    internal Session Open(DbConnection connection, DbTransaction? transaction) => new(this, connection, transaction);

    internal abstract Task<DbConnection> RentAsync(CancellationToken cancel);

    internal abstract ValueTask ReturnAsync(DbConnection connection);

    internal virtual async Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancel) =>
        await connection.BeginTransactionAsync(cancel);

    /// <summary>A command without parameters; an engine may give one that is prepared.</summary>
    internal virtual DbCommand Lend(DbConnection connection, string text)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        return command;
    }

    internal virtual ValueTask TakeBackAsync(DbCommand command) => command.DisposeAsync();

    internal abstract DbParameter Parameter(DbCommand command, int ordinal, object value);

    internal abstract Task LoadAsync(Session session, string table, IReadOnlyList<string> columns, IEnumerable<object?[]> rows, CancellationToken cancel);

    /// <summary>Puts rows into a table of the connection's own, where that is cheaper than parameters; null where it is not.</summary>
    internal virtual Sql? Stage(Session session, IReadOnlyList<object?[]> rows) => null;

    /// <summary>At a quiet time: writes what is buffered to the main file, and gives what caches hold back to the machine. Nothing is lost without it.</summary>
    public virtual Task RestAsync(CancellationToken cancel) => Task.CompletedTask;

    public virtual ValueTask DisposeAsync()
    {
        _writer.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
