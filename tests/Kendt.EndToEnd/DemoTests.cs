using System.Text.Json;

namespace Kendt.EndToEnd;

/// <summary>The demo on both engines, and through the end of its process at any moment.</summary>
public sealed class DemoTests
{
    private const string Customers = "SELECT count(*) AS events, count(DISTINCT user_id) AS users, md5(string_agg(DISTINCT source, ',' ORDER BY source)) AS sources FROM event GROUP BY profile_id ORDER BY 1, 2, 3";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_demo_gives_the_same_customers_on_both_engines_and_through_kill_9()
    {
        await using var embedded = await Workspace.CreateAsync(On.Embedded);
        await using var killed = await Workspace.CreateAsync(On.Embedded);
        await using var postgres = await Workspace.CreateAsync(On.Postgres);
        await FillAsync(embedded, kills: 0);
        var expected = await AskAsync(embedded);
        await FillAsync(killed, kills: 6); // the last two while customers are matched
        Assert.Equal(expected, await AskAsync(killed));
        await FillAsync(postgres, kills: 0);
        Assert.Equal(expected, await AskAsync(postgres));
        foreach (var workspace in new[] { embedded, postgres }) await ExportAsync(workspace);

        // Thrown away and made again; what is not Kendt's is never thrown away.
        await FillAsync(killed, kills: 0, "--fresh");
        Assert.Equal(expected, await AskAsync(killed));
        await File.WriteAllTextAsync(Path.Combine(killed.Folder, "diary.txt"), "mine", Cancel);
        var refused = await KendtProcess.RunAsync(["demo", "--fresh", "--no-browser", "--data", killed.Folder], killed, Cancel);
        Assert.Equal(2, refused.Status);
        Assert.Contains("'diary.txt', which is not Kendt's", refused.Error, StringComparison.Ordinal);
        Assert.Equal(expected, await AskAsync(killed));
    }

    // Each kill comes at another step: the test waits until the job has got that far.
    private static async Task FillAsync(Workspace workspace, int kills, params string[] more)
    {
        for (var i = 0; i <= kills; i++)
        {
            await using var kendt = await KendtProcess.StartAsync(["demo", "--people", "300", "--no-browser", "--data", workspace.Folder, .. more], workspace, Cancel);
            using var client = await kendt.ClientAsync(workspace, Cancel);
            var until = i == kills ? int.MaxValue : 3 + i * 4;
            while (true)
            {
                var jobs = await client.GetStringAsync(new Uri("/v1/jobs", UriKind.Relative), Cancel);
                using var json = JsonDocument.Parse(jobs);
                var job = json.RootElement.EnumerateArray().FirstOrDefault(j => j.GetProperty("kind").GetString() == "demo");
                if (job.ValueKind is JsonValueKind.Object)
                {
                    Assert.NotEqual("failed", job.GetProperty("state").GetString());
                    // Its customers are matched after that.
                    if (json.RootElement.EnumerateArray().Any(j => j.GetProperty("kind").GetString() == "match" && j.GetProperty("state").GetString() == "done")) break;
                    var done = json.RootElement.EnumerateArray().Where(j => j.GetProperty("kind").GetString() is "demo" or "match").Sum(j => j.GetProperty("steps").EnumerateArray().Count(s => s.GetProperty("state").GetString() == "done"));
                    if (done >= until) break;
                }
                await Task.Delay(20, Cancel);
            }
            if (i < kills) await kendt.KillAsync(Cancel);
        }
    }

    // A table as a file is a query's answer; a segment's members need a purpose.
    private static async Task ExportAsync(Workspace workspace)
    {
        var (table, members) = (Path.Combine(workspace.Folder, "event.csv"), Path.Combine(workspace.Folder, "members.csv"));
        Task<Ended> RunAsync(params string[] order) => KendtProcess.RunAsync(["export", .. order, "--data", workspace.Folder], workspace, Cancel);
        Assert.Contains("event.csv is written", (await RunAsync("event", "--out", table)).Ok, StringComparison.Ordinal);
        Assert.StartsWith("seq,message_id,type,name", (await File.ReadAllLinesAsync(table, Cancel))[0], StringComparison.Ordinal);
        Assert.Contains("--purpose", (await RunAsync("big-spenders", "--out", members)).Error, StringComparison.Ordinal);
        Assert.Contains("members written", (await RunAsync("big-spenders", "--purpose", "email_marketing", "--out", members)).Ok, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(Workspace workspace)
    {
        var check = await KendtProcess.RunAsync(["check", "--data", workspace.Folder], workspace, Cancel);
        Assert.True(check.Status == 0, check.Output + check.Error);
        var customers = (await KendtProcess.RunAsync(["sql", Customers, "--data", workspace.Folder], workspace, Cancel)).Ok;
        var counts = (await KendtProcess.RunAsync(["sql", "SELECT (SELECT count(*) FROM event) AS events, (SELECT count(DISTINCT profile_id) FROM event) AS owners, (SELECT count(*) FROM record_now) AS records, (SELECT count(*) FROM trait) AS traits, (SELECT count(*) FROM device) AS devices", "--data", workspace.Folder], workspace, Cancel)).Ok;
        return counts + customers;
    }
}
