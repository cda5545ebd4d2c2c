using System.Data.Common;
using System.Runtime.CompilerServices;
using Kendt.Model;

namespace Kendt.Store;

/// <summary>
/// One connection in use. Statements of one session run one after another; a session that was opened for writing
/// is a transaction that ends with it.
/// </summary>
public sealed class Session : IAsyncDisposable
{
    private readonly Engine _engine;
    private readonly DbConnection _connection;
    private readonly DbTransaction? _transaction;
    private HashSet<ProfileId>? _changed;
    private bool _changesAnybody;

    internal Session(Engine engine, DbConnection connection, DbTransaction? transaction) =>
        (_engine, _connection, _transaction) = (engine, connection, transaction);

    public Dialect Dialect => _engine.Dialect;

    internal DbConnection Connection => _connection;

    internal DbTransaction? Transaction => _transaction;

    /// <summary>
    /// Waits until no other transaction holds the lock of this name, and holds it until this transaction ends. Engines with
    /// one writer need none.
    /// </summary>
    public async Task LockAsync(string name, CancellationToken cancel)
    {
        if (!Dialect.HasOneWriter) await ExecuteAsync(Sql.Of($"select pg_advisory_xact_lock(hashtext({name}))"), cancel);
    }

    /// <summary>
    /// Says of which profiles this transaction changes what is shown of them; see <see cref="Freshness"/>. Said by the owner of
    /// the table, beside the statement. Nobody is said as well: of a transaction that says nothing it is held that it changed all.
    /// </summary>
    public void Changes(params IEnumerable<ProfileId> profiles) => (_changed ??= []).UnionWith(profiles);

    /// <summary>Says that it may change what is shown of anybody.</summary>
    public void ChangesAnybody() => _changesAnybody = true;

    /// <summary>The profiles that this transaction changes; null if it may be any.</summary>
    internal HashSet<ProfileId>? Changed => _changesAnybody ? null : _changed;

    /// <summary>Rows changed.</summary>
    /// <exception cref="SqlException">The engine refused; the message has the statement, never its values.</exception>
    public async Task<int> ExecuteAsync(Sql sql, CancellationToken cancel)
    {
        var (text, parameters) = sql.For(Dialect);
        try
        {
            await using var command = Command(text, parameters);
            return await command.Value.ExecuteNonQueryAsync(cancel);
        }
        catch (DbException fault)
        {
            throw SqlException.Of(text, fault);
        }
    }

    public async IAsyncEnumerable<T> QueryAsync<T>(Sql sql, Func<Row, T> read, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (text, parameters) = sql.For(Dialect);
        await using var command = Command(text, parameters);
        DbDataReader reader;
        try
        {
            reader = await command.Value.ExecuteReaderAsync(cancel);
        }
        catch (DbException fault)
        {
            throw SqlException.Of(text, fault);
        }
        await using (reader)
        {
            var row = new Row(reader, Dialect);
            while (await ReadAsync(reader, text, cancel)) yield return read(row);
        }
    }

    public async Task<List<T>> ListAsync<T>(Sql sql, Func<Row, T> read, CancellationToken cancel)
    {
        var list = new List<T>();
        await foreach (var item in QueryAsync(sql, read, cancel)) list.Add(item);
        return list;
    }

    /// <summary>The first row, or the default of <typeparamref name="T"/> if there is none.</summary>
    public async Task<T?> FirstAsync<T>(Sql sql, Func<Row, T> read, CancellationToken cancel)
    {
        await foreach (var item in QueryAsync(sql, read, cancel)) return item;
        return default;
    }

    /// <summary>The first number of the first row, 0 if there is none or it is null.</summary>
    public async Task<long> CountAsync(Sql sql, CancellationToken cancel) =>
        await FirstAsync(sql, row => row.IsNull(0) ? 0 : row.Long(0), cancel);

    /// <summary>Loads many rows at the engine's fastest way (Appender, COPY or a prepared insert), within this session's transaction.</summary>
    /// <exception cref="SqlException">The engine refused a row.</exception>
    public async Task LoadAsync(string table, IReadOnlyList<string> columns, IEnumerable<object?[]> rows, CancellationToken cancel)
    {
        try
        {
            await _engine.LoadAsync(this, table, columns, rows, cancel);
        }
        catch (DbException fault)
        {
            throw SqlException.Of("load " + table, fault);
        }
    }

