using ParquetSharp;

namespace Kendt.Samples;

/// <summary>Writes a table of columns as one Parquet row group.</summary>
internal static class ParquetFile
{
    public static readonly LogicalType UtcMilliseconds = LogicalType.Timestamp(isAdjustedToUtc: true, TimeUnit.Millis);

    /// <summary>Writes the columns in order; each part writes its values into the next column.</summary>
    public static void Write(string path, Column[] columns, params ReadOnlySpan<Action<ColumnWriter>> parts)
    {
        using var file = new ParquetFileWriter(path, columns, Compression.Snappy);
        using var group = file.AppendRowGroup();
        foreach (var part in parts)
        {
            using var column = group.NextColumn();
            part(column);
        }

        file.Close();
    }

    /// <summary>The part that writes one value of each row.</summary>
    public static Action<ColumnWriter> Part<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> value) => column =>
    {
        using var writer = column.LogicalWriter<TValue>();
        writer.WriteBatch([.. rows.Select(value)]);
    };
}
