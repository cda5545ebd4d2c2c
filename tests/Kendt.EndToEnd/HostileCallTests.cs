using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Kendt.EndToEnd;

/// <summary>Bodies that are broken, packed to burst, or made by chance: each is answered, none with a fault of the server's, and what was taken is there.</summary>
public sealed class HostileCallTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_is_sent_is_answered_and_nothing_that_was_taken_vanishes()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        var good = Encoding.UTF8.GetBytes("""{"batch":[{"type":"track","event":"E","userId":"u"},{"type":"track","userId":"u"}]}""");
        var packed = Packed(good, 1);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await SendAsync(door, Packed(" "u8.ToArray(), 200 << 20), isPacked: true)); // 200 MB of blanks in 200 KB
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await SendAsync(door, new byte[5 << 20], isPacked: false));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(door, packed[..(packed.Length / 2)], isPacked: true));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(door, good, isPacked: true));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(door, packed, isPacked: false));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(door, [], isPacked: false));

        var chance = new Random(20261125);
        var taken = 0;
        for (var n = 0; n < 150; n++)
        {
            var body = good.ToArray();
            for (var turned = chance.Next(3); turned > 0; turned--) body[chance.Next(body.Length)] = (byte)chance.Next(256);
            if (chance.Next(5) == 0) body = body[..chance.Next(body.Length)];
            var isPacked = chance.Next(3) == 0;
            var status = await SendAsync(door, isPacked ? Packed(body, 1) : body, isPacked);
            Assert.True(status is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{status} for {Convert.ToBase64String(body)}");
            if (status is HttpStatusCode.OK) taken++;
        }
        Assert.InRange(taken, 20, 149);
        await Door.SaysAsync(HttpStatusCode.OK, await door.PostAsync("/v1/track", """{"event":"Last","userId":"u"}""", Cancel), Cancel);
        await door.RowsAsync("SELECT 1 FROM event WHERE name = 'Last'", 1, Cancel);
        // Each call that was taken left something: an event, a dead letter, or both.
        await door.RowsAsync("SELECT 1 FROM event UNION ALL SELECT 1 FROM dead_letter", taken, Cancel);
        Assert.Equal(["0"], await door.RowsAsync("SELECT count(*) FROM dead_letter WHERE reason = ''", 1, Cancel));
    }

    private static async Task<HttpStatusCode> SendAsync(Door door, byte[] body, bool isPacked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/batch") { Content = new ByteArrayContent(body), Headers = { Authorization = Door.Basic(door.Key) } };
        request.Headers.ExpectContinue = body.Length > 1 << 20; // so that a refusal is heard before all is sent
        if (isPacked) request.Content.Headers.ContentEncoding.Add("gzip");
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        using var answer = await door.Client.SendAsync(request, Cancel);
        var said = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(said.StartsWith('{') && said.EndsWith('}'), said);
        return answer.StatusCode;
    }

    private static byte[] Packed(byte[] piece, int times)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            var many = new byte[Math.Min(times, 1 << 20) * piece.Length];
            for (var at = 0; at < many.Length; at += piece.Length) piece.CopyTo(many, at);
            for (var left = times; left > 0; left -= 1 << 20) gzip.Write(many);
        }
        return packed.ToArray();
    }
}
