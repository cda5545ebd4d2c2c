using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Kendt.Model;
using Kendt.Server.Host;
using Kendt.Server.Jobs;
using Kendt.Store;
using Kendt.Unify.Batch;

namespace Kendt.Server.Commands;

internal static class DemoCommand
{
    private const string Folder = "kendt-demo";

    public static Command Make()
    {
        var port = new Option<int>("--port") { Description = "Port to listen on", HelpName = "N", DefaultValueFactory = _ => new KendtOptions().Port };
        var fresh = new Option<bool>("--fresh") { Description = "Throw the demo's workspace away and start over" };
        var quiet = new Option<bool>("--no-browser") { Description = "Do not open a browser" };
        var people = new Option<int>("--people") { Description = "How large the demo company is", HelpName = "N", DefaultValueFactory = _ => 20_000 };
        var command = new Command("demo", CommandLine.Help("A whole company to look at: makes its data, takes it in, opens Studio. A second demo continues.",
            "kendt demo", "kendt demo --fresh --port 8080", "kendt demo --postgres \"Host=localhost;Username=kendt;Password=...;Database=demo\"")).With(port, fresh, quiet, people);
        command.SetAction(async (parse, cancel) =>
        {
            var given = parse.GetResult(CommandLine.Data) is { Implicit: false };
            var options = (CommandLine.Options(parse) with { Port = parse.GetValue(port), Data = given ? parse.GetValue(CommandLine.Data)! : Environment.GetEnvironmentVariable("KENDT_DATA") ?? Folder }).Validated();
            if (parse.GetValue(people) is < 50 or > 1_000_000) throw new BadInputException("--people must be from 50 to 1,000,000.");
            var output = parse.InvocationConfiguration.Output;
            var held = WorkspaceLock.TryTake(options.Folder);
            if (held is null)
            {
                if (parse.GetValue(fresh)) throw new CannotException("The demo is running. Stop it before you start it over with --fresh.");
                await output.WriteLineAsync($"The demo is running at {(await WorkspaceLock.FindAsync(options.Folder, cancel)).Address}");
                return 0;
            }
            if (parse.GetValue(fresh)) await EraseAsync(options, held, cancel);
            await using var host = await KendtHost.StartAsync(options, held, HostKind.Server, cancel);
            var link = await host.SignInLinkAsync(cancel);
            await output.WriteLineAsync($"Kendt is open at {host.Server.Address}");
            await output.WriteLineAsync($"Sign in once:    {link}");
            if (!parse.GetValue(quiet)) OpenBrowser(link);
            await FillAsync(host, parse.GetValue(people), parse.InvocationConfiguration.Error, output, cancel);
            await host.WaitForStopAsync(cancel);
            return 0;
        });
        return command;
    }

    private static async Task FillAsync(RunningHost host, int people, TextWriter error, TextWriter output, CancellationToken cancel)
    {
        var jobs = host.Services.GetRequiredService<JobRunner>();
        var last = (await jobs.ListAsync(500, cancel)).FirstOrDefault(j => j.Kind == DemoJob.Kind);
        var id = last is { State: "running" or "queued" or "done" } ? last.Id
            : await jobs.StartAsync(DemoJob.Kind, "The demo company", JsonSerializer.Serialize(new DemoJob.Argument(DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(-1), people)), cancel);
        if (last is not { State: "done" })
        {
            using var client = new HttpClient { BaseAddress = host.Server.Address };
            client.DefaultRequestHeaders.Authorization = new("Bearer", host.Server.Key);
            var ended = await JobProgressLine.FollowAsync(client, id.ToString(), error, cancel);
            if (ended.Text("state") != "done") throw new CannotException($"The demo could not be filled: {ended.Text("error")}");
        }
        // Its customers are matched while one looks around already.
        if ((await host.Services.GetRequiredService<MatchRuns>().ListAsync(1, cancel)).Count == 0) await host.Services.GetRequiredService<MatchActions>().PlanAsync(apply: true, "demo", cancel);
        await output.WriteLineAsync("The company is there. Stop with Ctrl+C; a second 'demo' continues, '--fresh' starts over.");
    }

    // Only what Kendt made is thrown away: a folder with anything else in it is left alone.
    private static async Task EraseAsync(KendtOptions options, WorkspaceLock held, CancellationToken cancel)
    {
        string[] own = ["ledger.db", "ledger.db-wal", "ledger.db-shm", "warehouse.duckdb", "warehouse.duckdb.wal", "warehouse.duckdb.tmp", "log", "matching", "secret.key", "server.json", "kendt.lock", "keys", "inbox", "demo", "exports"];
        var others = Directory.EnumerateFileSystemEntries(options.Folder).Select(Path.GetFileName).Where(name => !own.Contains(name)).ToList();
        if (others.Count > 0)
        {
            held.Dispose();
            throw new BadInputException($"The folder '{options.Folder}' holds '{others[0]}', which is not Kendt's: --fresh does not touch it. Choose another folder with --data DIR.");
        }
        foreach (var name in own.Where(n => n != "kendt.lock"))
        {
            var path = Path.Combine(options.Folder, name);
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
            else File.Delete(path);
        }
        if (options.Store.Postgres is not null) await Stores.EraseAsync(options.Store, cancel);
    }

    private static void OpenBrowser(string link)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Process.Start(new ProcessStartInfo(link) { UseShellExecute = true })?.Dispose();
            else if (OperatingSystem.IsMacOS()) Process.Start("open", link).Dispose();
            else if (Environment.GetEnvironmentVariable("DISPLAY") is { Length: > 0 } || Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is { Length: > 0 }) Process.Start("xdg-open", link).Dispose();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return; // no browser to open: the link is printed
        }
    }
}
