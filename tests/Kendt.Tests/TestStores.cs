using System.Reflection;
using Kendt.Store;
using Npgsql;
using Xunit.Sdk;
using Xunit.v3;

namespace Kendt.Tests;

/// <summary>Which pair of stores a test runs on.</summary>
public enum On { Embedded, Postgres }

/// <summary>
/// Runs a storage test on the embedded engines and on PostgreSQL. Without a server (environment variable
/// KENDT_TEST_POSTGRES, which ./test sets) the second is a named skip, and a failure where CI is true.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EnginesAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        var postgres = new TheoryDataRow(On.Postgres);
        if (TestStores.Postgres is null && Environment.GetEnvironmentVariable("CI") != "true")
            postgres.Skip = "No PostgreSQL: run ./test, or set KENDT_TEST_POSTGRES to a connection string.";
        return new([new TheoryDataRow(On.Embedded), postgres]);
    }

    public override bool SupportsDiscoveryEnumeration() => true;
}

/// <summary>A fresh workspace for one test, removed after it.</summary>
public sealed class TestStores : IAsyncDisposable
{
    private readonly string? _database;

    private TestStores(StoreOptions options, string? database) => (Options, _database) = (options, database);

    public static string? Postgres => Environment.GetEnvironmentVariable("KENDT_TEST_POSTGRES");

    public StoreOptions Options { get; }

    public Stores Stores { get; private set; } = null!;

    public static async Task<TestStores> OpenAsync(On on, TimeProvider? time = null)
    {
        var folder = Directory.CreateTempSubdirectory("kendt-test-").FullName;
        string? connection = null, database = null;
        if (on is On.Postgres)
        {
            Assert.True(Postgres is not null, "KENDT_TEST_POSTGRES is not set: this engine must not be skipped here.");
            database = "kendt_" + Guid.CreateVersion7().ToString("N");
            await AdminAsync($"create database {database}");
            connection = new NpgsqlConnectionStringBuilder(Postgres) { Database = database, Pooling = true }.ToString();
        }
        var stores = new TestStores(new StoreOptions { Folder = folder, Postgres = connection, WarehouseMemoryMb = 512 }, database);
        await stores.ReopenAsync(time);
        return stores;
    }

    /// <summary>Closes and opens again, as a restarted program does.</summary>
    public async Task ReopenAsync(TimeProvider? time = null)
    {
        if (Stores is not null) await Stores.DisposeAsync();
        Stores = await Stores.OpenAsync(Options, time ?? TimeProvider.System, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Stores.DisposeAsync();
        if (_database is not null) await AdminAsync($"drop database {_database} with (force)");
        Directory.Delete(Options.Folder, recursive: true);
    }

    private static async Task AdminAsync(string text)
    {
        await using var source = NpgsqlDataSource.Create(Postgres!);
        await using var command = source.CreateCommand(text);
        await command.ExecuteNonQueryAsync();
    }
}
