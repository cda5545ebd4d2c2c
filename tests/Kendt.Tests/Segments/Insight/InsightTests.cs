using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Measures;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Segments.Insight;
using Kendt.Store;
using Microsoft.Extensions.Time.Testing;

namespace Kendt.Tests.Segments.Insight;

public sealed class InsightTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly DateTimeOffset Noon = RandomWorld.Noon;

    private static readonly (string Name, string Rule)[] Segments =
    [
        ("buyers", """{"event":"Order Completed"}"""), ("viewers", """{"event":"Product Viewed","count":{"atLeast":2}}"""),
        ("gold", """{"trait":"plan","in":["gold","Gold"]}"""), ("nobody", """{"any":[]}"""),
    ];

    /// <summary>A workspace with 400 people of odd histories, four live segments and two measures.</summary>
    internal static async Task<(FakeTimeProvider Time, LiveWorld World)> OpenAsync(TestStores test, int people = 400)
    {
        var time = new FakeTimeProvider(Noon);
        var world = new LiveWorld(test, time, Cancel);
        world.Start();
        foreach (var person in new RandomWorld(5).People(people))
        {
            foreach (var (name, value, at, _) in person.Traits) world.Trait(person.Id, name, value, at);
            foreach (var (name, properties, at) in person.Events) world.Event(person.Id, name, properties, at);
        }
        await world.DeliverAsync();
        var measures = new Measures(test.Stores, time);
        using var values = new MeasureValues(test.Stores, TimeZoneInfo.Utc);
        foreach (var (name, json) in new[] { ("spend", """{"event":"Order Completed","sum":{"of":"revenue"}}"""), ("basket", """{"event":"Order Completed","average":{"of":"revenue"}}"""), ("recency", """{"event":"Order Completed","since":{"which":"last","unit":"day"}}""") })
            await values.RefreshAsync(await measures.PutAsync(name, null, MeasureLevel.Profile, MeasureJson.Parse(json), Cancel), Noon, true, Cancel);
        foreach (var (name, rule) in Segments) await world.PutAsync(name, FilterJson.Parse(rule));
        await world.CheckAsync("the start");
        return (time, world);
    }

    [Theory, Engines]
    public async Task Every_feature_counts_those_for_whom_its_rule_holds(On on)
    {
        await using var test = await TestStores.OpenAsync(on, new FakeTimeProvider(Noon));
        var (_, world) = await OpenAsync(test);
        using var membership = new Membership(test.Stores);
        await membership.CopyAsync(Cancel);
        var crowd = new Crowd(test.Stores);
        var looked = await Looked.ChooseAsync(test.Stores, FilterSql.Everyone(Noon), Crowd.Members("buyers"), null, "insight", Cancel);
        var features = await crowd.CountAsync(await crowd.ScopeAsync(looked, "buyers", Noon, Cancel), Cancel);
        var evaluate = new Evaluate(test.Stores);
        var buyers = (await evaluate.MembersAsync(world.Rules["buyers"], Noon, Cancel)).ToHashSet();
        Assert.Equal((400, buyers.Count), (looked.All, looked.Members));
        foreach (var kind in Enum.GetValues<FeatureKind>()) Assert.Contains(features, f => f.Feature.Kind == kind);
        Assert.Contains(features, f => f.Feature.Subject == "address.zip");
        var told = features.Where(f => f.Feature.Rule is not null).ToList();
        var holds = await evaluate.MembersManyAsync([.. told.Select((f, i) => new NamedRule($"r{i}", f.Feature.Rule!))], Noon, Cancel);
        for (var i = 0; i < told.Count; i++)
        {
            var expected = (holds[$"r{i}"].Count, holds[$"r{i}"].Count(buyers.Contains));
            Assert.True(expected == (told[i].Having, told[i].Both), $"{told[i]} but the rule {FilterWriter.Write(told[i].Feature.Rule!)} holds for {expected}");
        }
    }

    [Theory, Engines]
    public async Task What_sets_members_apart_is_told_and_the_rule_s_own_conditions_are_marked(On on)
    {
        await using var test = await TestStores.OpenAsync(on, new FakeTimeProvider(Noon));
        var (_, world) = await OpenAsync(test);
        using var membership = new Membership(test.Stores);
        var apart = new Apart(test.Stores, world.Catalogue, membership);
        var report = await apart.RunAsync("buyers", null, null, Noon, Cancel);
        Assert.True(report.Asked > report.Findings.Count);
        var done = report.Findings.Single(f => f.Feature is { Kind: FeatureKind.Done, Subject: "Order Completed" });
        Assert.True(done is { IsOwn: true, Index: > 110 } && done.Low > 100 && done.High > done.Index, done.ToString());
        Assert.All(report.Findings.Where(f => f.Feature.Subject is "spend" or "Order Completed"), f => Assert.True(f.IsOwn));
        Assert.Contains(report.Findings, f => f is { IsOwn: false, Feature.Kind: FeatureKind.Done, Feature.Subject: "Product Viewed" });
        Assert.Equal(report.Findings.Select(f => f.Bits).OrderDescending(), report.Findings.Select(f => f.Bits));
        var among = await apart.RunAsync("gold", "viewers", null, Noon, Cancel);
        Assert.Equal(world.Expected().Count(m => m.Segment == "viewers"), among.All);
        await Assert.ThrowsAsync<BadInputException>(() => apart.RunAsync("gold", "unknown", null, Noon, Cancel));
        await Assert.ThrowsAsync<BadInputException>(() => apart.RunAsync("gold", "gold", null, Noon, Cancel));
        Assert.Empty((await apart.RunAsync("nobody", null, null, Noon, Cancel)).Findings);
    }

    [Theory, Engines]
    public async Task Of_some_the_same_is_told_with_wider_intervals_and_always_the_same(On on)
    {
        await using var test = await TestStores.OpenAsync(on, new FakeTimeProvider(Noon));
        var (_, world) = await OpenAsync(test);
        using var membership = new Membership(test.Stores);
        var apart = new Apart(test.Stores, world.Catalogue, membership);
        var whole = await apart.RunAsync("buyers", null, null, Noon, Cancel);
        var limit = (int)(Math.Min(whole.Members, whole.All - whole.Members) / 2);
        var some = await apart.RunAsync("buyers", null, limit, Noon, Cancel);
        Assert.Equal((whole.All, whole.Members, 2 * limit), (some.All, some.Members, some.Looked));
        var shared = some.Findings.Select(f => (Some: f, Whole: whole.Findings.FirstOrDefault(w => w.Feature.Rule is not null && Equals(w.Feature.Subject, f.Feature.Subject) && w.Feature.Value == f.Feature.Value && w.Feature.Kind == f.Feature.Kind))).Where(f => f.Whole is not null).ToList();
        Assert.NotEmpty(shared);
        Assert.All(shared, f => Assert.True(f.Some.Low <= f.Whole!.Index * 1.1 && f.Whole.Index <= f.Some.High * 1.1 && f.Some.High / f.Some.Low > f.Whole.High / f.Whole.Low, $"{f.Some} but {f.Whole}"));
        Assert.Equal(some.Findings.Select(f => (f.Feature.Subject, f.Sets, f.Index)), (await apart.RunAsync("buyers", null, limit, Noon, Cancel)).Findings.Select(f => (f.Feature.Subject, f.Sets, f.Index)));
        // Where all are within the limit, it is everybody.
        Assert.Equal(whole.Findings.Select(f => (f.Feature.Subject, f.Sets, f.Index)), (await apart.RunAsync("buyers", null, 400, Noon, Cancel)).Findings.Select(f => (f.Feature.Subject, f.Sets, f.Index)));
    }

    [Theory, Engines]
    public async Task Overlap_is_exact_and_each_combination_is_a_rule(On on)
    {
        await using var test = await TestStores.OpenAsync(on, new FakeTimeProvider(Noon));
        var (time, world) = await OpenAsync(test);
        using var membership = new Membership(test.Stores);
        var overlap = new Overlap(test.Stores, world.Catalogue, membership, time);
        var report = await overlap.RunAsync(["buyers", "viewers", "gold", "nobody"], Cancel);
        var sets = world.Expected().GroupBy(m => m.Profile).Select(g => string.Join(',', new[] { "buyers", "viewers", "gold", "nobody" }.Where(n => g.Any(m => m.Segment == n))))
            .GroupBy(k => k).ToDictionary(g => g.Key, g => (long)g.Count());
        Assert.Equal(sets.OrderBy(s => s.Key, StringComparer.Ordinal), report.Combinations.ToDictionary(c => string.Join(',', c.In), c => c.People).OrderBy(s => s.Key, StringComparer.Ordinal));
        Assert.True(report.Combinations.Count >= 5);
        var evaluate = new Evaluate(test.Stores);
        foreach (var combination in report.Combinations) Assert.Equal(combination.People, await evaluate.CountAsync(combination.Rule, Noon, Cancel));
        foreach (var pair in report.Pairs)
        {
            var (a, b) = (report.Combinations.Where(c => c.In.Contains(pair.A)).ToList(), report.Combinations.Where(c => c.In.Contains(pair.B)));
            Assert.Equal((a.Where(c => c.In.Contains(pair.B)).Sum(c => c.People), a.Sum(c => c.People), b.Sum(c => c.People), 400), (pair.Sets.Both, pair.Sets.Left, pair.Sets.Right, pair.Sets.All));
        }
        foreach (var wrong in new string[][] { ["buyers"], ["buyers", "buyers"], ["buyers", "who"], [.. Enumerable.Range(0, 13).Select(i => $"s{i}")] })
            await Assert.ThrowsAsync<BadInputException>(() => overlap.RunAsync(wrong, Cancel));
    }

    [Theory, Engines]
    public async Task The_trend_counts_each_stay_on_its_day(On on)
    {
        var time = new FakeTimeProvider(Noon);
        await using var test = await TestStores.OpenAsync(on, time);
        using var world = new LiveWorld(test, time, Cancel);
        using var membership = new Membership(test.Stores);
        world.Start();
        foreach (var user in "abc") world.Event(ProfileId.For(new("user_id", user.ToString()), Noon), "Buy", "{}", Noon.AddHours(user - 'a'));
        await world.DeliverAsync();
        await world.PutAsync("buyers", FilterJson.Parse("""{"event":"Buy","within":"2d"}"""));
        await world.CheckAsync("the start");
        var trend = new Trend(test.Stores, membership);
        foreach (var hours in new[] { 1, 2, 48, 49, 75 })
        {
            time.SetUtcNow(Noon.AddHours(hours));
            await world.CheckAsync($"{hours} hours");
        }
        var days = await trend.OfAsync("buyers", 5, time.GetUtcNow(), Cancel);
        Assert.Equal([(3, 3, 0), (3, 0, 0), (1, 0, 2), (0, 0, 1)], days.Select(d => (d.Size, d.Entered, d.Left)).Select(d => ((int)d.Size, (int)d.Entered, (int)d.Left)));
        Assert.Equal(new DateTimeOffset(2024, 12, 4, 0, 0, 0, TimeSpan.Zero), days[^1].Day);
        Assert.Equal([1, 0], (await trend.AllAsync(2, time.GetUtcNow(), Cancel))["buyers"].Select(d => (int)d.Size));
        // It begins on the day on which the segment was made, also when nobody came.
        Assert.Empty(await trend.OfAsync("nobody", 3, time.GetUtcNow(), Cancel));
        await world.PutAsync("nobody", FilterJson.Parse("""{"any":[]}"""));
        Assert.Equal((days[^1].Day, 0L, 0L), (await trend.OfAsync("nobody", 3, time.GetUtcNow(), Cancel)).Select(d => (d.Day, d.Size, d.Entered)).Single());
    }

    [Theory, Engines]
    public async Task A_comparison_counts_what_its_rules_count_and_its_interval_is_around_the_difference(On on)
    {
        await using var test = await TestStores.OpenAsync(on, new FakeTimeProvider(Noon));
        var (_, world) = await OpenAsync(test);
        using var membership = new Membership(test.Stores);
        var (compare, evaluate) = (new SegmentComparison(test.Stores, world.Catalogue, membership), new Evaluate(test.Stores));
        foreach (var of in new[] { "trait:plan", "trait:points", "trait:address.zip", "measure:spend", "measure:basket" })
        {
            var report = await compare.RunAsync("buyers", "viewers", of, Noon, Cancel);
            Assert.NotEmpty(report.Parts);
            Assert.Equal(world.Expected().Count(m => m.Segment == "buyers"), report.A.Members);
            foreach (var part in report.Parts)
            {
                Assert.Equal((part.A, part.B), (await evaluate.CountAsync(new All([new InSegment("buyers"), part.Feature.Rule!]), Noon, Cancel), await evaluate.CountAsync(new All([new InSegment("viewers"), part.Feature.Rule!]), Noon, Cancel)));
                Assert.InRange(part.Difference!.Value.Value, part.Difference.Value.Low, part.Difference.Value.High);
            }
            if (of.StartsWith("measure", StringComparison.Ordinal)) Assert.True(report.Means!.Value.Low < report.Means.Value.Value && report.A.Numbers!.Mean - report.B.Numbers!.Mean == report.Means.Value.Value);
            if (of == "measure:spend") Assert.Equal((report.A.Members, report.B.Members), (report.A.Numbers!.Count, report.B.Numbers!.Count));
        }
        // A value for each person: nothing to compare, said in figures.
        await test.Stores.Warehouse.WriteAsync(s => s.LoadAsync("trait_log", ["seq", "written_profile_id", "name", "value", "source", "ts", "evidence", "named_by"],
            world.Expected().Select(m => m.Profile).Distinct().Select((id, i) => new object?[] { 1_000_001L + (2 * i), id, "email", $"\"p{i}@example.org\"", "test", Noon.AddDays(-1), "test", null }), Cancel), Cancel);
        var unlike = await compare.RunAsync("buyers", "viewers", "trait:email", Noon, Cancel);
        Assert.Empty(unlike.Parts);
        Assert.True(unlike.Holders > 20 && unlike.Values == unlike.Holders, unlike.ToString());
        foreach (var (a, b, of) in new[] { ("buyers", "buyers", "trait:plan"), ("buyers", "who", "trait:plan"), ("buyers", "gold", "plan"), ("buyers", "gold", "measure:none"), ("buyers", "gold", "trait:a..b") })
            await Assert.ThrowsAsync<BadInputException>(() => compare.RunAsync(a, b, of, Noon, Cancel));
        Assert.Null((await compare.RunAsync("buyers", "nobody", "trait:plan", Noon, Cancel)).Parts[0].Difference);
    }
}
