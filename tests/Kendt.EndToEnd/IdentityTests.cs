using System.Net.Http.Json;
using System.Text.Json;

namespace Kendt.EndToEnd;

/// <summary>What people decide about identity, over the wire and through the end of the process: events, traits, consent and search follow.</summary>
public sealed class IdentityTests
{
    private const string Events = "SELECT e.message_id, (SELECT string_agg(DISTINCT o.user_id, '+' ORDER BY o.user_id) FROM event o WHERE o.profile_id = e.profile_id) FROM event e ORDER BY 1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, InlineData(On.Embedded), InlineData(On.Postgres)]
    public async Task A_split_takes_events_traits_consent_and_search_along_and_undo_brings_them_back(On on)
    {
        await using var door = await Door.OpenAsync(on, Cancel);
        await SendAsync(door, "m1", "son", "tablet", "\"traits\":{\"firstName\":\"Bo\",\"email\":\"bo@example.com\"}");
        await SendAsync(door, "m2", "father", "laptop", "\"traits\":{\"firstName\":\"Carl\",\"consents\":{\"email_marketing\":true}}");
        await SendAsync(door, "m3", null, "tablet", null);
        Assert.Equal(["m1,son", "m2,father", "m3,son"], await door.RowsAsync(Events, 3, Cancel));
        var whole = await ShownAsync(door, "user_id:son");
        await door.SayAsync("/v1/segments/openers", new Dictionary<string, string> { ["event"] = "Opened" }, Cancel, HttpMethod.Put);
        Assert.Equal((1, 0), (await SegmentsAsync(door, "user_id:son"), await SegmentsAsync(door, "user_id:father")));

        var preview = await door.SayAsync("/v1/identity/confirm", new { left = "user_id:son", right = "user_id:father", preview = true }, Cancel);
        Assert.True(preview.GetProperty("preview").GetBoolean());
        Assert.Empty((await door.AskAsync("/v1/identity/decisions", Cancel)).EnumerateArray());
        await door.SayAsync("/v1/identity/confirm", new { left = "user_id:son", right = "user_id:father", reason = "one man" }, Cancel);
        Assert.Equal(["m1,father+son", "m2,father+son", "m3,father+son"], await door.RowsAsync(Events, 3, Cancel));
        var one = await door.AskAsync("/v1/profiles/user_id:father", Cancel);
        Assert.Equal("Carl", one.GetProperty("traits").GetProperty("firstName").GetString());
        Assert.Equal(1, await SegmentsAsync(door, "user_id:father"));
        var why = await door.AskAsync("/v1/identity/why?left=anonymous_id:tablet&right=anonymous_id:laptop", Cancel);
        Assert.Equal(["seen_together", "confirmed", "seen_together"], why.GetProperty("path").EnumerateArray().Select(l => l.GetProperty("rule").GetString()));

        // Said while they were one; it goes with whoever said it.
        await SendAsync(door, "m4", "father", "laptop", "\"traits\":{\"city\":\"Vejle\"}");
        await door.RowsAsync("SELECT 1 FROM event WHERE message_id = 'm4'", 1, Cancel);
        await door.SayAsync("/v1/measures/done", new { @event = "*", count = new { } }, Cancel, HttpMethod.Put);
        Assert.Equal("4", Figures(await door.AskAsync("/v1/measures/done", Cancel)));
        var undone = await door.SayAsync("/v1/identity/decisions/1/undo", new { reason = "two men" }, Cancel);
        Assert.False(undone.GetProperty("pending").GetBoolean());
        Assert.Equal(["m1,son", "m2,father", "m3,son", "m4,father"], await door.RowsAsync(Events, 4, Cancel));
        Assert.Equal((1, 0), (await SegmentsAsync(door, "user_id:son"), await SegmentsAsync(door, "user_id:father")));
        Assert.Equal(whole, await ShownAsync(door, "user_id:son"));
        await door.SayAsync("/v1/measures/done/refresh", new { }, Cancel);
        Assert.Equal("2 2", Figures(await door.AskAsync("/v1/measures/done", Cancel)));
        Assert.Contains("\"city\":\"Vejle\"", await ShownAsync(door, "user_id:father"), StringComparison.Ordinal);
        Assert.Single((await door.AskAsync("/v1/profiles?q=carl", Cancel)).GetProperty("profiles").EnumerateArray());
        var apart = await door.AskAsync("/v1/identity/why?left=user_id:son&right=user_id:father", Cancel);
        Assert.False(apart.GetProperty("areOne").GetBoolean());
    }

