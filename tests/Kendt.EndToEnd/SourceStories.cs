using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Kendt.EndToEnd;

/// <summary>A new workspace in a real browser: signing in after a mistake, a source in three clicks, its first event, messages as they come.</summary>
public sealed class SourceStories
{
    private const string Password = "four words in a row";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_source_is_made_and_its_first_event_seen()
    {
        var chromium = Chromium.Path;
        await using var workspace = await Workspace.CreateAsync(On.Embedded);
        await using var kendt = await KendtProcess.StartAsync(["serve", "--data", workspace.Folder], workspace, Cancel);
        using var owner = await kendt.ClientAsync(workspace, Cancel);
        foreach (var (email, role) in new[] { ("admin@example.com", "admin"), ("analyst@example.com", "analyst") })
        {
            using var member = await owner.PostAsync(new Uri("/v1/members", UriKind.Relative), Json($$"""{"email":"{{email}}","role":"{{role}}"}"""), Cancel);
            using var set = await owner.PostAsync(new Uri($"/v1/members/{email}/password", UriKind.Relative), Json($$"""{"password":"{{Password}}"}"""), Cancel);
            Assert.True(member.IsSuccessStatusCode && set.IsSuccessStatusCode);
        }
        Assertions.SetDefaultExpectTimeout(30_000); // a page of a busy machine takes its time
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });

        // Who mistypes the password comes to the page that was asked for all the same.
        var page = await (await browser.NewContextAsync(new() { Locale = "en-GB" })).NewPageAsync();
        await page.GotoAsync(kendt.Address + "sources/new?kind=server");
        await SignInAsync(page, "admin@example.com", "not this one at all");
        await Assertions.Expect(page.Locator("[role=alert]")).ToContainTextAsync("Check both");
        await SignInAsync(page, "admin@example.com", Password);
        await page.WaitForURLAsync("**/sources/new?kind=server");

        await page.OpenAsync(kendt.Address + "sources");
        await page.ClickAsync("main a[href='/sources/new'] >> nth=0");
        await page.ClickAsync("main a.kind >> nth=0");
        await Assertions.Expect(page.Locator("#new-name")).ToHaveValueAsync("website");
        await page.ClickAsync("main button[type=submit]");
        await Assertions.Expect(page.Locator(".first-event")).ToContainTextAsync("Waiting for the first event", new() { Timeout = 30_000 });
        var key = await page.Locator("#new-key").InnerTextAsync();
        Assert.Contains($"data-key=\"{key}\"", await page.Locator("#snippet-website").InnerTextAsync(), StringComparison.Ordinal);
        await LookAsync(page);
        await SendAsync(kendt, key, """{"type":"page","name":"Home","anonymousId":"a","context":{"traits":{"email":"anna@example.com"}}}""");
        await Assertions.Expect(page.Locator(".first-event.good")).ToContainTextAsync("The first event has come: Home", new() { Timeout = 30_000 });

        for (var n = 0; n < 50; n++)
        {
            await page.OpenAsync(kendt.Address + "sources/website?per=minute");
            await Assertions.Expect(page.Locator("main h1")).ToContainTextAsync("website", new() { Timeout = 30_000 });
            if (await page.Locator("main a[href*='event=Home']").CountAsync() > 0) break; // it is in the warehouse now
        }
        await page.ClickAsync("main a[href*='event=Home']");
        await Assertions.Expect(page.Locator(".schema")).ToContainTextAsync("Of the newest 1 messages");
        await LookAsync(page);

        // An analyst sees what happens, not to whom, and cannot find out by asking.
        var analyst = await (await browser.NewContextAsync(new() { Locale = "en-GB" })).NewPageAsync();
        await analyst.GotoAsync(kendt.Address + "data/live?source=website");
        await SignInAsync(analyst, "analyst@example.com", Password);
        var blind = await analyst.Context.NewPageAsync();
        await blind.GotoAsync(kendt.Address + "data/live?q=anna@example.com");
        await page.GotoAsync(kendt.Address + "data/live?q=anna@example.com");
        foreach (var live in new[] { analyst, blind, page }) await Assertions.Expect(live.Locator(".live-state")).ToContainTextAsync("Listening", new() { Timeout = 30_000 });
        for (var n = 0; await page.Locator(".live-row").CountAsync() == 0 || await analyst.Locator(".live-row").CountAsync() == 0; n++)
        {
            Assert.True(n < 100, "Nothing is shown live.");
            await SendAsync(kendt, key, $$"""{"type":"track","event":"Bought","anonymousId":"a","context":{"traits":{"email":"anna@example.com"} },"properties":{"sku":"T-17"} }""");
            await Task.Delay(200, Cancel);
        }
        await analyst.ClickAsync(".live-row >> nth=0");
        Assert.Contains("T-17", await analyst.Locator(".letters details[open] pre").InnerTextAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("anna@", await analyst.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await blind.Locator(".live-row").CountAsync());
        await page.ClickAsync(".live-row >> nth=0");
        Assert.Contains("anna@example.com", await page.Locator(".letters details[open] pre").InnerTextAsync(), StringComparison.Ordinal);
        await LookAsync(page);
        await analyst.GotoAsync(kendt.Address + "sources/website");
        await Assertions.Expect(analyst.Locator("main h1")).ToContainTextAsync("website", new() { Timeout = 30_000 });
        Assert.Equal(0, await analyst.Locator("form.limit").CountAsync());
    }

    private static async Task SignInAsync(IPage page, string email, string password)
    {
        await page.FillAsync("#email", email);
        await page.FillAsync("#password", password);
        await page.ClickAsync("main button[type=submit], form[action='/auth/sign-in'] button");
    }

    private static async Task SendAsync(KendtProcess kendt, string key, string message)
    {
        using var client = new HttpClient { BaseAddress = kendt.Address };
        client.DefaultRequestHeaders.Authorization = Door.Basic(key);
        using var answer = await client.PostAsync(new Uri("/v1/batch", UriKind.Relative), Json($"{{\"batch\":[{message}]}}"), Cancel);
        Assert.Equal("""{"success":true}""", await answer.Content.ReadAsStringAsync(Cancel));
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    private static async Task LookAsync(IPage page)
    {
        var found = await page.RunAxe();
        Assert.True(found.Violations.Length == 0, page.Url + ": " + string.Join("; ", found.Violations.Select(v => $"{v.Id} ({string.Join(' ', v.Nodes.Select(n => n.Html).Take(3))})")));
    }
}
