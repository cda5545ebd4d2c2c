using System.Text.Json;
using Kendt.Collect;
using Kendt.Samples;
using Kendt.Server.Host;
using Kendt.Store;

namespace Kendt.Server.Jobs;

/// <summary>Makes the demo company's files and takes them in as a user would, file by file.</summary>
public sealed class DemoJob(KendtOptions options, Stores stores, Imports imports, ImportJob import, Pipeline pipeline, DemoWorkspace workspace) : JobKind
{
    public const string Kind = "demo";

    // The files in the order of their import; their names are the generator's contract.
    private static readonly (string File, string Mapping, string Source)[] Files =
    [
        ("webshop-customers.csv", "webshop-customers.yaml", ""), ("loyalty-members.csv", "loyalty-members.yaml", ""), ("business-customers.csv", "business-customers.yaml", ""),
        ("business-contacts.csv", "business-contacts.yaml", ""), ("consents.csv", "consents.yaml", ""), ("webshop.ndjson", "", "webshop"), ("shop-receipts.csv", "shop-receipts.yaml", ""),
        ("returns.csv", "returns.yaml", ""), ("newsletter.parquet", "newsletter.yaml", ""), ("club-memberships.csv", "club-memberships.yaml", ""), ("event-attendance.csv", "event-attendance.yaml", ""),
        ("support-tickets.csv", "support-tickets.yaml", ""), ("partner-travel.csv", "partner-travel.yaml", ""), ("audience-feed.parquet", "audience-feed.yaml", ""),
    ];

    /// <summary>The last day of the company's history, and its size.</summary>
    public sealed record Argument(DateOnly End, int People);

    public override string Name => Kind;

    public override IReadOnlyList<JobStep> Steps(string argument)
    {
        var asked = JsonSerializer.Deserialize<Argument>(argument)!;
        return
        [
            new("Make the demo company's data", (progress, cancel) => MakeAsync(asked, progress, cancel)),
            .. Files.Select(f => new JobStep("Import " + f.File, (progress, cancel) => ImportAsync(f.File, f.Mapping, f.Source, progress, cancel))),
            new("Set up measures, segments and a destination", workspace.SetUpAsync),
        ];
    }

    private string Folder => Path.Combine(options.Folder, "demo");

    private async Task MakeAsync(Argument asked, JobProgress progress, CancellationToken cancel)
    {
        var sizes = new DemoOptions { End = asked.End, People = asked.People, Companies = Math.Max(5, asked.People * 150 / 20_000), Devices = asked.People * 5 };
        Disk.Need(options.Folder, 60_000L * asked.People); // files, ledger and warehouse of the company
        await DemoCompany.WriteAsync(Folder, sizes, new Notes(progress), cancel);
    }

    private async Task ImportAsync(string file, string mapping, string source, JobProgress progress, CancellationToken cancel)
    {
        var path = Path.Combine(Folder, file);
        var done = await stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from import where path = {path} and state = 'done'"), cancel), cancel);
        if (done > 0) // the process ended between the import's last row and the step's
        {
            await pipeline.CaughtUpAsync(null, cancel);
            return;
        }
        var read = mapping.Length == 0 ? null : MappingFile.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "mappings", mapping), cancel));
        await import.ReadAsync((await imports.StartAsync(path, file, read, read?.Source ?? source, cancel)).Id, progress, cancel);
        await pipeline.CaughtUpAsync(null, cancel); // files come one after another, so that the same files give the same customers
    }

    private sealed class Notes(JobProgress progress) : IProgress<string>
    {
        public void Report(string value) => progress.Report(0, 0, value);
    }
}
