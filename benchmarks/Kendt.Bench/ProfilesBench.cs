using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Kendt.Govern;
using Kendt.Store;

namespace Kendt.Bench;

/// <summary>
/// A customer's profile over HTTP, beside a bare Kestrel that answers with the same bytes from memory: as many as it can with
/// some connections, and how long one takes at a steady rate. Asked by <c>wrk</c> where it is there, else by this process.
/// </summary>
internal static class ProfilesBench
{
    private const int Often = 10_000;

    public static Command Command()
    {
        var people = new Option<int>("--people") { Description = "Profiles in the store", DefaultValueFactory = _ => 1_000_000 };
        var seconds = new Option<int>("--seconds") { Description = "Of each measurement", DefaultValueFactory = _ => 10 };
        var connections = new Option<int>("--connections") { Description = "At a time", DefaultValueFactory = _ => 32 };
        var rate = new Option<int>("--rate") { Description = "Calls a second of the steady rate", DefaultValueFactory = _ => 2_000 };
        var folder = new Option<DirectoryInfo?>("--data") { Description = "Keep the workspace here, and take it up again" };
        var postgres = new Option<string?>("--postgres") { Description = "A PostgreSQL that holds nothing else: it is emptied" };
        var command = new Command("profiles", "Profiles a second beside a bare server of the same bytes") { people, seconds, connections, rate, folder, postgres };
        command.SetAction((parse, cancel) => RunAsync(parse.GetValue(people), new(parse.GetValue(connections), parse.GetValue(seconds), parse.GetValue(rate)), parse.GetValue(folder), parse.GetValue(postgres), cancel));
        return command;
    }

    private static async Task RunAsync(int people, Callers callers, DirectoryInfo? kept, string? postgres, CancellationToken cancel)
    {
        Figures.PrintMachine();
        var folder = kept?.FullName ?? Directory.CreateTempSubdirectory("kendt-bench-").FullName;
        try
        {
            var token = await FillAsync(new() { Folder = folder, Postgres = postgres }, people, cancel);
            await using var kendt = await Server.StartKendtAsync(postgres is null ? ["serve"] : ["serve", "--postgres", postgres], folder, cancel);
            kendt.Http.DefaultRequestHeaders.Authorization = new("Bearer", token);
            var page = await kendt.Http.GetByteArrayAsync(new Uri(PathOf(people / 2), UriKind.Relative), cancel);
            await using var bare = await Server.StartPageAsync(page, cancel);
            var before = kendt.Memory.Now;
            var rows = new List<IReadOnlyList<string>>();
            foreach (var (name, among) in new[] { ($"among {Often:N0}", Math.Min(Often, people)), ("among all", people) })
            {
                foreach (var server in new[] { bare, kendt }) await callers.AskAsync(server, token, among, 6, cancel); // what is hot is compiled, what is asked often is kept
                var (limit, cpu) = (await callers.AskAsync(bare, token, among, callers.Seconds, cancel), kendt.CpuSeconds);
                var most = await callers.AskAsync(kendt, token, among, callers.Seconds, cancel);
                cpu = kendt.CpuSeconds - cpu;
                var steady = await Callers.SteadyAsync(kendt, among, callers.Rate, callers.Seconds, cancel);
                rows.Add([name + ": bare", .. limit.Shown, "-", "1", "-", "-"]);
                rows.Add([name + ": kendt", .. most.Shown, Figures.Of(cpu * 1e6 / most.Calls), Figures.Of(most.PerSecond / limit.PerSecond), Figures.Of(steady.At(0.5)), Figures.Of(steady.At(0.99))]);
            }
            Figures.Print(["profiles", "calls/s", "p50 ms", "p99 ms", "CPU us/call", "of bare", $"p50 ms at {callers.Rate:N0}/s", "p99 ms"], rows);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{people:N0} profiles, {page.Length:N0} bytes each, {callers.Connections} connections; memory {before:N0} MB before, {kendt.Memory.Now:N0} MB after, {kendt.Memory.Peak:N0} MB most"));
        }
        finally
        {
            if (kept is null) Directory.Delete(folder, recursive: true);
        }
    }

    internal static string PathOf(int person) => "/v1/profiles/user_id:" + Messages.UserId(person);

    private static async Task<string> FillAsync(StoreOptions options, int people, CancellationToken cancel)
    {
        if (options.Postgres is not null) await Stores.EraseAsync(options, cancel);
        await using var stores = await Stores.OpenAsync(options, TimeProvider.System, cancel);
        var began = Stopwatch.GetTimestamp();
        if (await stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from profile"), cancel), cancel) == 0)
        {
            await KnownPeople.LoadAsync(stores, people, cancel);
            Console.WriteLine($"{people:N0} profiles made in {Stopwatch.GetElapsedTime(began).TotalSeconds:N0} s");
        }
        var tokens = new Tokens(stores, TimeProvider.System);
        foreach (var old in await tokens.ListAsync(cancel)) await tokens.RemoveAsync(old.Name, "bench", cancel);
        return await tokens.AddAsync("bench", [Scopes.ProfilesRead], null, "bench", cancel);
    }
}
