using Kendt.Model;
using Kendt.Store.Engines;

namespace Kendt.Store;

/// <summary>Where a workspace keeps its data.</summary>
public sealed record StoreOptions
{
    /// <summary>The workspace's folder; with PostgreSQL it still holds spooled files, keys and exports.</summary>
    public required string Folder { get; init; }

    /// <summary>A PostgreSQL (15 or newer) connection string; null for the embedded engines. Default: null.</summary>
    public string? Postgres { get; init; }

    /// <summary>Memory that the embedded warehouse may use, MB. Default: 1024.</summary>
    public int WarehouseMemoryMb { get; init; } = 1024;

    /// <summary>Threads of the embedded warehouse. Default: the machine's processors.</summary>
    public int WarehouseThreads { get; init; } = Environment.ProcessorCount;
}

/// <summary>
/// The two stores of a workspace. The ledger is operational: small keyed reads and writes. The warehouse is columnar:
/// loads and scans. Embedded they are SQLite and DuckDB, scaled out two schemas of one PostgreSQL.
/// </summary>
public sealed class Stores : IAsyncDisposable
{
    private Stores(string folder, Engine ledger, Engine warehouse) => (Folder, Ledger, Warehouse) = (folder, ledger, warehouse);

    /// <summary>The workspace's folder.</summary>
    public string Folder { get; }

    public Engine Ledger { get; }

    public Engine Warehouse { get; }

    /// <summary>Opens both stores and brings their tables to this version.</summary>
    /// <exception cref="CannotException">A file or server cannot be opened, or was made by a newer Kendt.</exception>
    public static async Task<Stores> OpenAsync(StoreOptions options, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            Directory.CreateDirectory(options.Folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CannotException($"The folder '{options.Folder}' cannot be made or written to ({fault.Message}). Choose another with --data DIR.", fault);
        }
        var stores = options.Postgres is { } connection
            ? new Stores(options.Folder, new PostgresEngine(connection, "kendt_ledger"), new PostgresEngine(connection, "kendt_warehouse"))
            : new Stores(options.Folder, new SqliteEngine(Path.Combine(options.Folder, "ledger.db")), new DuckDbEngine(Path.Combine(options.Folder, "warehouse.duckdb"), options.WarehouseMemoryMb, options.WarehouseThreads));
        try
        {
            await Migrations.ApplyAsync(stores.Ledger, "Ledger", time, cancel);
            await Migrations.ApplyAsync(stores.Warehouse, "Warehouse", time, cancel);
            return stores;
        }
        catch
        {
            await stores.DisposeAsync();
            throw;
        }
    }

    /// <summary>Removes both schemas from PostgreSQL; embedded stores are files that the caller removes.</summary>
    public static async Task EraseAsync(StoreOptions options, CancellationToken cancel)
    {
        if (options.Postgres is not { } connection) return;
        await using var engine = new PostgresEngine(connection, "public");
        await engine.WriteAsync(async s =>
        {
            await s.ExecuteAsync(Sql.Of($"drop schema if exists kendt_ledger cascade"), cancel);
            await s.ExecuteAsync(Sql.Of($"drop schema if exists kendt_warehouse cascade"), cancel);
        }, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await Warehouse.DisposeAsync();
        await Ledger.DisposeAsync();
    }
}
