using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Segments;
using Kendt.Segments.Insight;
using Kendt.Server.Api;
using Kendt.Store;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>The rooms that insight comes from.</summary>
public sealed record InsightRooms(Trend Trend, Overlap Overlap, Apart Apart, SegmentComparison Comparison, Funnel Funnel, Cohorts Cohorts);

/// <summary>Insight as Studio shows it: sentences in the reader's language, and links to the people.</summary>
public sealed class InsightDesk(InsightRooms rooms, SlowInsight slow, Catalogue catalogue, Stores stores, WholeProfile whole, TimeProvider time) : IInsightDesk
{
    private const int MostFindings = 150, MostWords = 200, MostFits = 6;

    public async Task<ApartView?> ApartAsync(string segment, string? among, bool exact, ClaimsPrincipal who, CancellationToken cancel)
    {
        if (await catalogue.FindAsync(segment, cancel) is null) return null;
        var (report, denied) = (await slow.ApartAsync(segment, among, exact, cancel), await whole.DeniedAsync(who, cancel));
        return new(report.AsOf, report.All, report.Members, report.Looked, report.Asked, [.. report.Findings.Where(f => InsightApi.Seen(f.Feature, denied)).Take(MostFindings).Select(f => new FindingView(
            Words(f.Feature), f.Index, f.Low, f.High, Part(f.Sets.Both, f.Sets.Left), Part(f.Sets.Right, f.Sets.All), f.Sets.Both, f.IsOwn, Link(f.Feature)))]);
    }

    public async Task<CompareView> CompareAsync(string a, string b, string of, ClaimsPrincipal who, CancellationToken cancel)
    {
        if (of.StartsWith("trait:", StringComparison.Ordinal) && (await whole.DeniedAsync(who, cancel)).Trait(of[6..].Split('.')[0])) throw new BadInputException("Your role may not see this trait.");
        var report = await rooms.Comparison.RunAsync(a, b, of, time.GetUtcNow(), cancel);
        static NumberLook? Look(NumberSpread? n) => n is null ? null : new(n.Count, n.Mean, n.LowerQuarter, n.Median, n.UpperQuarter);
        return new(report.AsOf, a, b, report.A.Members, report.B.Members, report.Both, Look(report.A.Numbers), Look(report.B.Numbers), Gap(report.Means), report.Holders, report.Values,
            report.Parts.Count > 0 ? [] : await FitsAsync(who, cancel),
            [.. report.Parts.Select(p => new ComparePart(Words(p.Feature), Part(p.A, report.A.Members), Part(p.B, report.B.Members), Gap(p.Difference), Link(p.Feature)))]);
    }

    public async Task<IReadOnlyList<DayMoves>> TrendAsync(string segment, int days, CancellationToken cancel) => await catalogue.FindAsync(segment, cancel) is null ? []
        : [.. (await rooms.Trend.OfAsync(segment, days, time.GetUtcNow(), cancel)).Select(d => new DayMoves(d.Day, d.Size, d.Entered, d.Left))];

    public async Task<OverlapView> OverlapAsync(IReadOnlyList<string> segments, CancellationToken cancel)
    {
        var report = await rooms.Overlap.RunAsync(segments, cancel);
        return new(report.AsOf, report.All, [.. report.Segments.Select(s => new OverlapSegment(s.Name, s.Title, s.Members))],
            [.. report.Combinations.Select(c => new OverlapPart([.. segments.Select(s => c.In.Contains(s))], c.People, Link(c.Rule)))],
            [.. report.Pairs.Select(p => new OverlapPair(p.A, p.B, p.Sets.Both, p.Sets.Jaccard, p.Sets.Lift, Link(p.Rule)))]);
    }

    public async Task<SuggestedView> SuggestedAsync(string kind, string? measure, ClaimsPrincipal who, CancellationToken cancel)
    {
        var (denied, orders) = (await whole.DeniedAsync(who, cancel), new OrderWords());
        if (denied.Event(orders.Event)) throw new BadInputException("Your role may not see orders.");
        switch (kind)
        {
            case "families":
                var families = await slow.FamiliesAsync(orders, cancel);
                return new(families.AsOf, families.Families.Sum(f => f.People), [.. families.Families.Select(f => Of(f, f.Key, ""))]);
            case "clusters":
                var clusters = await slow.ClustersAsync(orders, cancel);
                return new(clusters.AsOf, clusters.Looked, [.. clusters.Clusters.Select(c => Of(c.Segment, "", Name(c.Traits)))]);
            case "subgroups":
                var report = await slow.SubgroupsAsync(measure ?? "", cancel);
                return new(report.AsOf, report.All.People, [.. report.Subgroups.Where(g => g.Conditions.All(c => InsightApi.Seen(c, denied)))
                    .Select(g => Of(g.Segment, "", "") with { Found = g.Found.Mean, Held = g.Held.Mean })]);
            default: throw new BadInputException($"There are no suggestions of the kind '{kind}'.");
        }
    }

