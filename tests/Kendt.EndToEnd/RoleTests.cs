using System.Net;
using System.Net.Http.Json;

namespace Kendt.EndToEnd;

/// <summary>What Studio shows somebody depends on what they are in the company.</summary>
public sealed class RoleTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Contact_details_and_denied_fields_stay_hidden_and_pages_stay_closed()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        using var owner = await door.OwnerAsync(Cancel);
        await Door.SaysAsync(HttpStatusCode.OK, await door.PostAsync("/v1/batch", """
            {"batch":[
              {"type":"identify","messageId":"m1","userId":"U-77041","timestamp":"2026-01-01T10:00:00Z","traits":{"name":"Anna Holm","email":"anna.holm@example.com","salary":51234,"favourite":"tents"}},
              {"type":"track","messageId":"m2","event":"Boots Tried","userId":"U-77041","timestamp":"2026-01-02T10:00:00Z","properties":{"subject":"Write to anna.holm@example.com"}},
              {"type":"track","messageId":"m3","event":"Illness Told","userId":"U-77041","timestamp":"2026-01-03T10:00:00Z"}]}
            """, Cancel), Cancel);
        await door.RowsAsync("SELECT 1 FROM event", 3, Cancel);
        using (var denied = await owner.PutAsJsonAsync(new Uri("/v1/access/fields/role:analyst", UriKind.Relative), new { denied = new[] { "trait:salary", "event:Illness Told" } }, Cancel)) Assert.True(denied.IsSuccessStatusCode, await denied.Content.ReadAsStringAsync(Cancel));
        using var found = await owner.GetAsync(new Uri("/v1/profiles/user_id:U-77041", UriKind.Relative), Cancel);
        var id = (await Door.SaysAsync(HttpStatusCode.OK, found, Cancel)).GetProperty("id").GetString()!;

        using var marketer = await SignedInAsync(door, owner, "marketing");
        var whole = await PageAsync(marketer, $"/people/{id}", HttpStatusCode.OK);
        Assert.All(["Anna Holm", "anna.holm@example.com", "51234", "Illness Told", "tents"], text => Assert.Contains(text, whole, StringComparison.Ordinal));

        using var analyst = await SignedInAsync(door, owner, "analyst");
        var seen = await PageAsync(analyst, $"/people/{id}", HttpStatusCode.OK);
        Assert.All(["Anna Holm", "tents", "Boots Tried", "•••"], text => Assert.Contains(text, seen, StringComparison.Ordinal));
        Assert.All(["anna.holm@example.com", "U-77041", "51234", "Illness Told"], text => Assert.DoesNotContain(text, seen, StringComparison.Ordinal));
        Assert.Contains("Anna Holm", await PageAsync(analyst, "/people?q=Anna", HttpStatusCode.OK), StringComparison.Ordinal);
        Assert.DoesNotContain(id, await PageAsync(analyst, "/people?q=anna.holm%40example.com", HttpStatusCode.OK), StringComparison.Ordinal);
        foreach (var closed in (string[])["/audit", "/members", $"/people/{id}/identity", "/data/webhooks", "/destinations"])
            Assert.Contains("Your role does not show this", await PageAsync(analyst, closed, HttpStatusCode.Forbidden), StringComparison.Ordinal);
    }

    private static async Task<HttpClient> SignedInAsync(Door door, HttpClient owner, string role)
    {
        using var added = await owner.PostAsJsonAsync(new Uri("/v1/members", UriKind.Relative), new { email = $"{role}@example.com", name = role, role }, Cancel);
        var link = (await Door.SaysAsync(HttpStatusCode.OK, added, Cancel)).GetProperty("signInLink").GetString()!;
        var client = new HttpClient { BaseAddress = door.Client.BaseAddress };
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        using var answer = await client.GetAsync(new Uri(link), Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return client;
    }

    private static async Task<string> PageAsync(HttpClient client, string address, HttpStatusCode status)
    {
        using var answer = await client.GetAsync(new Uri(address, UriKind.Relative), Cancel);
        Assert.Equal(status, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancel));
    }
}
