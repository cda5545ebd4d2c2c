using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Kendt.EndToEnd;

/// <summary>What may change of a source while it sends, and looking on while it does.</summary>
public sealed class SourceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_sends_faster_than_allowed_is_asked_to_wait_and_counted()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        using var owner = await door.OwnerAsync(Cancel);
        Assert.Equal(HttpStatusCode.OK, (await owner.PatchAsJsonAsync(new Uri("/v1/sources/web", UriKind.Relative), new { rateLimit = new { perSecond = 0.01, burst = 5 } }, Cancel)).StatusCode);
        for (var n = 0; n < 5; n++) await Door.SaysAsync(HttpStatusCode.OK, await door.PostAsync("/v1/track", Track(n), Cancel), Cancel);
        for (var n = 0; n < 3; n++)
        {
            using var answer = await door.PostAsync("/v1/track", Track(9), Cancel);
            Assert.Equal("rate_limited", (await Door.SaysAsync(HttpStatusCode.TooManyRequests, answer, Cancel)).GetProperty("code").GetString());
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 50, 100);
            Assert.Equal(answer.Headers.GetValues("Retry-After").Single(), answer.Headers.GetValues("X-RateLimit-Reset").Single());
        }
        Assert.Equal(HttpStatusCode.OK, (await owner.PatchAsJsonAsync(new Uri("/v1/sources/web", UriKind.Relative), new { rateLimit = new { perSecond = (double?)null } }, Cancel)).StatusCode);
        await Door.SaysAsync(HttpStatusCode.OK, await door.PostAsync("/v1/track", Track(9), Cancel), Cancel);
        await door.RowsAsync("SELECT 1 FROM event", 6, Cancel);
        while (true)
        {
            var traffic = await owner.GetFromJsonAsync<JsonElement>(new Uri("/v1/sources/web/traffic?per=day", UriKind.Relative), Cancel);
            var today = traffic.EnumerateArray().Last();
            if (today.GetProperty("turnedAway").GetInt64() == 3)
            {
                Assert.Equal(6, today.GetProperty("taken").GetInt64());
                break;
            }
            await Task.Delay(100, Cancel);
        }
    }

    [Fact]
    public async Task A_key_that_is_disabled_opens_nothing_from_then_on()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        using var owner = await door.OwnerAsync(Cancel);
        await Door.SaysAsync(HttpStatusCode.OK, await door.PostAsync("/v1/track", Track(1), Cancel), Cancel);
        using var made = await owner.PostAsync(new Uri("/v1/sources/web/keys", UriKind.Relative), null, Cancel);
        var young = (await Door.SaysAsync(HttpStatusCode.OK, made, Cancel)).GetProperty("writeKey").GetString()!;
        var keys = await owner.GetFromJsonAsync<JsonElement>(new Uri("/v1/sources/web/keys", UriKind.Relative), Cancel);
        var old = keys.EnumerateArray().Single(k => k.GetProperty("hint").GetString() == "..." + door.Key[^4..]).GetProperty("id").GetString();
        using var gone = await owner.DeleteAsync(new Uri($"/v1/sources/web/keys/{old}", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.OK, gone.StatusCode);
        await Door.SaysAsync(HttpStatusCode.Unauthorized, await door.PostAsync("/v1/track", Track(2), Cancel), Cancel);
        await Door.SaysAsync(HttpStatusCode.OK, await door.PostAsync("/v1/track", Track(2), Cancel, young), Cancel);
    }

    [Fact]
    public async Task The_stream_shows_what_comes_in_to_those_who_may_see_it()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        using var owner = await door.OwnerAsync(Cancel);
        using var refused = await door.Client.GetAsync(new Uri("/v1/stream", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var other = new HttpClient { BaseAddress = door.Client.BaseAddress };
        other.DefaultRequestHeaders.Authorization = Door.Basic(await TokenAsync(owner, "segments:read"));
        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(new Uri("/v1/stream", UriKind.Relative), Cancel)).StatusCode);

        other.DefaultRequestHeaders.Authorization = Door.Basic(await TokenAsync(owner, "profiles:read"));
        await using var all = await other.GetStreamAsync(new Uri("/v1/stream?source=web", UriKind.Relative), Cancel);
        await using var bad = await other.GetStreamAsync(new Uri("/v1/stream?rejected=true", UriKind.Relative), Cancel);
        await using var seen = SseParser.Create(all).EnumerateAsync(Cancel).GetAsyncEnumerator(Cancel);
        await using var rejects = SseParser.Create(bad).EnumerateAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.Equal("beat", await NextAsync(seen)); // it looks on from here
        Assert.Equal("beat", await NextAsync(rejects));
        await Door.SaysAsync(HttpStatusCode.OK, await door.PostAsync("/v1/track", Track(1), Cancel), Cancel);
        await Door.SaysAsync(HttpStatusCode.OK, await door.PostAsync("/v1/track", """{"userId":"u"}""", Cancel), Cancel);
        await Door.SaysAsync(HttpStatusCode.BadRequest, await door.PostAsync("/v1/track", "{", Cancel), Cancel);
        Assert.Equal("track,Opened,,u1", await NextAsync(seen));
        foreach (var reader in new[] { seen, rejects })
        {
            Assert.Equal("track,,event is missing: a track names what happened.,u", await NextAsync(reader));
            Assert.StartsWith(",,400: The body is not JSON", await NextAsync(reader), StringComparison.Ordinal);
        }
    }

    private static async Task<string> NextAsync(IAsyncEnumerator<SseItem<string>> stream)
    {
        Assert.True(await stream.MoveNextAsync());
        if (stream.Current.EventType != "message") return stream.Current.EventType;
        var said = JsonSerializer.Deserialize<JsonElement>(stream.Current.Data);
        var body = said.GetProperty("body");
        return $"{said.GetProperty("type").GetString()},{said.GetProperty("name").GetString()},{said.GetProperty("rejected").GetString()},{(body.ValueKind is JsonValueKind.Object ? body.GetProperty("userId").GetString() : body.GetString())}";
    }

    private static async Task<string> TokenAsync(HttpClient owner, string scope)
    {
        using var made = await owner.PostAsJsonAsync(new Uri("/v1/tokens", UriKind.Relative), new { name = scope, scopes = new[] { scope } }, Cancel);
        return (await Door.SaysAsync(HttpStatusCode.OK, made, Cancel)).GetProperty("token").GetString()!;
    }

    private static string Track(int number) => $$"""{"messageId":"m{{number}}","userId":"u{{number}}","event":"Opened"}""";
}
