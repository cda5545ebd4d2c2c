using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Kendt.Model;
using Npgsql;

namespace Kendt.Store;

/// <summary>A table of PostgreSQL, or of what speaks like it. Rows come through a cursor of the server, a stretch a statement.</summary>
internal sealed class PostgresTable(ForeignQuery query, NpgsqlConnection connection) : ForeignTable(query, connection)
{
    private const int Stretch = 2_000;

    private static readonly string[] Times = ["timestamp with time zone", "timestamp without time zone", "date"];
    private static readonly string[] Numbers = ["smallint", "integer", "bigint", "numeric", "real", "double precision"];

    private string _type = "";

    public static PostgresTable Make(string connection, ForeignQuery query)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connection) { Timezone = "UTC", IncludeErrorDetail = false, Pooling = false, ApplicationName = "kendt" };
            return new(query, new NpgsqlConnection(settings.ToString()));
        }
        catch (ArgumentException fault)
        {
            throw new BadInputException("The connection is no connection string. Write it as: Host=...;Username=...;Password=...;Database=...", fault);
        }
    }

    protected override async Task BeginAsync(CancellationToken cancel)
    {
        await Connection.OpenAsync(cancel);
        await RunAsync(string.Create(CultureInfo.InvariantCulture, $"set default_transaction_read_only = on; set statement_timeout = {(long)Query.Timeout.TotalMilliseconds}; set datestyle = 'ISO'; begin transaction isolation level repeatable read read only"), cancel);
        if (Query.Cursor is not { } cursor) return;
        try
        {
            await using var command = Command($"select pg_typeof(t.{Quoted(cursor)})::text from {From} where t.{Quoted(cursor)} is not null limit 1", []);
            _type = await command.ExecuteScalarAsync(cancel) as string ?? "";
        }
        catch (PostgresException fault)
        {
            throw new BadInputException($"The source's database refused what was asked of it: {fault.MessageText}.", fault);
        }
    }

    protected override (string Where, IReadOnlyList<(string Name, object Value)> Parameters) After(ForeignPosition? from, bool includes, decimal lookback)
    {
        var column = "t." + Quoted(Query.Cursor!);
        if (from is null) return ($"where {column} is not null", []);
        var type = _type.Length > 0 ? _type : from.Type;
        var back = lookback == 0 ? ""
            : Times.Contains(type) ? $" - {Number(lookback)} * interval '1 second'"
            : Numbers.Contains(type) ? $" - {Number(lookback)}"
            : throw new BadInputException($"A look-back goes with a cursor that is a time or a number; '{Query.Cursor}' is {type}.");
        return ($"where {column} {(includes || lookback > 0 ? ">=" : ">")} cast(@position as {type}){back}", [("position", from.Value)]);
    }

    protected override async IAsyncEnumerable<ForeignRow> RowsAsync(string where, string order, IReadOnlyList<(string Name, object Value)> parameters, [EnumeratorCancellation] CancellationToken cancel)
    {
        var cursor = Query.Cursor is { } name ? $"t.{Quoted(name)}::text" : "null::text";
        await using (var declare = Command($"declare kendt no scroll cursor for select row_to_json(t)::text, {cursor} from {From} {where} {order}", parameters))
            await declare.ExecuteNonQueryAsync(cancel);
        var isOpen = true;
        try
        {
            while (isOpen)
            {
                var count = 0;
                await using var fetch = Command($"fetch {Stretch} from kendt", []);
                await using var reader = await fetch.ExecuteReaderAsync(cancel);
                while (await reader.ReadAsync(cancel))
                {
                    count++;
                    yield return new(reader.GetString(0), reader.IsDBNull(1) ? null : new(reader.GetString(1), _type));
                }
                isOpen = count == Stretch;
            }
        }
        finally
        {
            // A failed transaction has no cursor any more.
            if (((NpgsqlConnection)Connection).FullState.HasFlag(System.Data.ConnectionState.Open)) await CloseAsync();
        }
    }

    private async Task CloseAsync()
    {
        try
        {
            await RunAsync("close kendt", CancellationToken.None);
        }
        catch (DbException)
        {
            // The statement that failed is told; the session ends with this object.
        }
    }

    private async Task RunAsync(string text, CancellationToken cancel)
    {
        await using var command = Command(text, []);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
