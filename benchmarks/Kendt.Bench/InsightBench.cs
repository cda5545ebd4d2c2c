using System.CommandLine;
using System.Diagnostics;
using Kendt.Model.Filters;
using Kendt.Model.Measures;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Segments.Insight;
using Kendt.Store;

namespace Kendt.Bench;

/// <summary>What insight costs among many people: each page once, after one that does not count.</summary>
internal static class InsightBench
{
    private const string Order = "{\"total\": ", OrderEnd = ", \"qty\": 1}", City = "\"city-", Tier = "\"tier-", End = "\"", Empty = "{}";
    private static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), AsOf = Start.AddDays(365);

    public static Command Command()
    {
        var events = new Option<long>("--events") { Description = "How many", DefaultValueFactory = _ => 10_000_000 };
        var people = new Option<long>("--people") { Description = "By how many people, each with four traits", DefaultValueFactory = _ => 1_000_000 };
        var command = new Command("insight", "What sets members apart, overlap, funnels and the like among many people") { events, people };
        command.SetAction((parse, cancel) => RunAsync(parse.GetValue(events), parse.GetValue(people), cancel));
        return command;
    }

    private static async Task RunAsync(long events, long people, CancellationToken cancel)
    {
        Figures.PrintMachine();
        var folder = Directory.CreateTempSubdirectory("kendt-bench-").FullName;
        try
        {
            await using var stores = await Stores.OpenAsync(new() { Folder = folder }, TimeProvider.System, cancel);
            var catalogue = new Catalogue(stores, TimeProvider.System);
            using var membership = new Membership(stores);
            await FillAsync(stores, catalogue, events, people, cancel);
            using var values = new MeasureValues(stores, TimeZoneInfo.Utc);
            await values.RefreshAsync(await new Measures(stores, TimeProvider.System).PutAsync("spend", null, MeasureLevel.Profile, MeasureJson.Parse("""{"event":"Order Completed","sum":{"of":"total"}}"""), cancel), AsOf, true, cancel);
            var rows = new List<IReadOnlyList<string>>();
            await OneAsync("trend of all, 90 days", () => new Trend(stores, membership).AllAsync(90, AsOf, cancel));
            await OneAsync("overlap of three", () => new Overlap(stores, catalogue, membership, TimeProvider.System).RunAsync(["a", "b", "c"], cancel));
            await OneAsync("what sets apart", () => new Apart(stores, catalogue, membership).RunAsync("a", null, Apart.Usual, AsOf, cancel));
            await OneAsync("what sets apart, of everybody", () => new Apart(stores, catalogue, membership).RunAsync("a", null, null, AsOf, cancel));
            await OneAsync("comparison by a measure", () => new SegmentComparison(stores, catalogue, membership).RunAsync("a", "b", "measure:spend", AsOf, cancel));
            var sequence = FilterJson.Parse("""{"sequence":[{"event":"Product Viewed"},{"event":"Product Added"},{"event":"Order Completed"}],"span":"30d"}""");
            await OneAsync("funnel of three steps, a year", () => new Funnel(stores, catalogue, membership).RunAsync(sequence, [], Funnel.Usual, AsOf, cancel));
            await OneAsync("the same of everybody", () => new Funnel(stores, catalogue, membership).RunAsync(sequence, [], null, AsOf, cancel));
            await OneAsync("cohorts, 12 months", () => new Cohorts(stores, catalogue, membership, TimeZoneInfo.Utc).RunAsync(new(new("Order Completed", []), new("Order Completed", []), "month", 12, null), AsOf.AddDays(-1), cancel));
            await OneAsync("families", () => new RfmFamilies(stores).RunAsync(new(), AsOf, cancel));
            await OneAsync("clusters", () => new Clusters(stores).RunAsync(new(), AsOf, cancel));
            await OneAsync("subgroups", () => new Subgroups(stores).RunAsync("spend", AsOf, cancel));
            Figures.Print([$"insight, {people:N0} people, {events:N0} events", "seconds", "of processor"], rows);
            Console.WriteLine($"most memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20:N0} MB");

            async Task OneAsync<T>(string name, Func<Task<T>> work)
            {
                var (clock, cpu) = (Stopwatch.StartNew(), Process.GetCurrentProcess().TotalProcessorTime);
                await work();
                rows.Add([name, Figures.Of(clock.Elapsed.TotalSeconds), Figures.Of((Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds)]);
                Console.WriteLine(string.Join("  ", rows[^1]));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task FillAsync(Stores stores, Catalogue catalogue, long events, long people, CancellationToken cancel)
    {
        static Sql Id(Sql number) => Sql.Of($"cast(lpad(cast({number} * 2654435761 % 1000000000000 as text), 32, '0') as uuid)");
        await stores.Warehouse.WriteAsync(async s =>
        {
            await s.ExecuteAsync(Sql.Of($"""
                insert into event_log (seq, message_id, source, type, name, user_id, anonymous_id, written_profile_id, ts, received_at, properties, context)
                select i, 'm' || i, case when i % 7 = 0 then 'shops' else 'webshop' end, 'track', case when i % 10 = 0 then 'Order Completed' when i % 10 < 3 then 'Product Added' else 'Product Viewed' end, null, null,
                    {Id(Sql.Of($"((i * 7919 * (1 + i % 977)) % {people})"))}, moment, moment, {Order} || i % 1000 || {OrderEnd}, {Empty}
                from (select i, cast({Start} as timestamptz) + (i * {364.9 * 86400 / events}) * interval '1 second' as moment from (select unnest(generate_series(1, {events})) as i) as numbers) as timed
                """), cancel);
            foreach (var (name, value) in new[] { ("city", Sql.Of($"{City} || i % 97 || {End}")), ("tier", Sql.Of($"{Tier} || i % 3 || {End}")), ("age", Sql.Of($"cast(18 + i % 60 as text)")), ("email", Sql.Of($"{City} || i || {End}")) })
                await s.ExecuteAsync(Sql.Of($"insert into trait_log (seq, written_profile_id, name, value, source, ts, evidence, named_by) select i, {Id(Sql.Of($"i"))}, {name}, {value}, 'crm', cast({Start} as timestamptz), 'bench', null from (select unnest(generate_series(0, {people - 1})) as i) as numbers"), cancel);
            foreach (var (segment, part) in new[] { ("a", 10), ("b", 4), ("c", 25) })
                await s.ExecuteAsync(Sql.Of($"insert into membership (segment, profile_id, entered_at, left_at) select {segment}, {Id(Sql.Of($"i"))}, cast({Start.AddDays(300)} as timestamptz), null from (select unnest(generate_series(0, {people - 1})) as i) as numbers where i % {(long)part} = 0"), cancel);
        }, cancel);
        foreach (var name in new[] { "a", "b", "c" }) await catalogue.PutAsync(name, null, FilterJson.Parse("""{"trait":"tier","is":"tier-0"}"""), cancel);
        await stores.Warehouse.RestAsync(cancel);
    }
}
