using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Kendt.Tests.Collect;

/// <summary>A small server that speaks as S3 and as Azure Blob Storage do, two objects a page; it keeps what it was asked.</summary>
internal sealed class FakeStorage : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    public FakeStorage()
    {
        using (var socket = new TcpListener(IPAddress.Loopback, 0))
        {
            socket.Start();
            Address = new($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndpoint).Port}/");
        }
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public Uri Address { get; }

    /// <summary>Name to content.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<(string Path, string? Authorization)> Asked { get; } = new();

    /// <summary>Answers 403 to everything.</summary>
    public bool Refuses { get; set; }

    public void Dispose()
    {
        _listener.Stop();
        _serving.GetAwaiter().GetResult();
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            Asked.Enqueue((context.Request.RawUrl!, context.Request.Headers["Authorization"]));
            Answer(context);
            context.Response.Close();
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var (query, response) = (context.Request.QueryString, context.Response);
        if (Refuses)
        {
            (response.StatusCode, response.ContentType) = (403, "application/xml");
            response.OutputStream.Write("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"u8);
            return;
        }
        if (query["list-type"] == "2") Write(response, List(query["prefix"], query["continuation-token"]));
        else if (query["comp"] == "list") Write(response, Container(query["prefix"], query["marker"]));
        else
        {
            var name = string.Join('/', context.Request.Url!.AbsolutePath.Split('/').Skip(2).Select(Uri.UnescapeDataString));
            if (!Files.TryGetValue(name, out var content) || (context.Request.Headers["If-Match"] is { } tag && tag.Trim('"') != Tag(content).Trim('"')))
            {
                response.StatusCode = 412;
                return;
            }
            response.Headers["ETag"] = Tag(content);
            response.Headers["Last-Modified"] = "Thu, 01 Jan 2026 00:00:00 GMT";
            response.Headers["x-ms-blob-type"] = "BlockBlob";
            response.ContentLength64 = content.Length;
            response.OutputStream.Write(content);
        }
    }

    private string List(string? prefix, string? from)
    {
        var (page, next) = Page(prefix, from);
        return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name><KeyCount>{page.Count}</KeyCount><MaxKeys>2</MaxKeys><IsTruncated>{(next is null ? "false" : "true")}</IsTruncated>"
            + (next is null ? "" : $"<NextContinuationToken>{next}</NextContinuationToken>")
            + string.Concat(page.Select(f => $"<Contents><Key>{f.Key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>{WebUtility.HtmlEncode(Tag(f.Value))}</ETag><Size>{f.Value.Length}</Size><StorageClass>STANDARD</StorageClass></Contents>")) + "</ListBucketResult>";
    }

    private string Container(string? prefix, string? from)
    {
        var (page, next) = Page(prefix, from);
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"http://x/\" ContainerName=\"c\"><Blobs>"
            + string.Concat(page.Select(f => $"<Blob><Name>{f.Key}</Name><Properties><Last-Modified>Thu, 01 Jan 2026 00:00:00 GMT</Last-Modified><Etag>{Tag(f.Value).Trim('"')}</Etag><Content-Length>{f.Value.Length}</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>"))
            + $"</Blobs><NextMarker>{next}</NextMarker></EnumerationResults>";
    }

    private (List<KeyValuePair<string, byte[]>> Page, string? Next) Page(string? prefix, string? from)
    {
        var all = Files.Where(f => f.Key.StartsWith(prefix ?? "", StringComparison.Ordinal)).OrderBy(f => f.Key, StringComparer.Ordinal).ToList();
        var start = string.IsNullOrEmpty(from) ? 0 : int.Parse(from, System.Globalization.CultureInfo.InvariantCulture);
        return (all.Skip(start).Take(2).ToList(), start + 2 < all.Count ? $"{start + 2}" : null);
    }

    private static string Tag(byte[] content) => $"\"{Convert.ToHexStringLower(SHA256.HashData(content)[..16])}-2\""; // of parts, as of objects that were sent in parts: it is no digest of the whole

    private static void Write(HttpListenerResponse response, string xml)
    {
        response.ContentType = "application/xml";
        response.OutputStream.Write(Encoding.UTF8.GetBytes(xml));
    }
}
