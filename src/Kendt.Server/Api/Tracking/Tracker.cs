using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Kendt.Server.Api.Tracking;

/// <summary>
/// The script that web pages load: <c>tracker.js</c> of this folder without its comments and indents, packed once. Lines are
/// all that is taken away, so what runs in a browser is what stands in the file.
/// </summary>
internal static class Tracker
{
    private static readonly byte[] Plain = Read(), Packed = Pack(Plain);

    private static readonly string Tag = '"' + Convert.ToHexStringLower(SHA256.HashData(Plain))[..16] + '"';

    /// <summary>Answers with the script: packed where the browser takes that, 304 where it has it.</summary>
    public static async Task WriteAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.CacheControl = "public, max-age=3600";
        response.Headers.ETag = Tag;
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        if (request.Headers.IfNoneMatch == Tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var isPacked = request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        if (isPacked) response.Headers.ContentEncoding = "gzip";
        var bytes = isPacked ? Packed : Plain;
        response.ContentType = "text/javascript; charset=utf-8";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static byte[] Read()
    {
        using var stream = typeof(Tracker).Assembly.GetManifestResourceStream("Kendt.Server.tracker.js")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var lines = reader.ReadToEnd().Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal));
        return Encoding.UTF8.GetBytes(string.Join('\n', lines));
    }

    private static byte[] Pack(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize)) gzip.Write(plain);
        return packed.ToArray();
    }
}
