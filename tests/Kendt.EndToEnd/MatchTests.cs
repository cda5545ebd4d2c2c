using System.Globalization;
using System.Text.Json;

namespace Kendt.EndToEnd;

/// <summary>Matching of the demo company from the command line, with the truth beside it.</summary>
public sealed class MatchTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_demos_people_are_found_far_better_than_by_identifiers_alone()
    {
        await using var workspace = await Workspace.CreateAsync(On.Embedded);
        await using var kendt = await KendtProcess.StartAsync(["demo", "--people", "1000", "--no-browser", "--data", workspace.Folder], workspace, Cancel);
        using var client = await kendt.ClientAsync(workspace, Cancel);
        JsonElement latest = default;
        for (var tries = 0; latest.ValueKind is JsonValueKind.Undefined && tries < 1200; tries++)
        {
            using var runs = JsonDocument.Parse(await client.GetStringAsync(new Uri("/v1/matching/runs", UriKind.Relative), Cancel));
            if (runs.RootElement.EnumerateArray().FirstOrDefault(r => r.GetProperty("state").GetString() == "applied") is { ValueKind: JsonValueKind.Object } run) latest = run.Clone();
            else await Task.Delay(100, Cancel);
        }
        Assert.True(latest.GetProperty("merged").GetInt64() > 30);
        await RunAsync("match", "plan");
        Assert.Contains("0 merged, 0 split", await RunAsync("match", "status", "--run", "latest"), StringComparison.Ordinal);
        var matched = await AgreementAsync();

        // Nothing is one: what identifiers alone had tied.
        var file = Path.Combine(workspace.Folder, "strict.yaml");
        await File.WriteAllTextAsync(file, "threshold: 40\n", Cancel);
        await RunAsync("match", "config", file);
        Assert.Contains("split", await RunAsync("match", "plan", "--apply"), StringComparison.Ordinal);
        var stitched = await AgreementAsync();
        Assert.True(matched > stitched + 0.01 && matched > 0.985, $"B-cubed F1 {matched:0.0000} matched, {stitched:0.0000} stitched");
        Assert.Equal(2, (await KendtProcess.RunAsync(["match", "apply", "--data", workspace.Folder], workspace, Cancel)).Status);

        async Task<string> RunAsync(params string[] arguments) => (await KendtProcess.RunAsync([.. arguments, "--data", workspace.Folder], workspace, Cancel)).Ok;

        async Task<double> AgreementAsync()
        {
            var owners = (await File.ReadAllLinesAsync(Path.Combine(workspace.Folder, "demo", "truth", "identities.csv"), Cancel)).Skip(1).Select(l => l.Split(',')).GroupBy(r => $"record:{r[1]}:{r[2]}", StringComparer.Ordinal)
                .Where(g => g.Select(r => r[0]).Distinct().Count() == 1).ToDictionary(g => g.Key, g => g.First()[0], StringComparer.Ordinal);
            var found = (await RunAsync("sql", "SELECT DISTINCT named_by, profile_id FROM trait_said WHERE named_by LIKE 'record:%'")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
                .Select(l => l.TrimEnd('\r').Split(',')).Where(r => owners.ContainsKey(r[0])).Select(r => (Profile: r[1], Person: owners[r[0]])).ToList();
            return BCubed(found);
        }
    }

    // Bagga and Baldwin 1998: for each record the part of its cluster that is right, and the part of its person that is in it.
    private static double BCubed(List<(string Profile, string Person)> found)
    {
        var (profiles, people, both) = (found.CountBy(f => f.Profile).ToDictionary(), found.CountBy(f => f.Person).ToDictionary(), found.CountBy(f => f).ToDictionary());
        Assert.True(found.Count > 1000, found.Count.ToString(CultureInfo.InvariantCulture));
        var (precision, recall) = (found.Average(f => (double)both[f] / profiles[f.Profile]), found.Average(f => (double)both[f] / people[f.Person]));
        return 2 * precision * recall / (precision + recall);
    }
}
