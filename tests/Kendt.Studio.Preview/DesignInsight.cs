using System.Security.Claims;
using Kendt.Model;
using Kendt.Studio.Data;

namespace Kendt.Studio.Preview;

/// <summary>Made-up insight.</summary>
public sealed class DesignInsight(bool empty, TimeProvider time) : IInsightDesk
{
    private const string Rule = """{"trait":"club_tier","is":"Gold"}""", Link = "/segments/new?rule=%7B%22trait%22%3A%22club_tier%22%2C%22is%22%3A%22Gold%22%7D";

    private DateTimeOffset Now => time.GetUtcNow();

    public Task<ApartView?> ApartAsync(string segment, string? among, bool exact, ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult<ApartView?>(new(Now, 20_400, 862, exact ? 20_400 : 10_862, 214,
    [
        new("club_tier is \"Gold\"", 612, 571, 655, 0.98, 0.16, 845, IsOwn: true, Link),
        new("at least one \"Product Reviewed\"", 284, 251, 321, 0.41, 0.144, 353, IsOwn: false, Link),
        new("seen by the source \"app\"", 171, 158, 185, 0.62, 0.36, 534, IsOwn: false, "/query?q=select"),
        new("most active on Saturdays", 131, 112, 153, 0.21, 0.16, 181, IsOwn: false, "/query?q=select"),
        new("the last \"Email Opened\" was more than 365 days ago", 38, 29, 50, 0.05, 0.14, 43, IsOwn: false, Link),
    ]));

    public Task<CompareView> CompareAsync(string a, string b, string of, ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult(new CompareView(Now, a, b, 862, 3_120, 241,
        new(862, 2_410.4, 640, 1_720, 3_100), new(3_120, 1_288, 300, 890, 1_700), new(1_122.4, 1_014, 1_230.8), 862, of == "trait:email" ? 860 : 2, ["measure:orders", "trait:city"],
        of == "trait:email" ? [] : [new("spend is below 500", 0.12, 0.31, new(-0.19, -0.22, -0.16), Link), new("spend is at least 500", 0.88, 0.69, new(0.19, 0.16, 0.22), Link)]));

    public Task<IReadOnlyList<DayMoves>> TrendAsync(string segment, int days, CancellationToken cancel) => Task.FromResult<IReadOnlyList<DayMoves>>(
        [.. Enumerable.Range(0, days).Select(i => new DayMoves(Now.AddDays(i - days), 800 + (i % 7 * 4) + i, 9 + (i % 5), 7 + (i % 3)))]);

    public Task<OverlapView> OverlapAsync(IReadOnlyList<string> segments, CancellationToken cancel)
    {
        if (segments.Count < 2) throw new BadInputException("Overlap is of 2 to 12 segments; 1 were named.");
        return Task.FromResult(new OverlapView(Now, 20_400, [.. segments.Select((s, i) => new OverlapSegment(s, s, 1800 - (500 * i)))],
            [new([.. segments.Select((_, i) => i == 0)], 1100, Link), new([.. segments.Select(_ => true)], 420, Link), new([.. segments.Select((_, i) => i == 1)], 380, Link), new([.. segments.Select((_, i) => i < 2)], 210, Link)],
            [.. segments.SelectMany((a, i) => segments.Skip(i + 1).Select(b => new OverlapPair(a, b, 630, 0.26, 2.8, Link)))]));
    }

    public Task<SuggestedView> SuggestedAsync(string kind, string? measure, ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult(new SuggestedView(Now, 9_400, empty ? [] : kind switch
    {
        "families" => [new("champions", "", "many orders, lately, and much spent", 610, 8_210, 0.38, null, null, Rule), new("slipping-away", "", "many orders, none for 210 days", 402, 4_100, 0.13, null, null, Rule)],
        "clusters" => [new("", "High orders, high spend", "orders is above 6", 900, 6_000, 0.5, null, null, Rule)],
        _ => [new("", "", "city is \"Odense\" and dog is true", 310, 5_800, 0.12, 5_904, 5_690, Rule)],
    }));

    public Task<FunnelView> FunnelAsync(FunnelAsk ask, ClaimsPrincipal who, CancellationToken cancel)
    {
        if (ask.Steps.Count < 2) throw new BadInputException("sequence: a sequence has two steps or more; this has 1.");
        return Task.FromResult(new FunnelView(Now, ask.Exact ? 9000 : 5000, [.. ask.Steps.Select((s, i) => new FunnelStage(s, 9000 >> (2 * i), 1.0 / (1 << (2 * i)), 0.98 / (1 << (2 * i)), i == 0 ? 1 : 1.02 / (1 << (2 * i)), i == 0 ? 1 : 0.25, i == 0 ? null : TimeSpan.FromHours(5 * i), Link, i == ask.Steps.Count - 1 ? null : Link, [.. ask.By.Select(_ => 900L >> i)]))], ask.By));
    }

    public Task<CohortView> CohortsAsync(CohortAsk ask, ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult(new CohortView(Now,
        [.. Enumerable.Range(0, 6).Select(c => new CohortLine(new DateTimeOffset(2026, 6 + c, 1, 0, 0, 0, TimeSpan.Zero), 400 + (30 * c), Link, [.. Enumerable.Range(0, 6 - c).Select(p => new CohortBack(p == 0 ? 400 + (30 * c) : 160 - (20 * p), p < 5 - c, Link))]))], [1, 0.33, 0.28, 0.22, 0.19, null]));

    public Task<InsightWords> WordsAsync(CancellationToken cancel) => Task.FromResult(empty ? new InsightWords([], [], [], [])
        : new InsightWords(["Order Completed", "Product Viewed", "Product Added"], ["club_tier", "city"], ["lifetime-spend", "orders"], ["gold-members", "hikers", "left-a-basket"]));
}
