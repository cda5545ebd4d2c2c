using Microsoft.Playwright;

namespace Kendt.EndToEnd;

/// <summary>Kendt's own script on plain pages of another site, in a real browser.</summary>
public sealed class TrackerTests
{
    private const string Shop = "http://shop.example/";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_sent_or_kept_before_the_yes_and_all_of_the_page_after_it()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        await using var site = await Site.OpenAsync(door, """
            <button id=buy data-kendt-event="Product Added" data-kendt-product-id="T-17" data-kendt-price="499.5" data-kendt-code="007">Buy</button>
            <form data-kendt-event="Searched" data-kendt-where="top" onsubmit="event.preventDefault()"><button id=go>Go</button></form>
            <script>window.kendt = window.kendt || []; kendt.push(['track', 'Early', { n: 1 }])</script>
            """);
        var page = await site.GoAsync("?utm_source=mail&utm_campaign=spring");
        await page.ClickAsync("#buy");
        Assert.Empty(site.Sent);
        Assert.Equal(0, await page.EvaluateAsync<int>("() => localStorage.length + document.cookie.length"));

        await page.EvaluateAsync("() => { kendt.consent(true) }");
        await page.ClickAsync("#go");
        await page.EvaluateAsync("() => { kendt.identify('u-1', { email: 'anna@example.com' }) }");
        Assert.Equal(["consent changed,", "early,", "identify,u-1", "page,", "product added,", "searched,"],
            await door.RowsAsync("SELECT lower(CASE WHEN type = 'track' THEN name ELSE type END), coalesce(user_id, '') FROM event ORDER BY 1", 6, Cancel));
        Assert.Equal(["1,1"], await door.RowsAsync("SELECT count(DISTINCT profile_id), count(DISTINCT anonymous_id) FROM event", 1, Cancel));
        Assert.Equal(["T-17,499.5,007"], await door.RowsAsync("SELECT json_extract_string(properties, '$.product_id'), json_extract(properties, '$.price'), json_extract_string(properties, '$.code') FROM event WHERE name = 'Product Added'", 1, Cancel));
        Assert.Equal(["mail,spring"], await door.RowsAsync("SELECT json_extract_string(context, '$.campaign.source'), json_extract_string(context, '$.campaign.name') FROM event WHERE type = 'page'", 1, Cancel));

