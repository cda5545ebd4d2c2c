using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Kendt.EndToEnd;

/// <summary>Profiles in the form of Segment's Profile API: paging, filters, refusals.</summary>
public sealed class SpaceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_profile_is_read_as_Segment_s_clients_read_it()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        using var owner = await door.OwnerAsync(Cancel);
        using var made = await owner.PostAsJsonAsync(new Uri("/v1/tokens", UriKind.Relative), new { name = "reader", scopes = new[] { "profiles:read" } }, Cancel);
        door.Client.DefaultRequestHeaders.Authorization = Door.Basic((await Door.SaysAsync(HttpStatusCode.OK, made, Cancel)).GetProperty("token").GetString()!);
        var traits = string.Join(',', Enumerable.Range(10, 25).Select(n => $"\"t{n}\":{n}"));
        await Door.SaysAsync(HttpStatusCode.OK, await door.PostAsync("/v1/batch", $$$"""
            {"batch":[
              {"type":"identify","messageId":"m1","userId":"U-1","anonymousId":"a-1","timestamp":"2026-01-01T10:00:00Z","traits":{"email":"Anna@Example.com",{{{traits}}} } },
              {"type":"track","messageId":"m2","event":"Viewed","anonymousId":"a-1","timestamp":"2026-01-02T10:00:00Z","properties":{"sku":"T-17"}},
              {"type":"track","messageId":"m3","event":"Bought","userId":"U-1","timestamp":"2026-01-03T10:00:00Z"},
              {"type":"group","messageId":"m4","groupId":"fjeld","userId":"U-1","timestamp":"2026-01-04T10:00:00Z","traits":{"industry":"tents"}}]}
            """, Cancel), Cancel);
        await door.RowsAsync("SELECT 1 FROM event", 4, Cancel);

        // All pages together are all traits, once each.
        var (names, url) = (new List<string>(), Of("users", "user_id:U-1", "traits?limit=10"));
        for (var pages = 1; ; pages++)
        {
            var page = await AskAsync(door, url);
            names.AddRange(page.GetProperty("traits").EnumerateObject().Select(t => t.Name));
            var cursor = page.GetProperty("cursor");
            if (!cursor.GetProperty("has_more").GetBoolean())
            {
                Assert.Equal(3, pages);
                break;
            }
            Assert.Equal(pages * 10, names.Count);
            url = cursor.GetProperty("url").GetString()!;
        }
        Assert.Equal([.. Enumerable.Range(10, 25).Select(n => "t" + n).Prepend("email")], names);
        Assert.Equal("web", (await AskAsync(door, Of("users", "user_id:U-1", "traits?include=t11&verbose=true"))).GetProperty("traits").GetProperty("t11").GetProperty("source_id").GetString());
        Assert.Empty((await AskAsync(door, Of("users", "email:ANNA@example.com", "traits?class=audience"))).GetProperty("traits").EnumerateObject());

        var ids = (await AskAsync(door, Of("users", "anonymous_id:a-1", "external_ids"))).GetProperty("data").EnumerateArray();
        Assert.Equal(["anonymous_id a-1", "email anna@example.com", "user_id U-1"], ids.Select(i => $"{i.GetProperty("type").GetString()} {i.GetProperty("id").GetString()}"));
        Assert.Equal("email", Assert.Single((await AskAsync(door, Of("users", "user_id:U-1", "external_ids?include=email"))).GetProperty("data").EnumerateArray()).GetProperty("type").GetString());

        var events = new List<string>();
        url = Of("users", "user_id:U-1", "events?sort=asc&limit=1&exclude=group");
        while (true)
        {
            var page = await AskAsync(door, url);
            events.AddRange(page.GetProperty("data").EnumerateArray().Select(e => e.GetProperty("message_id").GetString()!));
            if (!page.GetProperty("cursor").GetProperty("has_more").GetBoolean()) break;
            url = page.GetProperty("cursor").GetProperty("url").GetString()!;
        }
        Assert.Equal(["m1", "m2", "m3"], events);
        var viewed = Assert.Single((await AskAsync(door, Of("users", "user_id:U-1", "events?include=Viewed&start=2026-01-02&end=2026-01-03"))).GetProperty("data").EnumerateArray());
        Assert.Equal("T-17", viewed.GetProperty("properties").GetProperty("sku").GetString());
        Assert.Equal("2026-01-02T10:00:00.0000000Z", viewed.GetProperty("timestamp").GetString());

        var metadata = (await AskAsync(door, Of("users", "user_id:U-1", "metadata"))).GetProperty("metadata");
        Assert.Equal(("m1", "m4"), (metadata.GetProperty("first_message_id").GetString(), metadata.GetProperty("last_message_id").GetString()));
        var account = Assert.Single((await AskAsync(door, Of("users", "user_id:U-1", "links"))).GetProperty("data").EnumerateArray());
        Assert.Equal("accounts group_id fjeld", $"{account.GetProperty("to_collection").GetString()} {account.GetProperty("external_ids")[0].GetProperty("type").GetString()} {account.GetProperty("external_ids")[0].GetProperty("id").GetString()}");
        Assert.Equal("tents", (await AskAsync(door, Of("accounts", "group_id:fjeld", "traits"))).GetProperty("traits").GetProperty("industry").GetString());
        Assert.Equal("users", (await AskAsync(door, Of("accounts", "group_id:fjeld", "links"))).GetProperty("data")[0].GetProperty("to_collection").GetString());

        foreach (var (path, status, code) in new[]
        {
            (Of("users", "user_id:nobody", "events"), HttpStatusCode.NotFound, "not_found"), (Of("accounts", "user_id:U-1", "traits"), HttpStatusCode.NotFound, "not_found"), (Of("users", "nonsense", "links"), HttpStatusCode.NotFound, "not_found"),
            (Of("things", "user_id:U-1", "traits"), HttpStatusCode.BadRequest, "validation_error"), (Of("users", "user_id:U-1", "traits?limit=none"), HttpStatusCode.BadRequest, "validation_error"), (Of("users", "user_id:U-1", "events?next=none"), HttpStatusCode.BadRequest, "validation_error"),
            (Of("users", "user_id:U-1", "events?start=soon"), HttpStatusCode.BadRequest, "validation_error"), (Of("users", "user_id:U-1", "events?sort=up"), HttpStatusCode.BadRequest, "validation_error"), (Of("users", "user_id:U-1", "traits?class=x"), HttpStatusCode.BadRequest, "validation_error"),
        })
        {
            using var answer = await door.Client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
            Assert.Equal(code, (await Door.SaysAsync(status, answer, Cancel)).GetProperty("error").GetProperty("code").GetString());
            Assert.True(answer.Headers.Contains("Request-Id"));
        }
    }

    [Fact]
    public async Task A_merge_makes_one_of_two()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        const string Merge = """{"mergeProperties":[{"type":"email","value":"anna@example.com"},{"type":"mobile","value":"+45 20 30 40 50"}]}""";
        await Door.SaysAsync(HttpStatusCode.OK, await door.PostAsync("/v1/identify", """{"messageId":"m1","anonymousId":"a","traits":{"email":"anna@example.com"}}""", Cancel), Cancel);
        await Door.SaysAsync(HttpStatusCode.OK, await door.PostAsync("/v1/identify", """{"messageId":"m2","anonymousId":"b","traits":{"phone":"+4520304050"}}""", Cancel), Cancel);
        Assert.Equal(["2"], await door.RowsAsync("SELECT count(DISTINCT profile_id) FROM event HAVING count(*) = 2", 1, Cancel));
        for (var n = 0; n < 2; n++) Assert.False((await Door.SaysAsync(HttpStatusCode.OK, await door.PostAsync("/v1/merge", Merge, Cancel), Cancel)).TryGetProperty("rejected", out _));
        Assert.Equal(["1"], await door.RowsAsync("SELECT count(DISTINCT profile_id) FROM event HAVING count(*) = 3", 1, Cancel));
        foreach (var bad in new[] { "{}", "[]", """{"mergeProperties":[{"type":"email","value":"anna@example.com"}]}""", """{"mergeProperties":[{"type":"email","value":"none"},{"type":"user_id","value":"u"}]}""", """{"mergeProperties":[7,{"type":"\ud800","value":"\u0000"}]}""" })
            Assert.Equal(1, (await Door.SaysAsync(HttpStatusCode.OK, await door.PostAsync("/v1/merge", bad, Cancel), Cancel)).GetProperty("rejected").GetArrayLength());
    }

    private static string Of(string collection, string id, string rest) => $"/v1/spaces/any/collections/{collection}/profiles/{id}/{rest}";

    private static async Task<JsonElement> AskAsync(Door door, string path)
    {
        using var answer = await door.Client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        return await Door.SaysAsync(HttpStatusCode.OK, answer, Cancel);
    }
}