    [Fact]
    public async Task A_shared_tablet_is_learnt_over_the_wire_and_its_events_leave_the_first_who_used_it()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        await SendAsync(door, "a0", "u0", "tablet", null);
        await SendAsync(door, "a1", null, "tablet", null);
        await door.RowsAsync("SELECT 1 FROM event", 2, Cancel);
        for (var i = 1; i <= 5; i++) await SendAsync(door, "b" + i, "u" + i, "tablet", null);
        await door.RowsAsync("SELECT 1 FROM event WHERE message_id = 'b5'", 1, Cancel);
        await door.RowsAsync("SELECT 1 FROM (SELECT (SELECT profile_id FROM event WHERE message_id = 'a0') AS a, (SELECT profile_id FROM event WHERE message_id = 'a1') AS b) t WHERE a <> b", 1, Cancel);
        var quarantined = await door.AskAsync("/v1/identity/quarantine", Cancel);
        Assert.Equal("anonymous_id:tablet", Assert.Single(quarantined.EnumerateArray()).GetProperty("identifier").GetString());
        await door.SayAsync("/v1/identity/release", new { identifier = "anonymous_id:tablet" }, Cancel);
        Assert.Equal("a1,u0", (await door.RowsAsync(Events, 7, Cancel))[1]);
    }

    [Theory, InlineData(On.Embedded), InlineData(On.Postgres)]
    public async Task Killed_in_the_middle_of_a_split_it_goes_on_where_it_was(On on)
    {
        await using var workspace = await Workspace.CreateAsync(on);
        var key = JsonDocument.Parse((await KendtProcess.RunAsync(["source", "add", "web", "--kind", "stream", "--data", workspace.Folder], workspace, Cancel)).Ok).RootElement.GetProperty("writeKey").GetString()!;
        for (var round = 0; round < 4; round++)
        {
            await using var kendt = await KendtProcess.StartAsync(["serve", "--data", workspace.Folder], workspace, Cancel);
            using var client = await kendt.ClientAsync(workspace, Cancel);
            using var door = new HttpClient { BaseAddress = kendt.Address };
            var items = Enumerable.Range(0, 200).Select(i => new { type = "track", @event = "Opened", messageId = $"r{round}-{i}", userId = i % 2 == 0 ? $"son{round}" : null, anonymousId = $"pad{round}", context = new { traits = new { round, i } } });
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/batch") { Content = JsonContent.Create(new { batch = items }) };
            request.Headers.Authorization = Door.Basic(key);
            using (var taken = await door.SendAsync(request, Cancel)) Assert.True(taken.IsSuccessStatusCode);
            await WaitAsync(client, $"/v1/identity/profiles/anonymous_id:pad{round}");
            var split = client.PostAsJsonAsync("/v1/identity/split", new { profile = $"user_id:son{round}", identifiers = new[] { $"anonymous_id:pad{round}" } }, Cancel);
            while (!split.IsCompleted && (await client.GetFromJsonAsync<JsonElement>("/v1/identity/decisions", Cancel)).GetArrayLength() <= round) await Task.Yield();
            await Task.Delay(round * 15, Cancel);
            await kendt.KillAsync(Cancel);
            await split.ContinueWith(_ => { }, Cancel, TaskContinuationOptions.None, TaskScheduler.Default);
        }
        var check = await KendtProcess.RunAsync(["check", "--data", workspace.Folder], workspace, Cancel);
        Assert.True(check.Status == 0, check.Output + check.Error);
        var owners = (await KendtProcess.RunAsync(["sql", "SELECT count(*) AS events, count(DISTINCT message_id) AS messages, count(DISTINCT user_id) AS users FROM event GROUP BY profile_id ORDER BY 3, 1", "--data", workspace.Folder], workspace, Cancel)).Ok;
        Assert.Equal(["100,100,0", "100,100,0", "100,100,0", "100,100,0", "100,100,1", "100,100,1", "100,100,1", "100,100,1"], owners.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Order(StringComparer.Ordinal));
    }

    private static string Figures(JsonElement measure) => string.Join(' ', measure.GetProperty("highest").EnumerateArray().Select(h => h.GetProperty("value").GetDouble()));

    private static async Task<int> SegmentsAsync(Door door, string id) => (await door.AskAsync("/v1/profiles/" + id, Cancel)).GetProperty("segments").GetArrayLength();

    private static async Task WaitAsync(HttpClient client, string path)
    {
        for (var tries = 0; tries < 400; tries++)
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
            if (answer.IsSuccessStatusCode) return;
            await Task.Delay(25, Cancel);
        }
        Assert.Fail(path + " was never there.");
    }

    private static async Task SendAsync(Door door, string id, string? user, string anonymous, string? more)
    {
        var who = user is null ? "" : $"\"userId\":\"{user}\",";
        using var answer = await door.PostAsync("/v1/" + (more is null ? "track" : "identify"), $"{{\"messageId\":\"{id}\",\"event\":\"Opened\",{who}\"anonymousId\":\"{anonymous}\"{(more is null ? "" : "," + more)}}}", Cancel);
        Assert.True(answer.IsSuccessStatusCode);
    }

    private static async Task<string> ShownAsync(Door door, string id)
    {
        var shown = await door.AskAsync("/v1/profiles/" + id, Cancel);
        return string.Join('\n', new[] { "id", "kind", "name", "traits", "identifiers", "consents" }.Select(p => shown.GetProperty(p).GetRawText()));
    }
}
