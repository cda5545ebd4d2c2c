using System.Globalization;
using ParquetSharp;

namespace Kendt.Server.Api;

/// <summary>Rows of unknown shape as a Parquet file. A column's type is that of its first value; one without any is text.</summary>
internal static class ParquetTable
{
    private const int RowGroup = 50_000;

    public static async Task WriteAsync(Stream target, IReadOnlyList<string> names, IAsyncEnumerator<object?[]> rows, bool any)
    {
        var columns = new Column[names.Count];
        ParquetFileWriter? file = null;
        try
        {
            do
            {
                var group = new List<object?[]>();
                for (; any && group.Count < RowGroup; any = await rows.MoveNextAsync()) group.Add(rows.Current);
                if (file is null)
                {
                    for (var c = 0; c < columns.Length; c++) columns[c] = Of(Unlike(names, c), group.Select(r => r[c]).FirstOrDefault(v => v is not null));
                    file = new ParquetFileWriter(target, columns, leaveOpen: true);
                }
                using var writer = file.AppendRowGroup();
                for (var c = 0; c < columns.Length; c++) Write(writer.NextColumn(), columns[c], [.. group.Select(r => r[c])]);
            }
            while (any);
            file.Close();
        }
        finally
        {
            file?.Dispose();
        }
    }

    // Two columns of an answer may have one name.
    private static string Unlike(IReadOnlyList<string> names, int at) => names.Take(at).Contains(names[at], StringComparer.Ordinal) ? string.Create(CultureInfo.InvariantCulture, $"{names[at]}_{at + 1}") : names[at];

    private static Column Of(string name, object? first) => first switch
    {
        bool => new Column<bool?>(name),
        sbyte or byte or short or ushort or int or uint or long or System.Numerics.BigInteger => new Column<long?>(name),
        float or double or decimal => new Column<double?>(name),
        DateTime or DateTimeOffset => new Column<DateTime?>(name, LogicalType.Timestamp(true, TimeUnit.Micros)),
        _ => new Column<string?>(name),
    };

    private static void Write(ColumnWriter writer, Column column, object?[] values)
    {
        var type = column.LogicalSystemType;
        if (type == typeof(bool?)) Write(writer, values, v => (bool?)v);
        else if (type == typeof(long?)) Write(writer, values, v => v is System.Numerics.BigInteger big ? (long?)big : v is null ? null : Convert.ToInt64(v, CultureInfo.InvariantCulture));
        else if (type == typeof(double?)) Write(writer, values, v => v is null ? (double?)null : Convert.ToDouble(v, CultureInfo.InvariantCulture));
        else if (type == typeof(DateTime?)) Write(writer, values, v => v is DateTimeOffset at ? at.UtcDateTime : (DateTime?)v);
        else Write(writer, values, v => v is null ? null : Table.Text(v));
    }

    private static void Write<T>(ColumnWriter writer, object?[] values, Func<object?, T> read)
    {
        using var column = writer.LogicalWriter<T>();
        column.WriteBatch([.. values.Select(read)]);
    }
}
