using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Kendt.EndToEnd;

/// <summary>
/// Studio in a real browser, on the demo company: signs in by the one-time link, opens every page of the menu, looks a
/// person up. With KENDT_IMAGES set to a folder it leaves the pictures that the README shows there.
/// </summary>
public sealed partial class StudioStories
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_page_opens_and_is_accessible()
    {
        var chromium = Chromium.Path;
        await using var workspace = await Workspace.CreateAsync(On.Embedded);
        var people = Environment.GetEnvironmentVariable("KENDT_IMAGES") is null ? "400" : "20000";
        await using var kendt = await KendtProcess.StartAsync(["demo", "--people", people, "--no-browser", "--data", workspace.Folder], workspace, Cancel);
        while (!kendt.Printed.Contains("The company is there", StringComparison.Ordinal)) await Task.Delay(100, Cancel);

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
        await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 }, Locale = "en-GB" });
        var outside = new List<string>();
        context.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(kendt.Address.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal)) outside.Add(request.Url);
        };
        var page = await context.NewPageAsync();
        var broken = new List<string>();
        page.PageError += (_, fault) => broken.Add(fault);

        await page.GotoAsync(kendt.Address + "people");
        Assert.Contains("/sign-in", page.Url, StringComparison.Ordinal);
        var link = Link().Match(kendt.Printed).Value;
        await page.GotoAsync(link);
        await Assertions.Expect(page.Locator("h1")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Who are my valuable customers?", new() { Timeout = 30_000 });
        await Assertions.Expect(page.Locator(".answer-figure").First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await LookAsync(page, "today");

        var addresses = await page.Locator("nav a[href]").EvaluateAllAsync<string[]>("links => [...new Set(links.map(a => a.getAttribute('href')))]");
        Assert.True(addresses.Length >= 10, string.Join(' ', addresses));
        foreach (var address in addresses.Where(a => a is not ("/" or "")))
        {
            await page.OpenAsync(new Uri(kendt.Address, address).ToString());
            await Assertions.Expect(page.Locator("h1")).ToBeVisibleAsync();
            await Assertions.Expect(page.Locator(".broken")).ToHaveCountAsync(0);
            await LookAsync(page, address.Trim('/').Replace('/', '-'));
        }

        // One person from the list to the timeline.
        await page.OpenAsync(kendt.Address + "people?order=Spend");
        await page.Locator("main a[href*='/people/']").First.ClickAsync();
        await page.WaitForURLAsync(new Regex("/people/[0-9a-f-]{36}"));
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Order ", new() { Timeout = 15_000 });
        await LookAsync(page, "profile");
        await page.Locator("a[href$='/identity']:not([href='/people/identity'])").ClickAsync();
        await page.WaitForURLAsync(new Regex("/people/[0-9a-f-]{36}/identity"));
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Why are two one, or not?", new() { Timeout = 15_000 });
        await LookAsync(page, "identity");

        // A segment: why somebody is in it; its rule changed, counted and saved.
        var person = new Uri(page.Url).Segments[2].TrimEnd('/');
        await page.OpenAsync(kendt.Address + "segments/big-spenders?who=" + person);
        await Assertions.Expect(page.Locator(".whys li")).ToHaveCountAsync(1, new() { Timeout = 15_000 });
        await LookAsync(page, "segment");

        // What segments tell, each page with something in it.
        foreach (var (name, address, shown) in new[]
        {
            ("apart", "segments/big-spenders/insight", ".interval"), ("trend", "segments/big-spenders/insight?show=trend", ".note"), ("compare", "segments/big-spenders/insight?show=compare&with=gone-quiet&of=trait:gender", "table"),
            ("overlap", "segments/overlap?of=big-spenders&of=gone-quiet", ".venn"), ("suggested", "segments/suggested", "tbody tr"), ("defects", "segments/defects", ".empty"),
            ("funnel", "funnels?step=Product+Viewed&step=Order+Completed&span=30d", "tbody tr"), ("cohort", "cohorts?first=Order+Completed", ".heat"),
        })
        {
            await page.OpenAsync(kendt.Address + address);
            await Assertions.Expect(page.Locator("main " + shown).First).ToBeVisibleAsync(new() { Timeout = 15_000 });
            await LookAsync(page, name);
        }
        await page.OpenAsync(kendt.Address + "segments/big-spenders/edit");
        await LookAsync(page, "segment-edit");
        var value = page.GetByLabel("Value", new() { Exact = true });
        await value.FillAsync("many");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("sum.above", new() { Timeout = 15_000 });
        await value.FillAsync("0");
        await Assertions.Expect(page.Locator(".rule-told")).ToContainTextAsync("is above 0", new() { Timeout = 15_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).PressAsync("Enter");
        await page.WaitForURLAsync(new Regex("/segments/big-spenders$"));

        // The four steps of matching, its plan, and an uncertain pair that is answered by a key.
        await Assertions.Expect(page.Locator("h1")).ToBeVisibleAsync();
        using (var owner = await kendt.ClientAsync(workspace, Cancel))
            while (!(await owner.GetStringAsync(new Uri("/v1/matching/runs", UriKind.Relative), Cancel)).Contains("\"state\":\"applied\"", StringComparison.Ordinal)) await Task.Delay(100, Cancel);
        foreach (var address in new[] { "unify", "unify?step=clean", "unify?step=match", "unify?step=merge", "unify/plan", "unify/review", "unify/households" })
        {
            await page.OpenAsync(kendt.Address + address);
            await Assertions.Expect(page.Locator("main .card").First).ToBeVisibleAsync();
            await LookAsync(page, address.Replace('/', '-').Replace("?step=", "-", StringComparison.Ordinal));
        }
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("0 answered");
        await page.Keyboard.PressAsync("k");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("1 answered", new() { Timeout = 15_000 });
        await page.OpenAsync(kendt.Address + "unify?step=match");
        await page.Locator("#bits").FillAsync("12");
        await page.WaitForURLAsync(new Regex("bits=12"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Fix this threshold" }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("fixed at 12 bits", new() { Timeout = 15_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a plan" }).ClickAsync();
        await page.Locator("nav.choice a").Last.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply the plan" }).ClickAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("parted", new() { Timeout = 30_000 });

        // A link works once.
        await using var other = await browser.NewContextAsync();
        var second = await other.NewPageAsync();
        await second.GotoAsync(link);
        Assert.Contains("/sign-in", second.Url, StringComparison.Ordinal);
        await LookAsync(second, "sign-in");

        Assert.Empty(outside);
        Assert.Empty(broken);
    }

    private static async Task LookAsync(IPage page, string name)
    {
        // The title is away for a moment while the page becomes live.
        await Assertions.Expect(page).ToHaveTitleAsync(new Regex(@"\S"));
        if (Environment.GetEnvironmentVariable("KENDT_IMAGES") is { Length: > 0 } folder)
        {
            await page.WaitForTimeoutAsync(800); // for the pictures only: charts draw themselves in
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png") });
        }
        var found = await page.RunAxe();
        Assert.True(found.Violations.Length == 0, name + ": " + string.Join("; ", found.Violations.Select(v => $"{v.Id} ({string.Join(' ', v.Nodes.Select(n => n.Html).Take(3))})")));
    }

    [GeneratedRegex(@"http://\S+/sign-in/link\?token=\S+")]
    private static partial Regex Link();
}
