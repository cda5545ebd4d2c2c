using Kendt.Maths;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Measures;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Segments.Insight;

namespace Kendt.Tests.Segments.Insight;

/// <summary>Suggested segments: families that part the buyers, clusters that were planted, subgroups that hold.</summary>
public sealed class SuggestionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly DateTimeOffset Noon = RandomWorld.Noon;

    // Three kinds of buyers: many small baskets lately, few large ones long ago, one of each kind in between. Those of Odense who have
    // a dog spend five times as much; whether somebody likes red has nothing to do with anything.
    private static async Task PlantAsync(TestStores test, int people)
    {
        var chance = new Chance(3);
        var (traits, events) = (new List<object?[]>(), new List<object?[]>());
        for (var i = 0; i < people; i++)
        {
            var id = ProfileId.For(new("user_id", $"p{i}"), Noon);
            var (kind, odense, dog) = (chance.Below(3), chance.Below(3) == 0, chance.Below(4) == 0);
            foreach (var (name, value) in new[] { ("city", odense ? "\"Odense\"" : "\"Aarhus\""), ("dog", dog ? "true" : "false"), ("colour", chance.Below(2) == 0 ? "\"red\"" : "\"blue\""), ("size", chance.Below(12).ToString(System.Globalization.CultureInfo.InvariantCulture)) })
                traits.Add([traits.Count + 1L, id, name, value, "test", Noon.AddDays(-400), "test", null]);
            var (orders, basket, days) = kind switch { 0 => (12 + chance.Below(6), 80 + chance.Below(40), 3 + chance.Below(10)), 1 => (2, 1500 + chance.Below(600), 300 + chance.Below(60)), _ => (1, 250 + chance.Below(100), 60 + chance.Below(30)) };
            for (var n = 0; n < orders; n++)
            {
                var at = Noon.AddDays(-days - (n * 9));
                events.Add([events.Count + 1L, $"m{events.Count}", "shop", "track", "Order Completed", null, null, id, at, at, $"{{\"total\": {basket * (odense && dog ? 5 : 1)}}}", "{}", null]);
            }
        }
        await test.Stores.Warehouse.WriteAsync(async s =>
        {
            await s.LoadAsync("trait_log", ["seq", "written_profile_id", "name", "value", "source", "ts", "evidence", "named_by"], traits, Cancel);
            await s.LoadAsync("event_log", ["seq", "message_id", "source", "type", "name", "user_id", "anonymous_id", "written_profile_id", "ts", "received_at", "properties", "context", "named_by"], events, Cancel);
        }, Cancel);
    }

    [Theory, Engines]
    public async Task Every_buyer_is_in_exactly_one_family(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await PlantAsync(test, 600);
        var families = await new RfmFamilies(test.Stores).RunAsync(new(), Noon, Cancel);
        Assert.Equal(600, families.Sum(f => f.People));
        Assert.Equal(1, families.Sum(f => f.SumPart), 9);
        Assert.All(families, f => Assert.Contains(f.Key, RfmFamilies.Keys));
        Assert.Contains(families, f => f.Key == "loyal" && f.People > 100);
        Assert.Empty(await new RfmFamilies(test.Stores).RunAsync(new("Nothing", "total"), Noon, Cancel));
    }

    [Fact]
    public void Families_part_all_buyers_whatever_the_thresholds()
    {
        var people = new RandomWorld(9).People(300);
        foreach (var (fresh, gone, some, much) in new[] { (1, 2, 2, 0.0), (30, 90, 3, 500), (400, 10, 5, 1e6) })
        {
            var rules = RfmFamilies.Rules(new("Order Completed", "revenue"), fresh, gone, some, much);
            foreach (var person in people)
            {
                var predicate = new FilterPredicate(person.Facts, _ => throw new InvalidOperationException(), Noon);
                Assert.Equal(person.Events.Any(e => e.Name == "Order Completed" && e.At <= Noon) ? 1 : 0, rules.Count(r => predicate.Judge(r.Rule).Holds));
            }
        }
    }

    [Theory, Engines]
    public async Task Planted_clusters_are_found_as_rules_that_part_everybody(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await PlantAsync(test, 600);
        var report = await new Clusters(test.Stores).RunAsync(new(), Noon, Cancel);
        Assert.Equal(600, report.Clusters.Sum(c => c.Segment.People));
        Assert.InRange(report.Agreement, 0.95, 1);
        var evaluate = new Evaluate(test.Stores);
        var members = await evaluate.MembersManyAsync([.. report.Clusters.Select(c => new NamedRule(c.Segment.Key, c.Segment.Rule))], Noon, Cancel);
        Assert.Equal(600, members.Values.SelectMany(m => m).Distinct().Count());
        // The three kinds differ by the number of orders; no cluster mixes them.
        var kinds = await evaluate.MembersManyAsync([new("many", FilterJson.Parse("""{"event":"Order Completed","count":{"atLeast":10}}""")), new("two", FilterJson.Parse("""{"event":"Order Completed","count":{"is":2}}""")), new("one", FilterJson.Parse("""{"event":"Order Completed","count":{"is":1}}"""))], Noon, Cancel);
        foreach (var cluster in members.Values) Assert.InRange(kinds.Values.Max(k => k.Intersect(cluster).Count()) / (double)cluster.Count, 0.95, 1);
        Assert.All(report.Clusters, c => Assert.True(Math.Abs(c.Traits[0].Distance) >= Math.Abs(c.Traits[^1].Distance)));
        Assert.Empty((await new Clusters(test.Stores).RunAsync(new("Nothing", "total"), Noon, Cancel)).Clusters);
    }

    [Theory, Engines]
    public async Task A_planted_subgroup_is_found_and_holds_and_noise_does_not(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await PlantAsync(test, 1500);
        var measures = new Measures(test.Stores, TimeProvider.System);
        using var values = new MeasureValues(test.Stores, TimeZoneInfo.Utc);
        await values.RefreshAsync(await measures.PutAsync("spend", null, MeasureLevel.Profile, MeasureJson.Parse("""{"event":"Order Completed","sum":{"of":"total"}}"""), Cancel), Noon, true, Cancel);
        var report = await new Subgroups(test.Stores).RunAsync("spend", Noon, Cancel);
        var best = report.Subgroups[0];
        Assert.Equal("""{"all":[{"trait":"city","is":"Odense"},{"trait":"dog","is":true}]}""", FilterWriter.Write(best.Segment.Rule));
        Assert.True(best.Held.Mean > 2.5 * report.All.Mean && best.Found.Mean > 2.5 * report.All.Mean && best.Chance < 1e-6, best.ToString());
        Assert.Equal(best.Segment.People, best.Held.People + best.Found.People);
        Assert.DoesNotContain(report.Subgroups, g => g.Conditions is [{ Subject: "colour" or "size" }]);
        Assert.True(report.Candidates > report.Subgroups.Count);
        await Assert.ThrowsAsync<BadInputException>(() => new Subgroups(test.Stores).RunAsync("nothing", Noon, Cancel));
    }
}
