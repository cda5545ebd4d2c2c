using System.Buffers;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kendt.Model;
using Microsoft.Data.Sqlite;

namespace Kendt.Store;

/// <summary>A table of an SQLite file, opened for reading only.</summary>
internal sealed class SqliteTable(ForeignQuery query, SqliteConnection connection) : ForeignTable(query, connection)
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static SqliteTable Make(string path, ForeignQuery query)
    {
        if (!File.Exists(path)) throw new BadInputException("There is no SQLite file at that path on this server.");
        return new(query, new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString()));
    }

    protected override async Task BeginAsync(CancellationToken cancel)
    {
        await Connection.OpenAsync(cancel);
        await using var command = Command("pragma query_only = on; begin", []);
        await command.ExecuteNonQueryAsync(cancel);
    }

    protected override (string Where, IReadOnlyList<(string Name, object Value)> Parameters) After(ForeignPosition? from, bool includes, decimal lookback)
    {
        var column = "t." + Quoted(Query.Cursor!);
        if (from is null) return ($"where {column} is not null", []);
        object bound = (from.Type, lookback) switch
        {
            ("integer", _) => long.Parse(from.Value, CultureInfo.InvariantCulture) - (long)lookback,
            ("real", _) => double.Parse(from.Value, CultureInfo.InvariantCulture) - (double)lookback,
            (_, 0) => from.Value,
            // Times are texts of several forms here. A bare date stands before all of them.
            _ when DateTimeOffset.TryParse(from.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) => at.AddSeconds(-(double)lookback).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            _ => throw new BadInputException($"A look-back goes with a cursor that is a time or a number; '{Query.Cursor}' is neither."),
        };
        return ($"where {column} {(includes || lookback > 0 ? ">=" : ">")} $position", [("$position", bound)]);
    }

    protected override async IAsyncEnumerable<ForeignRow> RowsAsync(string where, string order, IReadOnlyList<(string Name, object Value)> parameters, [EnumeratorCancellation] CancellationToken cancel)
    {
        var cursor = Query.Cursor is { } name ? $"t.{Quoted(name)}" : "null";
        await using var command = Command($"select {cursor}, t.* from {From} {where} {order}", parameters);
        var waited = Stopwatch.StartNew();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var bytes = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(bytes, Writing);
        while (await reader.ReadAsync(cancel))
        {
            // The engine runs in this process: what it may take is looked at between rows.
            if (waited.Elapsed > Query.Timeout) throw new BadInputException($"A row took longer than {Query.Timeout.TotalSeconds:N0} seconds. Put an index on the cursor column, or raise timeout.");
            bytes.ResetWrittenCount();
            writer.Reset();
            Write(writer, reader);
            yield return new(Encoding.UTF8.GetString(bytes.WrittenSpan), PositionOf(reader.GetValue(0)));
            waited.Restart();
        }
    }

    private static ForeignPosition? PositionOf(object value) => value switch
    {
        DBNull => null,
        long number => new(number.ToString(CultureInfo.InvariantCulture), "integer"),
        double number => new(number.ToString("R", CultureInfo.InvariantCulture), "real"),
        var other => new(Convert.ToString(other, CultureInfo.InvariantCulture) ?? "", "text"),
    };

    private static void Write(Utf8JsonWriter writer, DbDataReader reader)
    {
        writer.WriteStartObject();
        for (var i = 1; i < reader.FieldCount; i++)
        {
            writer.WritePropertyName(reader.GetName(i));
            switch (reader.GetValue(i))
            {
                case DBNull: writer.WriteNullValue(); break;
                case long number: writer.WriteNumberValue(number); break;
                case double number when double.IsFinite(number): writer.WriteNumberValue(number); break;
                case byte[] blob: writer.WriteBase64StringValue(blob); break;
                case var other: writer.WriteStringValue(Convert.ToString(other, CultureInfo.InvariantCulture)); break;
            }
        }
        writer.WriteEndObject();
        writer.Flush();
    }
}
