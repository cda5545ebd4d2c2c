using System.Text.Json;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>A table source as it stands.</summary>
/// <param name="Position">The last value of the cursor that was taken; null before the first sync, or without a cursor.</param>
/// <param name="RowsRead">Rows of the last sync that ended.</param>
/// <param name="Error">Why the last sync failed; null if it did not.</param>
public sealed record TableState(TableSetup Setup, string? Position, long RowsRead, string? Error, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt);

/// <summary>The tables that are sources, with their connections, sealed, and how far each was read.</summary>
public sealed class TableSources(Stores stores, Sources sources, Secrets secrets, TimeProvider time)
{
    /// <summary>A sync that was begun: the import of what was read, and where the next one goes on when it is done.</summary>
    internal sealed record Pending(ImportId Import, string Path, ForeignPosition? Next);

    public Task<List<TableState>> ListAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"{Select} order by source"), Read, cancel), cancel);

    public Task<TableState?> FindAsync(string source, CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"{Select} where source = {source}"), Read, cancel), cancel);

    /// <summary>Keeps a table; the source is made if it is not there. Without a new connection the kept one stays. What was read stays read.</summary>
    /// <exception cref="BadInputException">The file has faults, or no connection was ever given.</exception>
    public async Task<TableSetup> PutAsync(string yaml, string? connection, CancellationToken cancel)
    {
        var setup = TableSetup.Parse(yaml);
        var given = string.IsNullOrWhiteSpace(connection) ? null : secrets.Protect(connection.Trim());
        if (given is null && await FindAsync(setup.Source, cancel) is null) throw new BadInputException("The connection is missing: a connection string of PostgreSQL, or the path of an SQLite file (--connection-file FILE).");
        await sources.EnsureAsync(setup.Source, SourceKind.Table, setup.Mapping.Party, cancel);
        await stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"""
            insert into table_source (source, yaml, connection, digest, rows_read) values ({setup.Source}, {yaml}, {given ?? ""}, {""}, {0L})
            on conflict (source) do update set yaml = excluded.yaml, digest = excluded.digest, connection = case when excluded.connection = '' then table_source.connection else excluded.connection end
            """), cancel), cancel);
        return setup;
    }

    /// <returns>False if there is no such table.</returns>
    public async Task<bool> RemoveAsync(string source, CancellationToken cancel) =>
        await stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"delete from table_source where source = {source}"), cancel), cancel) > 0;

    internal async Task<string> ConnectionAsync(string source, CancellationToken cancel) =>
        secrets.Unprotect((await stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select connection from table_source where source = {source}"), r => r.Text(0), cancel), cancel))!);

    internal async Task<(ForeignPosition? Position, string Digest, Pending? Pending)> PlaceAsync(string source, CancellationToken cancel) =>
        await stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select position, digest, import_id, import_path, next_position from table_source where source = {source}"),
            r => (Position(r.TextOrNull(0)), r.Text(1), r.IsNull(2) ? null : new Pending(new(r.Guid(2)), r.Text(3), Position(r.TextOrNull(4)))), cancel), cancel);

    internal Task BeginAsync(string source, bool full, CancellationToken cancel) => stores.Ledger.WriteAsync(s => s.ExecuteAsync(full
        ? Sql.Of($"update table_source set started_at = {time.GetUtcNow()}, ended_at = null, position = null, digest = {""} where source = {source}")
        : Sql.Of($"update table_source set started_at = {time.GetUtcNow()}, ended_at = null where source = {source}"), cancel), cancel);

    internal Task PendAsync(string source, Pending pending, CancellationToken cancel) => stores.Ledger.WriteAsync(s => s.ExecuteAsync(
        Sql.Of($"update table_source set import_id = {pending.Import.Value}, import_path = {pending.Path}, next_position = {Text(pending.Next)} where source = {source}"), cancel), cancel);

    /// <summary>What was read is taken: the next sync goes on behind it.</summary>
    internal Task AdvanceAsync(string source, ForeignPosition? position, string digest, CancellationToken cancel) => stores.Ledger.WriteAsync(s => s.ExecuteAsync(
        Sql.Of($"update table_source set position = {Text(position)}, digest = {digest}, import_id = null, import_path = null, next_position = null where source = {source}"), cancel), cancel);

    internal Task EndAsync(string source, long rows, string? error, CancellationToken cancel) => stores.Ledger.WriteAsync(s => s.ExecuteAsync(
        Sql.Of($"update table_source set ended_at = {time.GetUtcNow()}, rows_read = {rows}, error = {error} where source = {source}"), cancel), cancel);

    private static Sql Select => Sql.Of($"select yaml, position, rows_read, error, started_at, ended_at from table_source");

    private static TableState Read(Row row) => new(TableSetup.Parse(row.Text(0)), Position(row.TextOrNull(1))?.Value, row.Long(2), row.TextOrNull(3), row.TimeOrNull(4), row.TimeOrNull(5));

    private static ForeignPosition? Position(string? text) => text is null ? null : JsonSerializer.Deserialize<ForeignPosition>(text);

    private static string? Text(ForeignPosition? position) => position is null ? null : JsonSerializer.Serialize(position);
}
