using System.Diagnostics;
using Microsoft.Playwright;

namespace Kendt.EndToEnd;

/// <summary>The clients that people use, unmodified from npm, and Kendt's own script: every message arrives once.</summary>
public sealed class ClientTests
{
    private const string Shop = "http://shop.example/";

    private static readonly string Folder = Path.Combine(KendtProcess.Root, "tests", "clients");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("segment")]
    [InlineData("rudderstack")]
    public async Task A_client_of_node_delivers(string client)
    {
        Need();
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        var start = new ProcessStartInfo("node") { WorkingDirectory = Folder, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in new[] { client + ".js", door.Kendt.Address.ToString().TrimEnd('/'), door.Key, "user-" }) start.ArgumentList.Add(argument);
        using var node = Process.Start(start)!;
        var error = node.StandardError.ReadToEndAsync(Cancel);
        try
        {
            Assert.Equal(["user-0,identify,", "user-1,track,Order Completed", "user-2,page,Home", "user-3,screen,Basket", "user-4,group,", "user-5,alias,"],
                await door.RowsAsync("SELECT user_id, type, name FROM event WHERE user_id LIKE 'user-%' ORDER BY 1", 6, Cancel));
        }
        finally
        {
            node.Kill(); // not every client ends by itself
        }
        Assert.Empty(await error);
    }

    [Fact]
    public async Task The_browser_client_of_Segment_delivers()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        await BrowseAsync(door, Path.Combine(Folder, "node_modules/@segment/analytics-next/dist/umd"), "index.js", $$"""
            const analytics = AnalyticsNext.AnalyticsBrowser.load({ writeKey: '{{door.Key}}', cdnURL: '{{Address(door)}}' });
            {{Calls}}
            """);
        await ArrivedAsync(door, "analytics.js");
    }

    [Fact]
    public async Task The_browser_client_of_RudderStack_delivers()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        await BrowseAsync(door, Path.Combine(Folder, "node_modules/@rudderstack/analytics-js/dist/npm/modern/bundled/umd"), "index.js", $$"""
            const analytics = new rudderanalytics.RudderAnalytics();
            analytics.load('{{door.Key}}', '{{Address(door)}}', { configUrl: '{{Address(door)}}' });
            {{Calls}}
            """);
        await ArrivedAsync(door, "RudderLabs JavaScript SDK");
    }

    [Fact]
    public async Task Kendts_own_script_takes_over_from_the_snippet()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        // What the usual snippet leaves: an array of calls, and a script that comes later.
        await BrowseAsync(door, null, "", $$"""
            const analytics = window.analytics = [];
            for (const name of ['identify', 'track', 'page', 'group']) analytics[name] = (...values) => analytics.push([name, ...values]);
            {{Calls}}
            const script = document.createElement('script');
            script.async = true;
            script.src = '{{Address(door)}}/analytics.js/v1/{{door.Key}}/analytics.min.js';
            document.head.append(script);
            """);
        await ArrivedAsync(door, "kendt.js");
    }

    private const string Calls = """
        analytics.page('Home');
        analytics.identify('user-1', { email: 'anna@example.com' });
        analytics.track('Product Viewed', { sku: 'T-17' });
        analytics.group('fjeld', { name: 'Fjeld ApS' });
        """;

    private static string Address(Door door) => door.Kendt.Address.ToString().TrimEnd('/');

    private static async Task ArrivedAsync(Door door, string library)
    {
        var rows = await door.RowsAsync("SELECT type, name, CASE WHEN type = 'page' THEN '' ELSE user_id END, json_extract_string(context, '$.library.name'), json_extract_string(context, '$.page.url') FROM event ORDER BY type", 4, Cancel);
        Assert.Equal([$"group,,user-1,{library},{Shop}", $"identify,,user-1,{library},{Shop}", $"page,Home,,{library},{Shop}", $"track,Product Viewed,user-1,{library},{Shop}"], rows);
        Assert.Equal(["1"], await door.RowsAsync("SELECT count(DISTINCT profile_id) FROM event", 1, Cancel));
        Assert.Equal(["0"], await door.RowsAsync("SELECT count(*) FROM dead_letter", 1, Cancel));
    }

    // A page of another site; the browser closes when the messages have come.
    private static async Task BrowseAsync(Door door, string? folder, string script, string inline)
    {
        if (folder is not null) Need();
        var chromium = Chromium.Path;
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"] });
        var page = await browser.NewPageAsync();
        var faults = new List<string>();
        page.PageError += (_, fault) => faults.Add(fault);
        page.Console += (_, line) =>
        {
            if (line.Type == "error") faults.Add(line.Text);
        };
        var tag = script.Length > 0 ? $"<script src=\"/{script}\"></script>" : "";
        await page.RouteAsync(Shop + "**", route => new Uri(route.Request.Url).AbsolutePath is var path && path == "/"
            ? route.FulfillAsync(new() { ContentType = "text/html", Body = $"<!doctype html><title>Tents</title><link rel=icon href=data:,>{tag}<script>{inline}</script>" })
            : route.FulfillAsync(new() { Path = Path.Combine(folder!, path.TrimStart('/')) }));
        await page.GotoAsync(Shop);
        try
        {
            await door.RowsAsync("SELECT 1 FROM event", 4, Cancel);
        }
        catch (Xunit.Sdk.TrueException fault)
        {
            Assert.Fail($"{fault.Message}\nThe page said: {string.Join('\n', faults)}");
        }
        Assert.Empty(faults);
    }

    private static void Need()
    {
        var there = Directory.Exists(Path.Combine(Folder, "node_modules"));
        if (!there && Environment.GetEnvironmentVariable("CI") != "true") Assert.Skip("The clients are not installed: run ./test, or npm ci in tests/clients.");
        Assert.True(there, "The clients are not installed in tests/clients: these tests must not be skipped here.");
    }
}
