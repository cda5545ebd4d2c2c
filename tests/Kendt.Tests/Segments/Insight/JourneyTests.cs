using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Segments;
using Kendt.Segments.Insight;
using Microsoft.Extensions.Time.Testing;

namespace Kendt.Tests.Segments.Insight;

/// <summary>Funnels and cohorts: every number is that of its rule.</summary>
public sealed class JourneyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly DateTimeOffset Noon = RandomWorld.Noon;

    [Theory, Engines]
    public async Task Each_step_of_a_funnel_counts_those_for_whom_its_rule_holds(On on)
    {
        await using var test = await TestStores.OpenAsync(on, new FakeTimeProvider(Noon));
        var (_, world) = await InsightTests.OpenAsync(test);
        using var membership = new Membership(test.Stores);
        var (funnel, evaluate) = (new Funnel(test.Stores, world.Catalogue, membership), new Evaluate(test.Stores));
        foreach (var rule in new[]
        {
            """{"sequence":[{"event":"Product Viewed"},{"event":"Order Completed"}]}""",
            """{"sequence":[{"event":"Product Viewed"},{"event":"Product Viewed"},{"event":"Order Completed","after":"30d"}],"span":"60d","within":"365d"}""",
            """{"sequence":[{"event":"Email Opened"},{"event":"Product Viewed"},{"event":"Order Completed","where":[{"property":"qty","atLeast":1}]}],"without":{"event":"Cart Abandoned"},"span":"26w"}""",
        })
        {
            var report = await funnel.RunAsync(FilterJson.Parse(rule), ["gold", "nobody"], null, Noon, Cancel);
            Assert.True(report.Steps[^1].People > 0, rule);
            for (var i = 0; i < report.Steps.Count; i++)
            {
                var step = report.Steps[i];
                Assert.Equal(await evaluate.CountAsync(step.Reached, Noon, Cancel), step.People);
                Assert.Equal(i == 0, step.Median is null);
                Assert.True(step.Median is null || (step.Median > TimeSpan.Zero && step.Nine >= step.Median && (report.Rule.Span is not { } span || step.Nine.Value.Ticks <= span.Ticks)), step.ToString());
                if (step.Lost is { } lost) Assert.Equal(step.People - report.Steps[i + 1].People, await evaluate.CountAsync(lost, Noon, Cancel));
                Assert.Equal((step.OfFirst, step.OfFirst), (step.Low, step.High));
                foreach (var group in report.Groups) Assert.Equal(await evaluate.CountAsync(group.Reached[i], Noon, Cancel), group.People[i]);
            }
        }
        var sequence = FilterJson.Parse("""{"sequence":[{"event":"Product Viewed"},{"event":"Order Completed"}]}""");
        var (all, some) = (await funnel.RunAsync(sequence, ["gold"], null, Noon, Cancel), await funnel.RunAsync(sequence, ["gold"], 60, Noon, Cancel));
        Assert.Equal((60, all.Steps[0].People), (some.Looked, some.Steps[0].People));
        Assert.True(some.Steps[1].Low < all.Steps[1].OfFirst && all.Steps[1].OfFirst < some.Steps[1].High, $"{some.Steps[1]} but {all.Steps[1]}");
        Assert.InRange(some.Groups[0].People[0], 1, all.Steps[0].People);
        foreach (var (rule, segments) in new (string, string[])[] { ("""{"event":"A"}""", []), ("""{"sequence":[{"event":"A"},{"event":"B"}]}""", ["who"]) })
            await Assert.ThrowsAsync<BadInputException>(() => funnel.RunAsync(FilterJson.Parse(rule), segments, null, Noon, Cancel));
    }

    [Theory, Engines]
    public async Task Each_cell_of_a_cohort_counts_those_for_whom_its_rule_holds(On on)
    {
        await using var test = await TestStores.OpenAsync(on, new FakeTimeProvider(Noon));
        var (_, world) = await InsightTests.OpenAsync(test);
        using var membership = new Membership(test.Stores);
        var evaluate = new Evaluate(test.Stores);
        var cohorts = new Cohorts(test.Stores, world.Catalogue, membership, TimeZoneInfo.FindSystemTimeZoneById("Europe/Copenhagen"));
        foreach (var (first, back, unit, segment) in new[] { ("Product Viewed", "Order Completed", "month", null), ("Order Completed", "Order Completed", "quarter", "gold") })
        {
            var report = await cohorts.RunAsync(new(new(first, []), new(back, []), unit, 5, segment), Noon, Cancel);
            Assert.Equal(5, report.Cohorts.Count);
            var cells = report.Cohorts.SelectMany(c => c.Back.Select(b => (b.Rule, b.People)).Append((c.Rule, c.People))).ToList();
            Assert.Contains(cells, c => c.People > 0);
            var holds = await evaluate.MembersManyAsync([.. cells.Select((c, i) => new NamedRule($"c{i}", c.Rule))], Noon, Cancel);
            Assert.Equal(cells.Select((_, i) => (long)holds[$"c{i}"].Count), cells.Select(c => c.People));
            Assert.True(report.Cohorts.Zip(report.Cohorts.Skip(1)).All(p => p.First.To == p.Second.From));
            Assert.False(report.Cohorts[^1].Back[0].IsOver);
            if (first == back) Assert.Equal(report.Cohorts.Select(c => c.People), report.Cohorts.Select(c => c.Back[0].People));
        }
        Assert.Equal(new DateTimeOffset(2024, 11, 30, 23, 0, 0, TimeSpan.Zero), (await cohorts.RunAsync(new(new("A", []), new("A", []), "month", 2, null), Noon, Cancel)).Cohorts[^1].From);
        foreach (var wrong in new CohortQuestion[] { new(new("A", []), new("A", []), "fortnight", 5, null), new(new("A", []), new("A", []), "month", 1, null), new(new("A", []), new("A", []), "month", 5, "who") })
            await Assert.ThrowsAsync<BadInputException>(() => cohorts.RunAsync(wrong, Noon, Cancel));
    }
}
