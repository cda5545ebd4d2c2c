using System.Globalization;
using System.Text;

namespace Kendt.Samples;

/// <summary>Writes delimited text (RFC 4180, with the delimiter and the line ends of the exporting system).</summary>
internal sealed class CsvFile : IAsyncDisposable
{
    private readonly StreamWriter writer;
    private readonly char delimiter;
    private readonly char[] special;

    /// <summary>Opens the file and writes the header. Danish exports have semicolons, a byte-order mark and CR LF.</summary>
    public CsvFile(string path, bool danish, string header)
    {
        delimiter = danish ? ';' : ',';
        special = [delimiter, '"', '\r', '\n'];
        writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: danish), 1 << 16)
        {
            NewLine = danish ? "\r\n" : "\n",
        };
        writer.WriteLine(danish ? header.Replace(',', ';') : header);
    }

    public long Rows { get; private set; }

    public void Row(params ReadOnlySpan<string> fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (i > 0) writer.Write(delimiter);
            if (fields[i].AsSpan().IndexOfAny(special) < 0) writer.Write(fields[i]);
            else writer.Write($"\"{fields[i].Replace("\"", "\"\"")}\"");
        }

        writer.WriteLine();
        Rows++;
    }

    public ValueTask DisposeAsync() => writer.DisposeAsync();
}

/// <summary>How values are written.</summary>
internal static class Written
{
    public static string Iso(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string IsoMilliseconds(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Danish(DateOnly date) => date.ToString("dd-MM-yyyy", CultureInfo.InvariantCulture);

    public static string DanishClock(DateTime utc) =>
        Copenhagen.ToLocal(utc).ToString("dd-MM-yyyy HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Money(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);

    public static string DanishMoney(decimal amount) => Money(amount).Replace('.', ',');

    public static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);
}
