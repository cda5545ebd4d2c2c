using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Segments;
using Kendt.Segments.Live;
using Kendt.Store;

namespace Kendt.Bench;

/// <summary>What live segments cost: the processor time of one event while many segments look at it, on stores that nothing else uses.</summary>
internal static class LiveBench
{
    private const int Kinds = 12;

    public static Command Command()
    {
        var segments = new Option<int>("--segments") { Description = "Live segments", DefaultValueFactory = _ => 200 };
        var people = new Option<int>("--people") { Description = "People", DefaultValueFactory = _ => 20_000 };
        var events = new Option<int>("--events") { Description = "Events that are measured", DefaultValueFactory = _ => 50_000 };
        var batch = new Option<int>("--batch") { Description = "Events that come at once", DefaultValueFactory = _ => 1_000 };
        var live = new Option<bool>("--live") { Description = "Live evaluation (all there is so far)" };
        var command = new Command("segments", "Processor time of live segments for each event");
        foreach (var option in (Option[])[segments, people, events, batch, live]) command.Add(option);
        command.SetAction((parse, cancel) => RunAsync(parse.GetValue(segments), parse.GetValue(people), parse.GetValue(events), parse.GetValue(batch), cancel));
        return command;
    }

    private static async Task RunAsync(int segments, int people, int events, int batch, CancellationToken cancel)
    {
        Figures.PrintMachine();
        var folder = Directory.CreateTempSubdirectory("kendt-bench-").FullName;
        try
        {
            await using var stores = await Stores.OpenAsync(new() { Folder = folder }, TimeProvider.System, cancel);
            var catalogue = new Catalogue(stores, TimeProvider.System);
            using var live = new LiveSegments(stores, catalogue, TimeProvider.System);
            for (var i = 0; i < segments; i++) await catalogue.PutAsync(string.Create(CultureInfo.InvariantCulture, $"s{i:D3}"), null, Rule(i), cancel);
            var world = new World(stores, people);
            await world.PeopleAsync(cancel);
            // A history, so that everybody has something that is remembered and what is compiled for the first time is compiled.
            for (var i = 0; i < 20; i++) await world.EventsAsync(people / 4, TimeSpan.FromDays(90), cancel);
            await live.CatchUpAsync(cancel);

            using var process = Process.GetCurrentProcess();
            var (cpu, wall, most) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
            for (var done = 0; done < events; done += batch)
            {
                await world.EventsAsync(batch, TimeSpan.FromSeconds(2), cancel);
                process.Refresh();
                var (began, from) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
                await live.CatchUpAsync(cancel);
                process.Refresh();
                var taken = Stopwatch.GetElapsedTime(began);
                (cpu, wall, most) = (cpu + process.TotalProcessorTime - from, wall + taken, taken > most ? taken : most);
            }
            var facts = await stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from live_fact"), cancel), cancel);
            var members = (await live.StatusAsync(cancel)).Sum(s => s.Members);
            Figures.Print(["live segments", "people", "batch", "events/s of one core", "CPU us/event", "ms a batch", "slowest"],
                [[Figures.Of(segments), Figures.Of(people), Figures.Of(batch), Figures.Of(events / cpu.TotalSeconds), Figures.Of(cpu.TotalMicroseconds / events), Figures.Of(wall.TotalMilliseconds * batch / events), Figures.Of(most.TotalMilliseconds)]]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{facts:N0} facts remembered, {members:N0} memberships, ledger {new FileInfo(Path.Combine(folder, "ledger.db")).Length / 1e6:N0} MB"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"Event {i % Kinds}");

    // Kinds of rules as marketers write them, over a dozen names of events and a few traits.
    private static Filter Rule(int i)
    {
        var (days, other) = (((string[])["1d", "7d", "30d", "90d"])[i / 8 % 4], Name(i + 5));
        return FilterJson.Parse((i % 8) switch
        {
            0 => $$$"""{"event":"{{{Name(i)}}}","within":"{{{days}}}","count":{"atLeast":{{{1 + i % 5}}} } }""",
            1 => $$$"""{"event":"{{{Name(i)}}}","within":"{{{days}}}","sum":{"of":"total","above":{{{100 * (i % 9)}}} } }""",
            2 => $$$"""{"all":[{"event":"{{{Name(i)}}}","within":"{{{days}}}"},{"not":{"event":"{{{other}}}","within":"{{{days}}}"}}]}""",
            3 => $$$"""{"sequence":[{"event":"{{{Name(i)}}}"},{"event":"{{{other}}}","after":"1d"}],"within":"{{{days}}}"}""",
            4 => $$$"""{"all":[{"trait":"plan","is":"gold"},{"event":"{{{Name(i)}}}","where":[{"property":"category","contains":"sko"}],"within":"{{{days}}}"}]}""",
            5 => $$$"""{"event":"{{{Name(i)}}}","last":{"withinLast":"{{{days}}}"}}""",
            6 => $$$"""{"all":[{"trait":"points","above":{{{i * 5}}} },{"trait":"city","in":["Aarhus","Odense"]}]}""",
            _ => $$$"""{"event":"{{{Name(i)}}}","within":"{{{days}}}","distinct":{"of":"category","atLeast":3}}""",
        });
    }

    private sealed class World(Stores stores, int people)
    {
        private static readonly string[] Plans = ["\"free\"", "\"gold\"", "\"plus\""], Cities = ["\"Aarhus\"", "\"Odense\"", "\"Esbjerg\"", "\"Roskilde\""], Categories = ["sko", "jakker", "telte", "Støvler"];
        private readonly Random _random = new(7);
        private readonly ProfileId[] _people = [.. Enumerable.Range(0, people).Select(i => ProfileId.For(new("user_id", Messages.UserId(i)), DateTimeOffset.UnixEpoch.AddDays(i)))];
        private long _seq;

        public Task PeopleAsync(CancellationToken cancel) => WriteAsync(s => s.LoadAsync("trait_log", ["seq", "written_profile_id", "name", "value", "source", "ts", "evidence", "named_by"], _people.SelectMany(id =>
        {
            var (seq, at) = (++_seq * 2, TimeProvider.System.GetUtcNow().AddDays(-200));
            return new[] { ("plan", Of(Plans)), ("city", Of(Cities)), ("points", _random.Next(1000).ToString(CultureInfo.InvariantCulture)) }.Select(t => new object?[] { seq, id, t.Item1, t.Item2, "bench", at, "bench", null });
        }), cancel), cancel);

        public Task EventsAsync(int count, TimeSpan ago, CancellationToken cancel) => WriteAsync(s => s.LoadAsync("event_log",
            ["seq", "message_id", "source", "type", "name", "user_id", "anonymous_id", "written_profile_id", "ts", "received_at", "properties", "context", "named_by"], Enumerable.Range(0, count).Select(_ =>
            {
                var at = TimeProvider.System.GetUtcNow() - ago * _random.NextDouble();
                var properties = string.Create(CultureInfo.InvariantCulture, $$"""{"total":{{_random.Next(4000) / 4.0}},"category":"{{Of(Categories)}}","url":"https://shop.example/products?p={{_random.Next(5000)}}","quantity":1}""");
                return new object?[] { ++_seq, "m", "bench", "track", Name(_random.Next(Kinds)), null, null, Of(_people), at, at, properties, "{}", null };
            }), cancel), cancel);

        private T Of<T>(T[] items) => items[_random.Next(items.Length)];

        private Task WriteAsync(Func<Session, Task> load, CancellationToken cancel) => stores.Warehouse.WriteAsync(async s =>
        {
            await load(s);
            await Projection.WriteAsync(s, "messages", _seq, cancel);
        }, cancel);
    }
}
