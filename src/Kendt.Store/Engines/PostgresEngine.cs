using System.Data.Common;
using Kendt.Model;
using Npgsql;
using NpgsqlTypes;

namespace Kendt.Store.Engines;

/// <summary>PostgreSQL 15 or newer, single or a Citus cluster, for ledger or warehouse: each lives in a schema of its own.</summary>
internal sealed class PostgresEngine : Engine
{
    private readonly NpgsqlDataSource _source;

    public PostgresEngine(string connection, string schema)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new(connection) { SearchPath = schema, Timezone = "UTC", IncludeErrorDetail = false, MaxPoolSize = 40 };
        }
        catch (ArgumentException fault)
        {
            throw new BadInputException($"--postgres is not a connection string ({fault.Message}). Write it as: Host=localhost;Username=kendt;Password=...;Database=kendt", fault);
        }
        _source = NpgsqlDataSource.Create(settings);
    }

    public override Dialect Dialect => Dialect.Postgres;

    internal override async Task<DbConnection> RentAsync(CancellationToken cancel)
    {
        try
        {
            return await _source.OpenConnectionAsync(cancel);
        }
        catch (NpgsqlException fault)
        {
            throw new CannotException($"PostgreSQL does not answer as --postgres says ({fault.Message}). Check host, port, user, password and database.", fault);
        }
    }

    internal override ValueTask ReturnAsync(DbConnection connection) => connection.DisposeAsync();

    internal override DbParameter Parameter(DbCommand command, int ordinal, object value) => new NpgsqlParameter { Value = value };

    internal override async Task LoadAsync(Session session, string table, IReadOnlyList<string> columns, IEnumerable<object?[]> rows, CancellationToken cancel)
    {
        var connection = (NpgsqlConnection)session.Connection;
        var text = $"copy {Sql.Name(table).Show(Dialect)} ({string.Join(", ", columns.Select(c => Sql.Name(c).Show(Dialect)))}) from stdin (format binary)";
        try
        {
            await using var copy = await connection.BeginBinaryImportAsync(text, cancel);
            foreach (var values in rows)
            {
                await copy.StartRowAsync(cancel);
                foreach (var value in values)
                {
                    switch (Row.ToEngine(value, EngineKind.Postgres))
                    {
                        case DBNull: await copy.WriteNullAsync(cancel); break;
                        case string s: await copy.WriteAsync(s.Contains('\0', StringComparison.Ordinal) ? s.Replace("\0", "\uFFFD", StringComparison.Ordinal) : s, NpgsqlDbType.Text, cancel); break;
                        case DateTimeOffset t: await copy.WriteAsync(t, NpgsqlDbType.TimestampTz, cancel); break;
                        case var other: await copy.WriteAsync(other, cancel); break;
                    }
                }
            }
            await copy.CompleteAsync(cancel);
        }
        catch (NpgsqlException fault)
        {
            throw SqlException.Of(text, fault);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await base.DisposeAsync();
    }
}
