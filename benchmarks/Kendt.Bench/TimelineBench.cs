using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Store;

namespace Kendt.Bench;

/// <summary>One person's timeline among many events, before and after the months are sorted, and what sorting costs.</summary>
internal static class TimelineBench
{
    private const int PeopleAsked = 60, Chunk = 2_000_000, Tail = 200_000;
    private const string OrderBegin = "{\"total\": ", OrderMiddle = ", \"product_id\": \"P", OrderEnd = "\", \"category\": \"tents\", \"currency\": \"DKK\", \"name\": \"A thing of some length\"}", PageBegin = "{\"page\": {\"path\": \"/p/", PageEnd = "\", \"title\": \"A page\"}}";
    private static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Command Command()
    {
        var events = new Option<long>("--events") { Description = "How many", DefaultValueFactory = _ => 10_000_000 };
        var people = new Option<long>("--people") { Description = "By how many people; each has been three visitors", DefaultValueFactory = _ => 1_000_000 };
        var folder = new Option<DirectoryInfo?>("--data") { Description = "Keep the workspace here, and take it up again" };
        var postgres = new Option<string?>("--postgres") { Description = "A PostgreSQL that holds nothing else: it is emptied" };
        var command = new Command("timeline", "One person's newest 50 events among many") { events, people, folder, postgres };
        command.SetAction((parse, cancel) => RunAsync(parse.GetValue(events), parse.GetValue(people), parse.GetValue(folder), parse.GetValue(postgres), cancel));
        return command;
    }

    private static async Task RunAsync(long events, long people, DirectoryInfo? kept, string? postgres, CancellationToken cancel)
    {
        Figures.PrintMachine();
        var folder = kept?.FullName ?? Directory.CreateTempSubdirectory("kendt-bench-").FullName;
        try
        {
            var options = new StoreOptions { Folder = folder, Postgres = postgres };
            if (postgres is not null) await Stores.EraseAsync(options, cancel);
            await using var stores = await Stores.OpenAsync(options, TimeProvider.System, cancel);
            var rows = new List<IReadOnlyList<string>>();
            if (await CountAsync(stores, cancel) == 0)
            {
                var clock = Clock();
                for (long from = 0; from < events; from += Chunk) await GenerateAsync(stores, from, Math.Min(Chunk, events - from), events, people, cancel);
                await stores.Warehouse.RestAsync(cancel);
                Console.WriteLine($"{events:N0} events by {people:N0} people made in {clock():N0} s");
                rows.Add(["as they arrived", .. await AskAsync(stores, people, cancel)]);
            }
            var compaction = new Compaction(stores);
            foreach (var month in await compaction.DueAsync(1, cancel))
            {
                var (clock, cpu) = (Clock(), Process.GetCurrentProcess().TotalProcessorTime);
                await compaction.SortAsync(month, _ => { }, cancel);
                Console.WriteLine($"{month.Month:yyyy-MM}: {month.Rows:N0} rows sorted in {clock():N1} s, {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / month.Rows:N1} us of processor a row");
            }
            await stores.Warehouse.RestAsync(cancel);
            rows.Add(["sorted", .. await AskAsync(stores, people, cancel)]);
            await GenerateAsync(stores, await CountAsync(stores, cancel), Tail, events, people, cancel);
            rows.Add([$"sorted, and {Tail:N0} new", .. await AskAsync(stores, people, cancel)]);
            Figures.Print(["timeline, ms", "p50", "p95", "p99", "processor", "one month, count"], rows);
            if (postgres is null) Console.WriteLine($"warehouse: {new FileInfo(Path.Combine(folder, "warehouse.duckdb")).Length >> 20:N0} MB; most memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20:N0} MB");
        }
        finally
        {
            if (kept is null) Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<long> CountAsync(Stores stores, CancellationToken cancel) => stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from event_log"), cancel), cancel);

    // In the order of time over a year; who did it is scattered, as in life.
    private static Task<int> GenerateAsync(Stores stores, long from, long count, long all, long people, CancellationToken cancel)
    {
        var number = Sql.Of($"lpad(cast(((i * 7919 * (1 + i % 977)) % {people} * 3 + i % 3) * 2654435761 % 1000000000000 as text), 32, '0')");
        return stores.Warehouse.WriteAsync(s => s.ExecuteAsync(Sql.Of($"""
        insert into event_log (seq, message_id, source, type, name, user_id, anonymous_id, written_profile_id, ts, received_at, properties, context{(stores.Warehouse.Dialect.Engine is EngineKind.DuckDb ? Sql.Of($", profile_key") : Sql.Empty)})
        select i, 'm' || i, 'webshop', case when i % 3 = 0 then 'track' else 'page' end, case when i % 30 = 0 then 'Order Completed' when i % 3 = 0 then 'Product Viewed' else '' end, null, null,
            cast({number} as uuid), moment, moment,
            {OrderBegin} || i % 1000 || {OrderMiddle} || i % 5000 || {OrderEnd}, {PageBegin} || i % 5000 || {PageEnd}{(stores.Warehouse.Dialect.Engine is EngineKind.DuckDb ? Sql.Of($", cast('0x' || right({number}, 15) as bigint)") : Sql.Empty)}
        from (select i, cast({Start} as timestamptz) + (i * {364.9 * 86400 / all}) * interval '1 second' as moment from (select unnest(generate_series({from}, {from + count - 1})) as i) as numbers) as timed
        """), cancel), cancel);
    }

    private static async Task<string[]> AskAsync(Stores stores, long people, CancellationToken cancel)
    {
        var (timeline, random, times) = (new Timeline(stores), new Random(11), new List<double>());
        var asked = Enumerable.Range(0, PeopleAsked).Select(_ => random.NextInt64(people)).ToList();
        var ids = asked.ToDictionary(p => p, p => Enumerable.Range(0, 3).Select(visitor => IdOf(p * 3 + visitor)).ToArray());
        await stores.Ledger.WriteAsync(s => s.ExecuteChunkedAsync(
            [.. ids.Values.SelectMany(own => own.Select((id, i) => new object?[] { id, "person", Start, i == 0 ? null : own[0].Value }))],
            v => Sql.Of($"insert into profile (profile_id, kind, created_at, merged_into) {v} on conflict do nothing"), cancel), cancel);
        var found = 0;
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        foreach (var person in asked)
        {
            var clock = Clock();
            found += (await timeline.ReadAsync(ids[person][0], new(), null, 50, cancel)).Events.Count;
            times.Add(clock() * 1000);
        }
        if (found == 0) throw new InvalidOperationException("The people asked for have no events.");
        var each = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds / asked.Count;
        times.Sort();
        var month = Clock();
        await stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(distinct profile_id) from event where ts >= {Start.AddMonths(5)} and ts < {Start.AddMonths(6)} and name = 'Order Completed'"), cancel), cancel);
        return [Figures.Of(times.At(0.5)), Figures.Of(times.At(0.95)), Figures.Of(times.At(0.99)), Figures.Of(each), Figures.Of(month() * 1000)];
    }

    private static ProfileId IdOf(long number) => new(Guid.ParseExact((number * 2654435761 % 1_000_000_000_000).ToString("D32", CultureInfo.InvariantCulture), "N"));

    private static Func<double> Clock()
    {
        var started = Stopwatch.GetTimestamp();
        return () => Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
