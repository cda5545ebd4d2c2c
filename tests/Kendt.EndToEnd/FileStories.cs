using System.Text;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Kendt.EndToEnd;

/// <summary>A file comes in from the outside: by the page in a real browser, and by commands, the second time without a mapping.</summary>
public sealed partial class FileStories
{
    private const string Members = """
        Medlemsnr;Navn;E-mail;Mobil;Født;Postnr;By;Point;Indmeldt
        M1;Åse Bjørn;aase@example.dk;20304050;13-05-1980;8000;Aarhus C;1.234,50;02-01-2024
        M2;Bo Kjær;bo@example.dk;+45 21 22 33 44;01-02-1975;2100;København Ø;99,00;15-03-2024
        M3;Pia Holm;NULL;-;07-11-1990;5000;Odense C;0,00;03-04-2025

        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_brings_a_file_and_the_next_one_needs_no_mapping()
    {
        var chromium = Chromium.Path;
        await using var workspace = await Workspace.CreateAsync(On.Embedded);
        var latin1 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
        var file = Path.Combine(workspace.Folder, "members.csv");
        await File.WriteAllBytesAsync(file, latin1.GetBytes(Members), Cancel);
        await using var kendt = await KendtProcess.StartAsync(["serve", "--data", workspace.Folder], workspace, Cancel);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
        foreach (var (scheme, width) in new[] { (ColorScheme.Light, 1440), (ColorScheme.Dark, 800) })
        {
            await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 1000 }, Locale = scheme == ColorScheme.Light ? "en-GB" : "da-DK", ColorScheme = scheme });
            var page = await context.NewPageAsync();
            if (scheme == ColorScheme.Light) await page.GotoAsync(Link().Match(kendt.Printed).Value);
            else await page.GotoAsync(Link().Match((await KendtProcess.RunAsync(["member", "add", "second@example.dk", "--role", "admin", "--data", workspace.Folder], workspace, Cancel)).Ok).Value);
            await page.OpenAsync(kendt.Address + "data/import");
            await LookAsync(page, "import-file-" + scheme);
            await page.SetInputFilesAsync("#wizard-file", file);
            await page.WaitForURLAsync(new Regex("file="));
            await Assertions.Expect(page.Locator("select[id=w-what]")).ToBeVisibleAsync(new() { Timeout = 20_000 });
            await LookAsync(page, "import-columns-" + scheme);
            if (scheme == ColorScheme.Dark) continue;
            Assert.Equal("windows-1252", await page.Locator("#f-encoding").InputValueAsync());
            Assert.Equal("Email", await page.GetByLabel("Meaning of E-mail").InputValueAsync());
            await page.Locator("#w-source").FillAsync("loyalty");
            await page.Locator("#w-source").BlurAsync();
            await Assertions.Expect(page.GetByLabel("Mapping (YAML)")).ToHaveValueAsync(new Regex("source: loyalty"));
            await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();
            await Assertions.Expect(page.Locator(".note.good")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        }
        // The same shape a month later: one more row, one changed, and no mapping.
        await File.WriteAllBytesAsync(file, latin1.GetBytes(Members.Replace("Odense C", "Nyborg", StringComparison.Ordinal) + "M4;Ib Lund;ib@example.dk;;;;;5,00;\n"), Cancel);
        var second = await KendtProcess.RunAsync(["import", file, "--source", "loyalty", "--data", workspace.Folder], workspace, Cancel);
        Assert.Contains("2 taken, 2 known", second.Ok, StringComparison.Ordinal);
        var found = (await KendtProcess.RunAsync(["sql", "select value from trait where name = 'points' or name = 'point' order by value", "--data", workspace.Folder], workspace, Cancel)).Ok;
        Assert.Contains("1234.50", found, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(workspace.Folder, "inbox")).Where(f => f.EndsWith(".csv", StringComparison.Ordinal)).Skip(1)); // one is staged still
    }

    [Theory, InlineData(On.Embedded), InlineData(On.Postgres)]
    public async Task What_a_full_file_has_no_more_is_taken_back_and_others_words_hold(On on)
    {
        await using var workspace = await Workspace.CreateAsync(on);
        await using var kendt = await KendtProcess.StartAsync(["serve", "--data", workspace.Folder], workspace, Cancel);
        async Task<Ended> ImportAsync(string source, string rows, params string[] more)
        {
            var path = Path.Combine(workspace.Folder, source + ".csv");
            await File.WriteAllTextAsync(path, "id,email,name,city\n" + rows, Cancel);
            return await KendtProcess.RunAsync(["import", path, "--source", source, "--accept", "--data", workspace.Folder, .. more], workspace, Cancel);
        }
        async Task<string> AskAsync(string query) => (await KendtProcess.RunAsync(["sql", query, "--data", workspace.Folder], workspace, Cancel)).Ok.ReplaceLineEndings("|");

        // One person is in two systems; she goes from the second, whose word was the newer.
        Assert.Contains("2 taken", (await ImportAsync("shop", "1,anna@example.dk,Anna Old,Aarhus\n2,bo@example.dk,Bo,Odense\n")).Ok, StringComparison.Ordinal);
        Assert.Contains("2 taken", (await ImportAsync("crm", "72,anna@example.dk,Anna New,Ribe\n73,carl@example.dk,Carl,Vejle\n")).Ok, StringComparison.Ordinal);
        Assert.Contains("Anna New", await AskAsync("select value from trait where name = 'name' order by 1"), StringComparison.Ordinal);
        var stopped = await ImportAsync("crm", "73,carl@example.dk,Carl,Vejle\n", "--full");
        Assert.Equal(2, stopped.Status);
        Assert.Contains("1 of the 2 records", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("1 gone", (await ImportAsync("crm", "73,carl@example.dk,Carl,Vejle\n", "--full", "--max-gone", "70")).Ok, StringComparison.Ordinal);
        var names = await AskAsync("select value, source from trait where name = 'name' order by 1, 2");
        Assert.DoesNotContain("Anna New", names, StringComparison.Ordinal);
        Assert.Contains("Anna Old", names, StringComparison.Ordinal);
        Assert.Contains("Carl", names, StringComparison.Ordinal);
        // The profile says the same.
        using var client = await kendt.ClientAsync(workspace, Cancel);
        var profile = await client.GetStringAsync(new Uri("/v1/profiles/email:anna@example.dk", UriKind.Relative), Cancel);
        Assert.DoesNotContain("Anna New", profile, StringComparison.Ordinal);
        Assert.Contains("Anna Old", profile, StringComparison.Ordinal);
        Assert.Contains("Aarhus", profile, StringComparison.Ordinal);
    }

    private static async Task LookAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("KENDT_IMAGES") is { Length: > 0 } folder) await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
        var found = await page.RunAxe();
        Assert.True(found.Violations.Length == 0, name + ": " + string.Join("; ", found.Violations.Select(v => $"{v.Id} ({string.Join(' ', v.Nodes.Select(n => n.Html).Take(3))})")));
    }

    [GeneratedRegex(@"http://\S+/sign-in/link\?token=[A-Za-z0-9_-]+")]
    private static partial Regex Link();
}
