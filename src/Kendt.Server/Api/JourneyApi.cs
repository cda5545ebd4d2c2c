using System.Security.Claims;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Segments;
using Kendt.Segments.Insight;
using Microsoft.AspNetCore.Mvc;

namespace Kendt.Server.Api;

/// <summary>Funnels, cohorts and suggested segments. Every number comes with the rule of its people.</summary>
internal static class JourneyApi
{
    public static void Map(RouteGroupBuilder read)
    {
        read.MapPost("/funnel", FunnelAsync).WithSummary("How far people came through a sequence, from its rule as JSON or YAML");
        read.MapGet("/cohorts", CohortsAsync).WithSummary("Who came back how long after they began");
        read.MapGet("/suggested", SuggestedAsync).WithSummary("Segments that could be: kind=families, clusters or subgroups");
    }

    private static async Task<IResult> FunnelAsync(HttpContext context, [FromQuery] string[]? by, bool? exact, SlowInsight slow, WholeProfile whole, ClaimsPrincipal user, CancellationToken cancel)
    {
        using var reader = new StreamReader(context.Request.Body);
        var rule = RuleFile.Parse(await reader.ReadToEndAsync(cancel));
        if (Refused(await whole.DeniedAsync(user, cancel), rule) is { } refused) return refused;
        var report = await slow.FunnelAsync(rule, by ?? [], exact ?? false, cancel);
        return Results.Ok(new
        {
            asOf = report.AsOf,
            looked = report.Looked,
            steps = report.Steps.Select(s => new
            {
                what = FilterSentence.English(new EventRule(s.Match, EventWindow.Always, Aggregate.Once)),
                people = s.People,
                ofFirst = Math.Round(s.OfFirst, 4),
                low = Math.Round(s.Low, 4),
                high = Math.Round(s.High, 4),
                ofBefore = Math.Round(s.OfBefore, 4),
                medianSeconds = s.Median?.TotalSeconds,
                nineInTenSeconds = s.Nine?.TotalSeconds,
                rule = FilterJson.Tree(s.Reached),
                lost = s.Lost is { } lost ? FilterJson.Tree(lost) : (System.Text.Json.JsonElement?)null,
            }),
            segments = report.Groups.Select(g => new { name = g.Segment, people = g.People, rules = g.Reached.Select(FilterJson.Tree) }),
        });
    }

    private static async Task<IResult> CohortsAsync(string first, string? back, string? unit, int? periods, string? segment, Cohorts cohorts, WholeProfile whole, ClaimsPrincipal user, TimeProvider time, CancellationToken cancel)
    {
        var denied = await whole.DeniedAsync(user, cancel);
        if (denied.Event(first) || denied.Event(back ?? first)) return Denied();
        var report = await cohorts.RunAsync(new(new(first, []), new(back ?? first, []), unit ?? "month", periods ?? 12, segment), time.GetUtcNow(), cancel);
        return Results.Ok(new
        {
            asOf = report.AsOf,
            unit = report.Question.Unit,
            average = report.Average.Select(a => a is { } part ? Math.Round(part, 4) : (double?)null),
            cohorts = report.Cohorts.Select(c => new { from = c.From, to = c.To, people = c.People, rule = FilterJson.Tree(c.Rule), back = c.Back.Select(b => new { people = b.People, over = b.IsOver, rule = FilterJson.Tree(b.Rule) }) }),
        });
    }

    private static async Task<IResult> SuggestedAsync(string? kind, string? measure, string? orders, string? worth, SlowInsight slow, WholeProfile whole, ClaimsPrincipal user, CancellationToken cancel)
    {
        var denied = await whole.DeniedAsync(user, cancel);
        var words = new OrderWords(orders ?? new OrderWords().Event, worth ?? new OrderWords().Worth);
        if (denied.Event(words.Event)) return Denied();
        switch (kind ?? "families")
        {
            case "families":
                var families = await slow.FamiliesAsync(words, cancel);
                return Results.Ok(new { kind = "families", asOf = families.AsOf, suggestions = families.Families.Select(s => Told(s)) });
            case "clusters":
                var clusters = await slow.ClustersAsync(words, cancel);
                return Results.Ok(new { kind = "clusters", asOf = clusters.AsOf, looked = clusters.Looked, agreement = Math.Round(clusters.Agreement, 4), suggestions = clusters.Clusters.Select(c => Told(c.Segment, c.Traits)) });
            case "subgroups":
                var report = await slow.SubgroupsAsync(measure ?? throw new BadInputException("measure: name the measure that should be unusual."), cancel);
                return Results.Ok(new
                {
                    kind = "subgroups",
                    asOf = report.AsOf,
                    measure,
                    all = report.All,
                    candidates = report.Candidates,
                    suggestions = report.Subgroups.Where(g => g.Conditions.All(c => InsightApi.Seen(c, denied))).Select(g => Told(g.Segment, null, new { found = g.Found, held = g.Held, chance = g.Chance })),
                });
            default: throw new BadInputException($"kind: '{kind}' is none; write families, clusters or subgroups.");
        }
    }

    private static object Told(Suggestion s, IReadOnlyList<ClusterTrait>? apart = null, object? check = null) => new
    {
        key = s.Key,
        people = s.People,
        mean = Math.Round(s.Mean, 2),
        partOfSum = Math.Round(s.SumPart, 4),
        what = FilterSentence.English(s.Rule),
        apart = apart?.Select(t => new { measure = t.Measure, title = t.Title, mean = Math.Round(t.Mean, 2), ofAll = Math.Round(t.MeanOfAll, 2), distance = Math.Round(t.Distance, 2) }),
        check,
        rule = FilterJson.Tree(s.Rule),
    };

    private static IResult? Refused(Denied denied, Filter rule) => FilterLeaves.Events(rule).Any(denied.Event) ? Denied() : null;

    private static IResult Denied() => Results.Problem("Your role or token may not see this kind of event.", statusCode: 403, title: "Not allowed");
}