    /// <summary>
    /// Runs a statement over many rows, however many: as <c>values (...), (...)</c> in chunks that an engine can take, or from
    /// a table that it keeps for that. The statement has them as <c>with v(a, b) as ({rows})</c> or <c>insert into t (a, b) {rows}</c>.
    /// </summary>
    public async Task ExecuteChunkedAsync(IReadOnlyList<object?[]> rows, Func<Sql, Sql> statement, CancellationToken cancel)
    {
        foreach (var chunk in Chunks(rows)) await ExecuteAsync(statement(chunk), cancel);
    }

    /// <summary>Asks over many rows in the same way and gathers the answers.</summary>
    public async Task<List<T>> ListChunkedAsync<T>(IReadOnlyList<object?[]> rows, Func<Sql, Sql> question, Func<Row, T> read, CancellationToken cancel)
    {
        var all = new List<T>();
        foreach (var chunk in Chunks(rows)) all.AddRange(await ListAsync(question(chunk), read, cancel));
        return all;
    }

    /// <summary>The shape of an answer whose columns are not known beforehand.</summary>
    public async IAsyncEnumerable<object?[]> TableAsync(Sql sql, Action<IReadOnlyList<string>> columns, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (text, parameters) = sql.For(Dialect);
        await using var command = Command(text, parameters);
        DbDataReader reader;
        try
        {
            reader = await command.Value.ExecuteReaderAsync(cancel);
        }
        catch (DbException fault)
        {
            throw SqlException.Of(text, fault);
        }
        await using (reader)
        {
            columns([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)]);
            var row = new Row(reader, Dialect);
            while (await ReadAsync(reader, text, cancel))
            {
                var values = new object?[reader.FieldCount];
                for (var i = 0; i < values.Length; i++) values[i] = row.Any(i);
                yield return values;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_transaction is not null) await _transaction.DisposeAsync();
        await _engine.ReturnAsync(_connection);
    }

    // A chunk is a power of two rows, so that an engine sees few different texts and can keep their plans.
    private IEnumerable<Sql> Chunks(IReadOnlyList<object?[]> rows)
    {
        if (rows.Count == 0) yield break;
        if (rows.Count > 8 && _engine.Stage(this, rows) is { } staged)
        {
            yield return staged;
            yield break;
        }
        var array = rows as object?[][] ?? [.. rows];
        var most = Math.Min(512, Dialect.MaxParameters / Math.Max(1, array[0].Length));
        for (var at = 0; at < array.Length;)
        {
            var size = most;
            while (size > array.Length - at) size >>= 1;
            yield return Sql.Of($"values {Sql.Rows(new ArraySegment<object?[]>(array, at, Math.Max(1, size)))}");
            at += Math.Max(1, size);
        }
    }

    private static async Task<bool> ReadAsync(DbDataReader reader, string text, CancellationToken cancel)
    {
        try
        {
            return await reader.ReadAsync(cancel);
        }
        catch (DbException fault)
        {
            throw SqlException.Of(text, fault);
        }
    }

    private Lent Command(string text, IReadOnlyList<object?> parameters)
    {
        var command = _engine.Lend(_connection, text);
        command.Transaction = _transaction;
        for (var i = 0; i < parameters.Count; i++) command.Parameters.Add(_engine.Parameter(command, i + 1, Row.ToEngine(parameters[i], Dialect.Engine)));
        return new(_engine, command);
    }

    // A command goes back to its engine, which may keep it prepared.
    private readonly struct Lent(Engine engine, DbCommand command) : IAsyncDisposable
    {
        public DbCommand Value => command;

        public ValueTask DisposeAsync() => engine.TakeBackAsync(command);
    }
}

/// <summary>An engine refused a statement. Values are left out: they may be personal data.</summary>
public sealed class SqlException : Exception
{
    private SqlException(string message, Exception inner) : base(message, inner) { }

    internal static SqlException Of(string text, DbException fault) =>
        new($"The database refused a statement: {fault.Message}{Environment.NewLine}in: {(text.Length > 2000 ? text[..2000] + "..." : text)}", fault);
}
