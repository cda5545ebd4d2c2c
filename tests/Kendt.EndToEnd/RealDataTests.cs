namespace Kendt.EndToEnd;

/// <summary>Does what docs/guide/real-data.md says, word for word, and sees what it says.</summary>
public sealed class RealDataTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(On.Embedded)]
    [InlineData(On.Postgres)]
    public async Task The_guides_page_about_real_data_is_true(On on)
    {
        await using var workspace = await Workspace.CreateAsync(on);
        var steps = GuidePage.Read(await File.ReadAllTextAsync(Path.Combine(KendtProcess.Root, "docs", "guide", "real-data.md"), Cancel));
        Assert.Equal(4, steps.Count(s => s.Arguments[0] == "import"));
        Assert.True(steps.Count(s => s.Arguments[0] == "sql") >= 3);
        foreach (var step in steps)
        {
            var printed = (await KendtProcess.RunAsync(In(workspace, step.Arguments), workspace, Cancel)).Ok;
            if (step.Output is not null) Assert.Equal(step.Output, printed.ReplaceLineEndings("\n").TrimEnd('\n'));
        }

        // The files again: nothing twice.
        foreach (var step in steps.Where(s => s.Arguments[0] == "import")) Assert.NotEmpty((await KendtProcess.RunAsync(In(workspace, step.Arguments), workspace, Cancel)).Ok);
        Assert.Equal("75000,6589,2102", await OneAsync(workspace, "SELECT sum(CASE WHEN name = 'Product Purchased' THEN 1 ELSE 0 END), sum(CASE WHEN name = 'Campaign Received' THEN 1 ELSE 0 END), sum(CASE WHEN name = 'Coupon Redeemed' THEN 1 ELSE 0 END) FROM event"));
        Assert.Equal("801", await OneAsync(workspace, "SELECT count(*) FROM record_now WHERE source = 'grocer-households'"));
        Assert.Equal("801,801", await OneAsync(workspace, "SELECT count(*), count(DISTINCT profile_id) FROM trait WHERE name = 'income'"));
        Assert.Equal("2379", await OneAsync(workspace, "SELECT count(*) FROM (SELECT profile_id FROM event UNION SELECT profile_id FROM trait) AS households"));
        Assert.Equal("0", await OneAsync(workspace, "SELECT count(*) FROM dead_letter"));
        Assert.Equal("233935.24", await OneAsync(workspace, "SELECT round(sum((CAST(properties AS json) ->> 'sales_value')::numeric), 2) FROM event WHERE name = 'Product Purchased'"));
    }

    // The page names a folder of the reader's; the test has its own.
    private static IEnumerable<string> In(Workspace workspace, IReadOnlyList<string> arguments) =>
        arguments.Select((a, i) => i > 0 && arguments[i - 1] == "--data" ? workspace.Folder : a);

    private static async Task<string> OneAsync(Workspace workspace, string query)
    {
        var printed = (await KendtProcess.RunAsync(["sql", query, "--data", workspace.Folder], workspace, Cancel)).Ok;
        return printed.Split('\n')[1];
    }
}