        // The yes is remembered on the next page, and the no takes everything away again but is itself told.
        page = await site.GoAsync("next");
        await door.RowsAsync("SELECT 1 FROM event WHERE type = 'page'", 2, Cancel);
        await page.EvaluateAsync("() => { kendt.consent(false); kendt.track('After') }");
        Assert.Equal(["false"], await door.RowsAsync("SELECT json_extract(context, '$.consent.categoryPreferences.profiling') FROM event WHERE name = 'Consent Changed' AND context LIKE '%false%'", 1, Cancel));
        Assert.Equal(0, await page.EvaluateAsync<int>("() => localStorage.length"));
        page = await site.GoAsync("third");
        await page.EvaluateAsync("() => { kendt.track('After') }");
        Assert.Equal(["0"], await door.RowsAsync("SELECT count(*) FROM event WHERE name = 'After' OR json_extract_string(context, '$.page.path') = '/third'", 1, Cancel));
        Assert.Empty(site.Faults);
    }

    [Fact]
    public async Task Views_of_a_single_page_application_are_views()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        await using var site = await Site.OpenAsync(door, "", attributes: "data-consent=not-needed");
        var page = await site.GoAsync("");
        await door.RowsAsync("SELECT 1 FROM event", 1, Cancel); // one after the other: times are corrected by how long each call was on its way
        await page.EvaluateAsync("() => { history.pushState({}, '', '/tents'); document.title = 'All tents' }");
        await door.RowsAsync("SELECT 1 FROM event", 2, Cancel);
        await page.EvaluateAsync("() => { history.replaceState({}, '', '/tents#second'); history.replaceState({}, '', '/tents?size=4') }");
        await door.RowsAsync("SELECT 1 FROM event", 3, Cancel);
        await page.EvaluateAsync("() => { history.back() }");
        Assert.Equal([$"/,,Tents", $"/tents,{Shop},All tents", $"/tents,{Shop}tents,All tents", $"/,{Shop}tents?size=4,All tents"],
            await door.RowsAsync("SELECT json_extract_string(properties, '$.path'), json_extract_string(properties, '$.referrer'), json_extract_string(properties, '$.title') FROM event ORDER BY ts, seq", 4, Cancel));
        Assert.Empty(site.Faults);
    }

    [Fact]
    public async Task A_strict_content_security_policy_lets_it_work()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        var host = door.Kendt.Address.ToString().TrimEnd('/');
        var bought = 0;
        foreach (var (script, attributes) in new[] { (host, "data-consent=not-needed"), ("'nonce-r4nd0m'", "data-consent=not-needed nonce=r4nd0m") })
        {
            await using var site = await Site.OpenAsync(door, "<button id=buy data-kendt-event=Bought>Buy</button>", attributes, policy: $"default-src 'none'; script-src {script}; connect-src {host}; img-src data:");
            var page = await site.GoAsync("");
            await page.ClickAsync("#buy");
            await site.CloseAsync(); // what is still waiting goes with the page
            Assert.DoesNotContain(site.Faults, fault => fault.Contains("Content Security Policy", StringComparison.Ordinal));
            await door.RowsAsync("SELECT 1 FROM event WHERE name = 'Bought'", ++bought, Cancel); // before the browser goes, and its calls with it
        }
    }

    [Fact]
    public async Task Global_privacy_control_is_a_no()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        await using var site = await Site.OpenAsync(door, "", attributes: "data-consent=not-needed", before: "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true }); localStorage.setItem('kendt', '{\"id\":\"old\",\"at\":9e15}')");
        var page = await site.GoAsync("");
        await page.EvaluateAsync("() => { kendt.consent(true); kendt.track('Product Viewed'); kendt.identify('u-1') }");
        Assert.Equal(0, await page.EvaluateAsync<int>("() => localStorage.length"));
        await site.CloseAsync();
        Assert.Empty(site.Sent);
        Assert.Equal(["0"], await door.RowsAsync("SELECT count(*) FROM event", 1, Cancel));
    }

    [Fact]
    public async Task What_happened_without_a_network_comes_when_there_is_one_once()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        await using var site = await Site.OpenAsync(door, "", attributes: "data-consent=not-needed");
        var page = await site.GoAsync("");
        await door.RowsAsync("SELECT 1 FROM event", 1, Cancel);
        await page.Context.SetOfflineAsync(true);
        await page.EvaluateAsync("() => { for (let n = 0; n < 120; n++) kendt.track('Offline', { n }) }");
        Assert.Equal(100, await page.EvaluateAsync<int>("() => JSON.parse(localStorage.getItem(Object.keys(localStorage).find(k => k.startsWith('kendt_queue')))).length"));
        await page.Context.SetOfflineAsync(false);
        // The oldest twenty had to leave; the others come, each once.
        await door.RowsAsync("SELECT 1 FROM event WHERE name = 'Offline'", 100, Cancel);
        Assert.Equal(["100,20,119"], await door.RowsAsync("SELECT count(DISTINCT json_extract(properties, '$.n')), min(CAST(json_extract_string(properties, '$.n') AS INTEGER)), max(CAST(json_extract_string(properties, '$.n') AS INTEGER)) FROM event WHERE name = 'Offline'", 1, Cancel));
        Assert.Equal(["100"], await door.RowsAsync("SELECT count(*) FROM event WHERE name = 'Offline'", 1, Cancel));
    }

    [Fact]
    public async Task It_is_under_four_kilobytes_packed_and_kept_by_browsers()
    {
        await using var door = await Door.OpenAsync(On.Embedded, Cancel);
        using var ask = new HttpRequestMessage(HttpMethod.Get, "/k.js") { Headers = { { "Accept-Encoding", "gzip" } } };
        using var answer = await door.Client.SendAsync(ask, Cancel);
        Assert.Equal("gzip", Assert.Single(answer.Content.Headers.ContentEncoding));
        Assert.InRange(answer.Content.Headers.ContentLength!.Value, 1_000, 4_095);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/k.js") { Headers = { { "If-None-Match", answer.Headers.ETag!.ToString() } } };
        using var same = await door.Client.SendAsync(again, Cancel);
        Assert.Equal(System.Net.HttpStatusCode.NotModified, same.StatusCode);
    }

    /// <summary>A site of one page, under every address, with the script pasted into it.</summary>
    private sealed class Site : IAsyncDisposable
    {
        private readonly IPlaywright _playwright;
        private readonly IBrowser _browser;
        private readonly IPage _page;

        private Site(IPlaywright playwright, IBrowser browser, IPage page) => (_playwright, _browser, _page) = (playwright, browser, page);

        /// <summary>Calls of the page to Kendt, but for the script itself.</summary>
        public List<string> Sent { get; } = [];

        public List<string> Faults { get; } = [];

        public static async Task<Site> OpenAsync(Door door, string body, string attributes = "", string? policy = null, string? before = null)
        {
            var chromium = Chromium.Path;
            var playwright = await Playwright.CreateAsync();
            var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"] });
            var context = await browser.NewContextAsync();
            if (before is not null) await context.AddInitScriptAsync(before);
            var site = new Site(playwright, browser, await context.NewPageAsync());
            site._page.PageError += (_, fault) => site.Faults.Add(fault);
            site._page.Console += (_, line) =>
            {
                if (line.Type == "error") site.Faults.Add(line.Text);
            };
            site._page.Request += (_, request) =>
            {
                if (request.Url.StartsWith(door.Kendt.Address.ToString(), StringComparison.Ordinal) && !request.Url.EndsWith("/k.js", StringComparison.Ordinal)) site.Sent.Add(request.Url);
            };
            var html = $"<!doctype html><html lang=en><title>Tents</title><link rel=icon href=data:,><script src=\"{door.Kendt.Address}k.js\" data-key=\"{door.Key}\" {attributes} async></script>{body}";
            Dictionary<string, string> headers = policy is null ? [] : new() { ["Content-Security-Policy"] = policy };
            await context.RouteAsync(Shop + "**", route => route.FulfillAsync(new() { ContentType = "text/html", Headers = headers, Body = html }));
            return site;
        }

        /// <summary>Opens an address of the site, and waits for the script.</summary>
        public async Task<IPage> GoAsync(string path)
        {
            await _page.GotoAsync(Shop + path);
            await _page.WaitForFunctionAsync("() => window.kendt?.initialized");
            return _page;
        }

        public Task CloseAsync() => _page.CloseAsync(new() { RunBeforeUnload = false });

        public async ValueTask DisposeAsync()
        {
            await _browser.DisposeAsync();
            _playwright.Dispose();
        }
    }
}
