using System.Globalization;
using System.Net;
using System.Text.Json;
using Npgsql;

namespace Kendt.EndToEnd;

/// <summary>The tracking API over the wire: paths, keys, browsers, answers.</summary>
public sealed class DoorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_path_takes_messages_and_every_way_of_the_key_opens_it()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        string[] kinds = ["identify", "track", "page", "screen", "group", "alias"];
        var sent = 0;
        foreach (var path in kinds.SelectMany(k => new[] { "/v1/" + k, "/v1/" + k[0] }))
            await TakenAsync(await door.PostAsync(path, Single(sent++), Cancel));
        foreach (var path in new[] { "/v1/batch", "/v1/b", "/v1/import", "/v1/import/", "/v1/batch/b", "/b", "/batch" })
            await TakenAsync(await door.PostAsync(path, $$"""{"batch":[{"type":"track",{{Single(sent++)[1..]}}]}""", Cancel));
        await TakenAsync(await door.PostAsync("/beacon/v1/batch?writeKey=" + door.Key, $$"""{"batch":[{"type":"track",{{Single(sent++)[1..]}}]}""", Cancel, key: ""));
        await TakenAsync(await door.PostAsync("/v1/track", $$"""{"writeKey":"{{door.Key}}",{{Single(sent++)[1..]}}""", Cancel, key: ""));
        await TakenAsync(await door.PostAsync("/v1/track", $$"""{"writeKey":"{{door.Key}}",{{Single(sent++)[1..]}}""", Cancel, key: "", also: r => r.Headers.Authorization = new("Bearer", "of-somebody-else")));
        var types = await door.RowsAsync("SELECT type FROM event ORDER BY message_id", sent, Cancel);
        Assert.Equal(sent, types.Count);
        Assert.Equal([.. kinds.SelectMany(k => new[] { k, k }), .. Enumerable.Repeat("track", sent - 12)], types);
        foreach (var (path, body, key) in new[] { ("/v1/track", Single(99), "nobodys"), ("/v1/track", Single(99), ""), ("/beacon/v1/batch?writeKey=nobodys", "{}", ""), ("/v1/batch", "{", "nobodys") })
            Assert.Equal("invalid_write_key", (await Door.SaysAsync(HttpStatusCode.Unauthorized, await door.PostAsync(path, body, Cancel, key), Cancel)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_pixel_answers_with_a_picture_and_its_query_is_a_message()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        foreach (var query in new[] { "track?event=Opened&anonymousId=a&messageId=m1&properties=%7B%22issue%22%3A7%7D&properties.part=2", "page?name=Landing&userId=u&messageId=m2&properties=none", "track?event=Opened&messageId=m3" })
        {
            using var answer = await door.Client.GetAsync(new Uri($"/pixel/v1/{query}&writeKey={door.Key}", UriKind.Relative), Cancel);
            Assert.Equal("image/gif", answer.Content.Headers.ContentType?.MediaType);
            Assert.True(answer.Headers.CacheControl?.NoStore);
            Assert.StartsWith("GIF89a", System.Text.Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync(Cancel)), StringComparison.Ordinal);
        }
        Assert.Equal(["m1,track,Opened,7,2", "m2,page,Landing,,"], await door.RowsAsync("SELECT message_id, type, name, json_extract_string(properties, '$.issue'), json_extract_string(properties, '$.part') FROM event ORDER BY 1", 2, Cancel));
        Assert.Contains("userId", Assert.Single(await door.RowsAsync("SELECT reason FROM dead_letter", 1, Cancel)), StringComparison.Ordinal);
        using var unknown = await door.Client.GetAsync(new Uri("/pixel/v1/page?anonymousId=a&writeKey=nobodys", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
    }

    [Fact]
    public async Task What_cannot_be_taken_is_kept_also_when_its_sender_was_told_so()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        foreach (var path in new[] { "/v1/merge", "/v1/webhook", "/v1/audiencelist" })
        {
            var said = await Door.SaysAsync(HttpStatusCode.OK, await door.PostAsync(path, $$"""{"at":"{{path}}"}""", Cancel), Cancel);
            Assert.Equal(1, said.GetProperty("rejected").GetArrayLength());
        }
        Assert.Equal(3, (await door.RowsAsync("SELECT DISTINCT body FROM dead_letter", 3, Cancel)).Count);
        Assert.Equal("invalid_write_key", (await Door.SaysAsync(HttpStatusCode.Unauthorized, await door.PostAsync("/v1/webhook", "{}", Cancel, key: ""), Cancel)).GetProperty("code").GetString());
        // A body that is too large: its beginning is kept, however its length is told.
        var large = """{"batch":["this is how it began",""" + new string(' ', 5_000_000) + "]}";
        foreach (var isChunked in new[] { false, true })
            await Door.SaysAsync(HttpStatusCode.RequestEntityTooLarge, await door.PostAsync("/v1/batch", large, Cancel, also: r => r.Headers.TransferEncodingChunked = isChunked), Cancel);
        Assert.All(await door.RowsAsync("SELECT source, length(body) <= 16384 AND body LIKE '%this is how it began%' FROM dead_letter WHERE reason LIKE '%larger than 4,000 KB%'", 2, Cancel), row => Assert.Equal("web,true", row));
        // Who shows no key is answered and leaves nothing; clients that put theirs into the body put it first.
        await Door.SaysAsync(HttpStatusCode.RequestEntityTooLarge, await door.PostAsync("/v1/batch", large, Cancel, key: ""), Cancel);
        await Door.SaysAsync(HttpStatusCode.RequestEntityTooLarge, await door.PostAsync("/v1/batch", $$"""{"writeKey":"{{door.Key}}",{{large[1..]}}""", Cancel, key: ""), Cancel);
        await door.RowsAsync("SELECT 1 FROM dead_letter WHERE reason LIKE '%larger than 4,000 KB%'", 3, Cancel);
    }

    [Fact]
    public async Task A_list_says_of_each_member_whether_he_is_on_it()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        const string List = """
            {"type":"audiencelist","messageId":"l1","userId":"sync","properties":{"listName":"vip","listData":{
              "add":[{"email":"Anna@Example.com","firstName":"Anna"},{"EMAIL":"bo@example.com","ZIP":"8000"},{"email":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}],
              "remove":[{"email":"anna@example.com"},{"userId":"u7"}]}}}
            """;
        for (var i = 0; i < 2; i++)
        {
            var said = await Door.SaysAsync(HttpStatusCode.OK, await door.PostAsync("/v1/audiencelist", List, Cancel), Cancel);
            Assert.Contains("Digests of them name nobody", said.GetProperty("rejected")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        }
        Assert.Equal(["l1:0", "l1:1", "l1:3", "l1:4"], await door.RowsAsync("SELECT message_id FROM event ORDER BY 1", 4, Cancel));
        foreach (var (id, on) in new[] { ("email:anna@example.com", false), ("email:bo@example.com", true), ("user_id:u7", false) })
            Assert.Equal(on, (await door.AskAsync("/v1/profiles/" + id, Cancel)).GetProperty("traits").GetProperty("vip").GetBoolean());
    }

    [Fact]
    public async Task Browsers_of_any_site_may_send_and_may_read_nothing_else()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        foreach (var path in new[] { "/v1/i", "/v1/batch", "/b", "/beacon/v1/batch", "/v1/m" })
        {
            using var ask = new HttpRequestMessage(HttpMethod.Options, path) { Headers = { { "Origin", "https://shop.example" }, { "Access-Control-Request-Method", "POST" }, { "Access-Control-Request-Headers", "authorization,rsa-signature" } } };
            using var answer = await door.Client.SendAsync(ask, Cancel);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            Assert.Equal("https://shop.example,true,900", string.Join(',', new[] { "Origin", "Credentials" }.Select(n => answer.Headers.GetValues("Access-Control-Allow-" + n).Single())) + "," + answer.Headers.GetValues("Access-Control-Max-Age").Single());
            Assert.Contains("rsa-signature", answer.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
        }
        foreach (var (path, body, key) in new[] { ("/v1/track", Single(1), null), ("/v1/track", "{", null), ("/v1/track", Single(1), "nobodys") })
        {
            using var answer = await door.PostAsync(path, body, Cancel, key, r => r.Headers.Add("Origin", "https://shop.example"));
            Assert.Equal("https://shop.example", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        }
        foreach (var path in new[] { "/v1/spaces/default/collections/users/profiles/user_id:x/traits", "/v1/profiles", "/v1/sources" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Origin", "https://shop.example" } } };
            using var answer = await door.Client.SendAsync(request, Cancel);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task A_refused_profile_is_said_in_the_form_that_its_clients_read()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        foreach (var user in new[] { null, "false", door.Key })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/spaces/default/collections/users/profiles/user_id:x/traits");
            if (user is not null) request.Headers.Authorization = Door.Basic(user);
            using var answer = await door.Client.SendAsync(request, Cancel);
            var error = (await Door.SaysAsync(HttpStatusCode.Unauthorized, answer, Cancel)).GetProperty("error");
            Assert.Equal("authentication_error", error.GetProperty("code").GetString());
            Assert.Contains("kendt token add", error.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.True(answer.Headers.Contains("Request-Id"));
        }
    }

    [Fact]
    public async Task While_the_log_cannot_be_written_clients_are_told_to_come_again()
    {
        await using var door = await Door.OpenAsync(On.Postgres, Cancel);
        await TakenAsync(await door.PostAsync("/v1/track", Single(1), Cancel));
        await using var database = NpgsqlDataSource.Create(door.Postgres!);
        await RunAsync(database, "alter table kendt_ledger.message rename to away");
        using (var answer = await door.PostAsync("/v1/track", Single(2), Cancel))
        {
            Assert.Equal("unavailable", (await Door.SaysAsync(HttpStatusCode.ServiceUnavailable, answer, Cancel)).GetProperty("code").GetString());
            Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        }
        await RunAsync(database, "alter table kendt_ledger.away rename to message");
        await TakenAsync(await door.PostAsync("/v1/track", Single(2), Cancel));
        Assert.Equal(["m001", "m002"], await door.RowsAsync("SELECT message_id FROM event ORDER BY 1", 2, Cancel));
    }

    private static async Task RunAsync(NpgsqlDataSource database, string text)
    {
        await using var command = database.CreateCommand(text);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task TakenAsync(HttpResponseMessage answer)
    {
        using (answer) Assert.Equal("""{"success":true}""", (await Door.SaysAsync(HttpStatusCode.OK, answer, Cancel)).GetRawText());
    }

    // Complete on every path of one kind.
    private static string Single(int number) => JsonSerializer.Serialize(new
    {
        messageId = "m" + number.ToString("000", CultureInfo.InvariantCulture),
        userId = "u" + number,
        @event = "Opened",
        groupId = "g",
        previousId = "p",
    });
}
