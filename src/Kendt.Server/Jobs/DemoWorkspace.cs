using Kendt.Activate;
using Kendt.Govern;
using Kendt.Model.Measures;
using Kendt.Segments;
using Kendt.Server.StudioData;

namespace Kendt.Server.Jobs;

/// <summary>Gives the demo company what its marketing would have made first: measures, a few segments, a destination, one delivery.</summary>
public sealed class DemoWorkspace(MeasureRooms rooms, TimeProvider time, SegmentRefresh refresh, Destinations destinations, Deliveries deliveries, SegmentDelivery send)
{
    private static readonly (string Name, string Title, string Rule)[] Segments =
    [
        ("big-spenders", "Spent more than 5,000 in the last year", """{"event":"Order Completed","within":"365d","sum":{"of":"total","above":5000}}"""),
        ("winter-lovers", "Looked at ski goods in the last 60 days", """{"event":"Product Viewed","within":"60d","where":[{"property":"category","contains":"ski"}]}"""),
        ("baskets-left", "Put something in the basket in the last 7 days and did not order", """{"all":[{"event":"Product Added","within":"7d"},{"not":{"event":"Order Completed","within":"7d"}}]}"""),
        ("gone-quiet", "Bought before, but not in the last 180 days", """{"all":[{"event":"Order Completed"},{"not":{"event":"Order Completed","within":"180d"}}]}"""),
        ("newsletter-readers", "Opened at least three newsletters in the last 90 days", """{"event":"Email Opened","within":"90d","count":{"atLeast":3}}"""),
    ];

    private static readonly string[] Measured = ["lifetime-spend", "average-basket", "frequency", "recency", "return-rate", "account-spend", "revenue-this-month", "revenue-last-month", "basket-90th"];

    public async Task SetUpAsync(JobProgress progress, CancellationToken cancel)
    {
        foreach (var ready in MeasureTemplates.All.Where(t => Measured.Contains(t.Name)))
            await rooms.Values.RefreshAsync(await rooms.Measures.PutAsync(ready.Name, ready.Title, ready.Level, MeasureJson.Parse(ready.Json), cancel), time.GetUtcNow(), true, cancel);
        foreach (var (name, title, rule) in Segments) await rooms.Segments.PutAsync(name, title, RuleFile.Parse(rule), cancel);
        await refresh.RunAsync(progress, cancel);
        await destinations.PutAsync("mail-house", "csv", new Dictionary<string, string>(), "demo", cancel);
        if ((await deliveries.ListAsync(1, cancel)).Count == 0) await send.StartAsync("winter-lovers", "mail-house", Purposes.EmailMarketing, "demo", cancel);
    }
}
