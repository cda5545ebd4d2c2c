using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Measures;
using Kendt.Profiles;
using Kendt.Segments;

namespace Kendt.Tests.Segments;

public sealed class MeasureRuleTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"event":"Order Completed","within":"365d","sum":{"of":"revenue"}}""", "atLeast", 500)]
    [InlineData("""{"event":"Order Completed","where":[{"property":"qty","above":1}],"count":{}}""", "is", 0)]
    [InlineData("""{"event":"Product Viewed","average":{"of":"item.price"}}""", "below", 100)]
    [InlineData("""{"event":"Order Completed","since":{"which":"last","unit":"day"}}""", "atMost", 90)]
    [InlineData("""{"event":"Order Completed","since":{"which":"last","unit":"day"}}""", "below", 90)]
    [InlineData("""{"event":"Order Completed","since":{"which":"first","unit":"week"}}""", "atLeast", 26)]
    [InlineData("""{"event":"Order Completed","since":{"which":"last","unit":"hour"}}""", "above", 2160)]
    [InlineData("""{"event":"Order Completed","since":{"which":"last","unit":"day"}}""", "is", 30)]
    public void A_condition_on_a_measure_holds_for_those_whose_figure_passes(string json, string how, int number)
    {
        var measure = MeasureJson.Parse(json);
        var rule = (MeasureRule)FilterJson.Parse($"{{\"measure\":\"m\",\"{how}\":{number}}}");
        Assert.Equal(rule.Measure, ((MeasureRule)FilterJson.Parse(FilterWriter.Write(rule))).Measure);
        var expanded = FilterMeasures.Expand(new Not(new All([rule])), _ => measure);
        foreach (var asOf in new[] { RandomWorld.Noon, RandomWorld.Spring })
        {
            foreach (var person in new RandomWorld(7).People(200))
            {
                var events = person.Events.Select(e => new OwnedEvent(person.Id, new(e.Name, e.At, System.Text.Json.JsonDocument.Parse(e.Properties).RootElement))).ToList();
                var figure = MeasureFigure.Of(measure, events, asOf, TimeZoneInfo.Utc).Value ?? (((EventMeasure)measure).Calculation.IsZeroWithoutEvents ? 0 : null);
                var passes = figure is { } value && rule.Tests.All(t => ValueTest.Holds(t, value));
                Assert.Equal(passes, !new FilterPredicate(person.Facts, _ => throw new InvalidOperationException(), asOf).Judge(expanded).Holds);
            }
        }
    }

    [Theory]
    [InlineData("""{"ratio":{"of":{"event":"A"},"to":{"event":"B"}}}""", "a ratio")]
    [InlineData("""{"event":"*","count":{}}""", "every name")]
    [InlineData("""{"event":"A","during":"today","count":{}}""", "calendar")]
    [InlineData("""{"event":"A","percentile":{"of":"x","at":50}}""", "a percentile")]
    public void What_rules_cannot_ask_for_is_said_with_its_place(string json, string why)
    {
        var fault = Assert.Throws<BadInputException>(() => FilterMeasures.Expand(FilterJson.Parse("""{"all":[{"measure":"m","above":1}]}"""), _ => MeasureJson.Parse(json)));
        Assert.StartsWith("all[0].measure:", fault.Message, StringComparison.Ordinal);
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_segment_follows_its_measure(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var catalogue = new Catalogue(test.Stores, TimeProvider.System);
        var rule = FilterJson.Parse("""{"measure":"orders","atLeast":1}""");
        var fault = await Assert.ThrowsAsync<BadInputException>(() => catalogue.PutAsync("buyers", null, rule, Cancel));
        Assert.Contains("no measure 'orders'", fault.Message, StringComparison.Ordinal);
        var measures = new Measures(test.Stores, TimeProvider.System);
        await measures.PutAsync("orders", null, MeasureLevel.Profile, MeasureJson.Parse("""{"event":"Order Completed","count":{}}"""), Cancel);
        await catalogue.PutAsync("buyers", null, rule, Cancel);
        await catalogue.PutAsync("others", null, FilterJson.Parse("""{"not":{"segment":"buyers"}}"""), Cancel);
        var people = new RandomWorld(3).People(60);
        await Warehouse.LoadAsync(test.Stores, people, Cancel);
        var evaluate = new Evaluate(test.Stores);
        foreach (var name in new[] { "Order Completed", "Product Viewed" })
        {
            await measures.PutAsync("orders", null, MeasureLevel.Profile, MeasureJson.Parse($"{{\"event\":\"{name}\",\"count\":{{}}}}"), Cancel);
            var buyers = people.Where(p => p.Events.Any(e => e.Name == name && e.At <= RandomWorld.Noon)).Select(p => p.Id).Order().ToList();
            Assert.NotEmpty(buyers);
            Assert.Equal(buyers, await evaluate.MembersAsync(rule, RandomWorld.Noon, Cancel));
            Assert.Empty((await evaluate.MembersAsync(FilterJson.Parse("""{"segment":"others"}"""), RandomWorld.Noon, Cancel)).Intersect(buyers));
        }
        Assert.Equal(["buyers"], (await catalogue.UsersOfAsync("orders", Cancel)).Select(s => s.Name));
    }
}
