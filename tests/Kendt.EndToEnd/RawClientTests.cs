using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Kendt.EndToEnd;

/// <summary>Requests shaped as libraries send them that do not run here; tests/clients/raw holds one of each.</summary>
public sealed class RawClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_library_s_request_is_taken_whole()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        using var owner = await door.OwnerAsync(Cancel);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(KendtProcess.Root, "tests", "clients", "raw"), "*.json").Order(StringComparer.Ordinal))
        {
            var said = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(file, Cancel));
            var source = Path.GetFileNameWithoutExtension(file);
            using var made = await owner.PostAsync(new Uri("/v1/sources", UriKind.Relative), new StringContent($$"""{"name":"{{source}}"}""", Encoding.UTF8, "application/json"), Cancel);
            var key = (await Door.SaysAsync(System.Net.HttpStatusCode.OK, made, Cancel)).GetProperty("writeKey").GetString()!;
            using var answer = await door.Client.SendAsync(Request(said, key), Cancel);
            Assert.Equal("""{"success":true}""", await answer.Content.ReadAsStringAsync(Cancel));
            var rows = await door.RowsAsync($"SELECT type, name, user_id, round(epoch(received_at) - epoch(ts), 1), json_extract_string(context, '$.library.name') FROM event WHERE source = '{source}' ORDER BY message_id", 6, Cancel);
            var library = said.GetProperty("client").GetString()!.Split(' ')[0].Replace("segment-", "", StringComparison.Ordinal);
            // By its own clock each happened two and a half seconds before it was sent.
            Assert.Equal([$"identify,,u-1,2.5,{library}", $"track,Order Completed,u-1,2.5,{library}", $"page,Home,u-1,2.5,{library}", $"screen,Basket,u-1,2.5,{library}", $"group,,u-1,2.5,{library}", $"alias,,u-1,2.5,{library}"], rows);
        }
        Assert.Equal(["0"], await door.RowsAsync("SELECT count(*) FROM dead_letter", 1, Cancel));
    }

    private static HttpRequestMessage Request(JsonElement said, string key)
    {
        var body = Encoding.UTF8.GetBytes(said.GetProperty("body").GetRawText().Replace("WRITE_KEY", key, StringComparison.Ordinal));
        if (said.TryGetProperty("gzip", out _)) body = Packed(body);
        var request = new HttpRequestMessage(HttpMethod.Post, said.GetProperty("path").GetString()) { Content = new ByteArrayContent(body) };
        if (said.TryGetProperty("chunked", out _)) request.Headers.TransferEncodingChunked = true;
        foreach (var header in said.GetProperty("headers").EnumerateObject())
        {
            var value = header.Value.GetString()!;
            if (header.Name.StartsWith("Content-", StringComparison.Ordinal)) request.Content.Headers.TryAddWithoutValidation(header.Name, value);
            else if (value == "BASIC") request.Headers.Authorization = Door.Basic(key);
            else request.Headers.TryAddWithoutValidation(header.Name, value);
        }
        return request;
    }

    private static byte[] Packed(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(body);
        return packed.ToArray();
    }
}
