using System.Text;
using Kendt.Model;

namespace Kendt.Server.Api;

/// <summary>Rows of unknown shape as a file that a call answers with: CSV as it comes, or Parquet, made whole first.</summary>
internal static class TableFile
{
    public const string Parquet = "application/vnd.apache.parquet";

    /// <summary>csv or parquet; csv if nothing was said.</summary>
    /// <exception cref="BadInputException">It is another.</exception>
    public static string Format(string? format) => format is null or "csv" or "parquet" ? format ?? "csv"
        : throw new BadInputException($"format is '{(format.Length > 20 ? format[..20] + "..." : format)}': it can be csv or parquet.");

    /// <param name="name">What the file is called, without its end.</param>
    /// <param name="cell">How a text becomes a cell of CSV; as RFC 4180 says if left out.</param>
    public static async Task WriteAsync(HttpContext context, string format, string name, IReadOnlyList<string> columns, IAsyncEnumerator<object?[]> rows, bool any, Func<string, string>? cell = null)
    {
        var cancel = context.RequestAborted;
        context.Response.Headers.ContentDisposition = new System.Net.Mime.ContentDisposition { FileName = $"{string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'))}.{format}" }.ToString();
        if (format == "parquet")
        {
            // The end of such a file says where its parts are.
            await using var file = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
            await ParquetTable.WriteAsync(file, columns, rows, any);
            file.Position = 0;
            context.Response.ContentType = Parquet;
            await file.CopyToAsync(context.Response.Body, cancel);
            return;
        }
        context.Response.ContentType = "text/csv; charset=utf-8";
        await using var writer = new StreamWriter(context.Response.Body, new UTF8Encoding(false), 65536, leaveOpen: true);
        await Table.WriteCsvAsync(writer, columns, rows, any, cell, cancel);
    }
}