    public async Task<FunnelView> FunnelAsync(FunnelAsk ask, ClaimsPrincipal who, CancellationToken cancel)
    {
        var rule = new Dictionary<string, object> { ["sequence"] = ask.Steps.Select(s => new Dictionary<string, string> { ["event"] = s }) };
        if (ask.Span.Length > 0) rule["span"] = ask.Span;
        if (ask.Within.Length > 0) rule["within"] = ask.Within;
        var sequence = FilterJson.Parse(JsonSerializer.Serialize(rule));
        await SeesAsync(who, ask.Steps, cancel);
        var report = await slow.FunnelAsync(sequence, ask.By, ask.Exact, cancel);
        return new(report.AsOf, report.Looked, [.. report.Steps.Select((s, i) => new FunnelStage(s.Match.Name, s.People, s.OfFirst, s.Low, s.High, s.OfBefore, s.Median, Link(s.Reached), s.Lost is { } lost ? Link(lost) : null, [.. report.Groups.Select(g => g.People[i])]))], ask.By);
    }

    public async Task<CohortView> CohortsAsync(CohortAsk ask, ClaimsPrincipal who, CancellationToken cancel)
    {
        await SeesAsync(who, [ask.First, ask.Back], cancel);
        var report = await rooms.Cohorts.RunAsync(new(new(ask.First, []), new(ask.Back, []), ask.Unit, ask.Periods, ask.Segment), time.GetUtcNow(), cancel);
        return new(report.AsOf, [.. report.Cohorts.Select(c => new CohortLine(c.From, c.People, Link(c.Rule), [.. c.Back.Select(b => new CohortBack(b.People, b.IsOver, Link(b.Rule)))]))], report.Average);
    }

    public async Task<InsightWords> WordsAsync(CancellationToken cancel)
    {
        var (traits, events) = await stores.Warehouse.ReadAsync(async s => (
            await s.ListAsync(Sql.Of($"select coalesce(r.shown, t.name) from trait_log t left join merge_rule r on r.name = t.name where coalesce(r.way, '') <> 'exclude' group by coalesce(r.shown, t.name) order by count(*) desc, coalesce(r.shown, t.name) limit {(long)MostWords}"), r => r.Text(0), cancel),
            await s.ListAsync(Sql.Of($"select name from event_log where type = 'track' group by name order by count(*) desc, name limit {(long)MostWords}"), r => r.Text(0), cancel)), cancel);
        var measures = await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select name from measure where level = 'profile' order by name"), r => r.Text(0), cancel), cancel);
        return new(events, traits, measures, (await catalogue.ListAsync(cancel)).ConvertAll(s => s.Name));
    }

    private async Task<IReadOnlyList<string>> FitsAsync(ClaimsPrincipal who, CancellationToken cancel)
    {
        var (denied, words) = (await whole.DeniedAsync(who, cancel), await WordsAsync(cancel));
        return [.. words.Measures.Take(MostFits).Select(m => "measure:" + m), .. (await rooms.Comparison.TraitsAsync(cancel)).Where(t => !denied.Trait(t)).Take(MostFits).Select(t => "trait:" + t)];
    }

    private async Task SeesAsync(ClaimsPrincipal who, IReadOnlyList<string> events, CancellationToken cancel)
    {
        var denied = await whole.DeniedAsync(who, cancel);
        if (events.Any(denied.Event)) throw new BadInputException("Your role may not see this kind of event.");
    }

    private static SuggestedSegment Of(Suggestion s, string key, string name) => new(key, name, IsDanish ? FilterSentence.Danish(s.Rule) : FilterSentence.English(s.Rule), s.People, s.Mean, s.SumPart, null, null, FilterJson.Write(s.Rule));

    // The two measures that set a cluster apart most; one where the second hardly does.
    private static string Name(IReadOnlyList<ClusterTrait> traits)
    {
        var said = traits.Take(2).Where((t, i) => i == 0 || Math.Abs(t.Distance) >= 0.5).Select(t => (t.Distance > 0, IsDanish) switch
        {
            (true, true) => $"høj {Lower(t.Title)}",
            (false, true) => $"lav {Lower(t.Title)}",
            (true, false) => $"high {Lower(t.Title)}",
            _ => $"low {Lower(t.Title)}",
        });
        var name = string.Join(", ", said);
        return name.Length == 0 ? name : char.ToUpper(name[0], CultureInfo.InvariantCulture) + name[1..];
    }

    private static string Lower(string title) => title.Length > 1 && char.IsUpper(title[1]) ? title : char.ToLower(title[0], CultureInfo.InvariantCulture) + title[1..];

    private static bool IsDanish => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "da";

    private static string Words(Feature feature) => IsDanish ? FeatureSentence.Danish(feature) : FeatureSentence.English(feature);

    private static string Link(Feature feature) => feature.Rule is { } rule ? Link(rule) : "/query?q=" + Uri.EscapeDataString(feature.Sql);

    private static string Link(Filter rule) => "/segments/new?rule=" + Uri.EscapeDataString(FilterJson.Write(rule));

    private static Gap? Gap(Maths.Difference? difference) => difference is { } d ? new(d.Value, d.Low, d.High) : null;

    private static double Part(long some, long of) => of == 0 ? 0 : some / (double)of;
}
