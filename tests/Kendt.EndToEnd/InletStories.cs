using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Kendt.EndToEnd;

/// <summary>The pages of the ways in (plans, webhooks, tables, pickups, sources) in a real browser, with something in each, light and dark: they are accessible, and their charts are drawn.</summary>
public sealed class InletStories
{
    private const string Password = "four words in a row";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_way_in_has_a_page_and_a_pickup_is_made_tried_and_looked_at()
    {
        var chromium = Chromium.Path;
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        var folder = Directory.CreateTempSubdirectory("kendt-drop-").FullName;
        try
        {
            await FillAsync(door);
            await File.WriteAllTextAsync(Path.Combine(folder, "members.csv"), "no;mail\n1;a@example.com\n", Cancel);
            Assertions.SetDefaultExpectTimeout(30_000);
            using var playwright = await Playwright.CreateAsync();
            await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
            await using var context = await browser.NewContextAsync(new() { Locale = "en-GB", ViewportSize = new() { Width = 1440, Height = 900 } });
            var page = await context.NewPageAsync();
            await page.GotoAsync(door.Kendt.Address + "data/pickups/new?kind=folder");
            await page.FillAsync("#email", "admin@example.com");
            await page.FillAsync("#password", Password);
            await page.ClickAsync("form[action='/auth/sign-in'] button");
            await page.WaitForURLAsync("**/data/pickups/new?kind=folder");
            await page.OpenAsync(door.Kendt.Address + "data/pickups/new?kind=folder");

            // A mistake first.
            await page.FillAsync("#pickup-source", "loyalty");
            await page.FillAsync("#pickup-path", folder + "-not-there");
            await page.ClickAsync("form.card-body button[type=button]");
            await Assertions.Expect(page.Locator(".note.bad")).ToContainTextAsync("There is no folder");
            await page.FillAsync("#pickup-path", folder);
            await page.ClickAsync("form.card-body button[type=button]");
            await Assertions.Expect(page.Locator(".note.good")).ToContainTextAsync("1 files are there: members.csv");
            await page.ClickAsync("form.card-body button[type=submit]");
            await page.WaitForURLAsync("**/data/pickups/loyalty");
            await page.ClickAsync("button:has-text('Look now')");
            await Assertions.Expect(page.Locator(".mud-snackbar").First).ToBeVisibleAsync(); // a file just written is looked at twice, by this or by the pickup's own round
            await page.ClickAsync("button:has-text('Look now')");
            await Assertions.Expect(page.Locator("td .badge")).ToContainTextAsync("not taken"); // no mapping reads it yet, which is said
            await Assertions.Expect(page.Locator("td .note.bad")).ToContainTextAsync("keeps no mapping that fits");

            var violations = new List<string>();
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                foreach (var path in new[] { "sources/new", "data/pickups", "data/pickups/loyalty", "data/pickups/new?kind=sftp", "data/plans", "data/plans/shop", "data/webhooks", "data/webhooks/payments", "data/tables", "data/tables/crm", "sources/web?per=minute" })
                {
                    await page.OpenAsync(door.Kendt.Address + path);
                    await Assertions.Expect(page.Locator("main h1")).ToBeVisibleAsync();
                    if (path is "data/plans" or "sources/web?per=minute") await IsDrawnAsync(page);
                    var found = await page.RunAxe();
                    violations.AddRange(found.Violations.Select(v => $"{path}, {scheme}: {v.Id} ({string.Join(' ', v.Nodes.Select(n => n.Html).Take(3))})"));
                }
            }
            Assert.Equal([], violations);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Something in another colour than nothing stands on the chart's canvas.
    private static async Task IsDrawnAsync(IPage page) => await page.WaitForFunctionAsync("""
        () => [...document.querySelectorAll('main figure canvas')].some(c => c.width > 200 && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((value, i) => i % 4 === 3 && value > 200))
        """, null, new() { Timeout = 30_000 });

    private static async Task FillAsync(Door door)
    {
        await door.SayAsync("/v1/members", new { email = "admin@example.com", role = "admin" }, Cancel);
        await door.SayAsync("/v1/members/admin@example.com/password", new { password = Password }, Cancel);
        using var owner = await door.OwnerAsync(Cancel);
        using var plan = new StringContent("plan: shop\nsources: [web]\nmode: warn\nevents:\n  Order Completed:\n    required: [order_id]\n    properties: { total: { type: number } }\n");
        using var kept = await owner.PutAsync(new Uri("/v1/plans", UriKind.Relative), plan, Cancel);
        Assert.True(kept.IsSuccessStatusCode);
        await door.SayAsync("/v1/webhooks", new { yaml = "source: payments\ntemplate: |\n  {\"type\": \"track\", \"event\": \"Paid\", \"userId\": {{ body.id | json }}}\n" }, Cancel, HttpMethod.Put);
        await door.SayAsync("/v1/tables", new { yaml = "kind: sqlite\ntable: customer\ncursor: updated_at\nmapping: |\n  source: crm\n  rows: records\n  key: id\n  columns: { id: { identifier: customer_no } }\n", connection = "/nowhere/crm.db" }, Cancel, HttpMethod.Put);
        using var answer = await door.PostAsync("/v1/batch", """{"batch":[{"type":"track","event":"Order Completed","userId":"u","properties":{"total":"12"}},{"type":"track","userId":"u"}]}""", Cancel);
        Assert.True(answer.IsSuccessStatusCode);
        await door.RowsAsync("SELECT 1 FROM event", 1, Cancel);
    }
}
