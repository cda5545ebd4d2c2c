using Microsoft.Playwright;

namespace Kendt.EndToEnd;

/// <summary>The browser that tests look through.</summary>
internal static class Chromium
{
    private static string? Found => Environment.GetEnvironmentVariable("KENDT_CHROMIUM") is { Length: > 0 } path ? path : File.Exists("/usr/bin/chromium") ? "/usr/bin/chromium" : null;

    /// <summary>Where it is; the test is skipped if there is none, and fails in CI.</summary>
    public static string Path
    {
        get
        {
            if (Found is null && Environment.GetEnvironmentVariable("CI") != "true") Assert.Skip("No Chromium: run ./test, or set KENDT_CHROMIUM to its path.");
            Assert.True(Found is not null, "There is no Chromium: this test must not be skipped here.");
            return Found!;
        }
    }

    /// <summary>Opens a page of Studio and waits until it hears what is typed and clicked.</summary>
    public static async Task OpenAsync(this IPage page, string address)
    {
        await page.GotoAsync(address);
        await page.Locator("html[data-live]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }
}
