using Npgsql;

namespace Kendt.EndToEnd;

/// <summary>Which pair of stores a workspace is kept in.</summary>
public enum On { Embedded, Postgres }

/// <summary>An empty workspace for one test, in a folder (and a database) of its own; removed after it.</summary>
public sealed class Workspace : IAsyncDisposable
{
    private readonly string? _database;

    private Workspace(string folder, string? server, string? database)
    {
        (Folder, _database) = (folder, database);
        if (database is not null) Postgres = new NpgsqlConnectionStringBuilder(server) { Database = database }.ToString();
    }

    public string Folder { get; }

    /// <summary>The connection string, or null for the embedded engines.</summary>
    public string? Postgres { get; }

    private static string? Server => Environment.GetEnvironmentVariable("KENDT_TEST_POSTGRES");

    public static async Task<Workspace> CreateAsync(On on)
    {
        string? database = null;
        if (on is On.Postgres)
        {
            if (Server is null && Environment.GetEnvironmentVariable("CI") != "true") Assert.Skip("No PostgreSQL: run ./test, or set KENDT_TEST_POSTGRES to a connection string.");
            Assert.True(Server is not null, "KENDT_TEST_POSTGRES is not set: this engine must not be skipped here.");
            database = "kendt_" + Guid.CreateVersion7().ToString("N");
            await AdminAsync($"create database {database}");
        }
        return new(Directory.CreateTempSubdirectory("kendt-end-").FullName, Server, database);
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        if (_database is not null) await AdminAsync($"drop database {_database} with (force)");
    }

    private static async Task AdminAsync(string text)
    {
        await using var source = NpgsqlDataSource.Create(Server!);
        await using var command = source.CreateCommand(text);
        await command.ExecuteNonQueryAsync();
    }
}
