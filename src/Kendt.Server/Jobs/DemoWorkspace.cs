using Kendt.Activate;
using Kendt.Govern;
using Kendt.Segments;

namespace Kendt.Server.Jobs;

/// <summary>Gives the demo company what its marketing would have made first: a few segments, a destination, one delivery.</summary>
public sealed class DemoWorkspace(Catalogue catalogue, SegmentRefresh refresh, Destinations destinations, Deliveries deliveries, SegmentDelivery send)
{
    private static readonly (string Name, string Title, string Rule)[] Segments =
    [
        ("big-spenders", "Spent more than 5,000 in the last year", """{"event":"Order Completed","within":"365d","sum":{"of":"total","above":5000}}"""),
        ("winter-lovers", "Looked at ski goods in the last 60 days", """{"event":"Product Viewed","within":"60d","where":[{"property":"category","contains":"ski"}]}"""),
        ("baskets-left", "Put something in the basket in the last 7 days and did not order", """{"all":[{"event":"Product Added","within":"7d"},{"not":{"event":"Order Completed","within":"7d"}}]}"""),
        ("gone-quiet", "Bought before, but not in the last 180 days", """{"all":[{"event":"Order Completed"},{"not":{"event":"Order Completed","within":"180d"}}]}"""),
        ("newsletter-readers", "Opened at least three newsletters in the last 90 days", """{"event":"Email Opened","within":"90d","count":{"atLeast":3}}"""),
    ];

    public async Task SetUpAsync(JobProgress progress, CancellationToken cancel)
    {
        foreach (var (name, title, rule) in Segments) await catalogue.PutAsync(name, title, RuleFile.Parse(rule), cancel);
        await refresh.RunAsync(progress, cancel);
        await destinations.PutAsync("mail-house", "csv", new Dictionary<string, string>(), "demo", cancel);
        if ((await deliveries.ListAsync(1, cancel)).Count == 0) await send.StartAsync("winter-lovers", "mail-house", Purposes.EmailMarketing, "demo", cancel);
    }
}
