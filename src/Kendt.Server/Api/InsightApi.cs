using System.Security.Claims;
using Kendt.Govern;
using Kendt.Model.Filters;
using Kendt.Segments.Insight;
using Kendt.Server.Security;

namespace Kendt.Server.Api;

/// <summary>What segments tell: how they grow, what they share, what sets their members apart. Every number comes with the rule of its people.</summary>
internal static class InsightApi
{
    public static IEndpointRouteBuilder MapInsight(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/v1/segments").WithTags("Insight").NeedsScope(Scopes.SegmentsRead);
        read.MapGet("/overlap", OverlapAsync).WithSummary("How 2 to 12 segments share their members: every combination, every pair");
        read.MapGet("/{name}/trend", TrendAsync).WithSummary("Size, entered and left by day");
        read.MapGet("/{name}/apart", ApartAsync).WithSummary("What sets members apart from everybody, or from the members of another segment");
        read.MapGet("/compare", CompareAsync).WithSummary("Two segments by a trait or measure: how it lies in each, and the difference with an interval");
        JourneyApi.Map(read);
        return routes;
    }

    private static async Task<IResult> CompareAsync(string a, string b, string of, SegmentComparison comparison, WholeProfile whole, ClaimsPrincipal user, TimeProvider time, CancellationToken cancel)
    {
        if (of.StartsWith("trait:", StringComparison.Ordinal) && (await whole.DeniedAsync(user, cancel)).Trait(of[6..].Split('.')[0])) return Results.Problem("Your role or token may not see this trait.", statusCode: 403, title: "Not allowed");
        var report = await comparison.RunAsync(a, b, of, time.GetUtcNow(), cancel);
        static object Told(ComparedSegment s) => new { name = s.Name, members = s.Members, numbers = s.Numbers };
        return Results.Ok(new
        {
            of,
            asOf = report.AsOf,
            a = Told(report.A),
            b = Told(report.B),
            both = report.Both,
            means = report.Means,
            holders = report.Holders,
            values = report.Values,
            parts = report.Parts.Select(p => new { what = FeatureSentence.English(p.Feature), a = p.A, b = p.B, partOfA = Part(p.A, report.A.Members), partOfB = Part(p.B, report.B.Members), difference = p.Difference, rule = FilterJson.Tree(p.Feature.Rule!) }),
        });
    }

    private static double Part(long some, long of) => of == 0 ? 0 : Round(some / (double)of);

    private static async Task<IResult> OverlapAsync(string[]? of, Overlap overlap, CancellationToken cancel)
    {
        var report = await overlap.RunAsync(of ?? [], cancel);
        return Results.Ok(new
        {
            asOf = report.AsOf,
            everybody = report.All,
            segments = report.Segments.Select(s => new { name = s.Name, title = s.Title, members = s.Members }),
            combinations = report.Combinations.Select(c => new { @in = c.In, people = c.People, rule = FilterJson.Tree(c.Rule) }),
            pairs = report.Pairs.Select(p => new { a = p.A, b = p.B, both = p.Sets.Both, jaccard = Round(p.Sets.Jaccard), lift = p.Sets.Lift is { } lift ? Round(lift) : (double?)null, rule = FilterJson.Tree(p.Rule) }),
            sql = $"select segment, profile_id from membership where left_at is null and segment in ({string.Join(", ", report.Segments.Select(s => Feature.Quoted(s.Name)))})",
        });
    }

    private static async Task<IResult> TrendAsync(string name, int? days, Trend trend, Kendt.Segments.Catalogue catalogue, TimeProvider time, CancellationToken cancel)
    {
        if (await catalogue.FindAsync(name, cancel) is null) return Results.Problem("There is no segment of that name. GET /v1/segments lists them.", statusCode: 404, title: "Not found");
        var asOf = time.GetUtcNow();
        var found = await trend.OfAsync(name, days ?? 90, asOf, cancel);
        return Results.Ok(new
        {
            segment = name,
            asOf,
            days = found.Select(d => new { day = d.Day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), size = d.Size, entered = d.Entered, left = d.Left }),
            sql = $"select profile_id, entered_at, left_at from membership where segment = {Feature.Quoted(name)}",
        });
    }

    private static async Task<IResult> ApartAsync(string name, string? among, int? limit, bool? exact, SlowInsight slow, WholeProfile whole, ClaimsPrincipal user, CancellationToken cancel)
    {
        var report = await slow.ApartAsync(name, among, exact ?? false, cancel);
        var denied = await whole.DeniedAsync(user, cancel);
        return Results.Ok(new
        {
            segment = name,
            among,
            asOf = report.AsOf,
            people = report.All,
            members = report.Members,
            looked = report.Looked,
            asked = report.Asked,
            findings = report.Findings.Where(f => Seen(f.Feature, denied)).Take(Math.Clamp(limit ?? 50, 1, 1000)).Select(f => new
            {
                what = FeatureSentence.English(f.Feature),
                kind = f.Feature.Kind.ToString().ToLowerInvariant(),
                index = Math.Round(f.Index, 1),
                low = Math.Round(f.Low, 1),
                high = Math.Round(f.High, 1),
                members = f.Sets.Both,
                people = f.Sets.Right,
                bits = Math.Round(f.Bits, 1),
                falsePart = f.FalsePart,
                own = f.IsOwn,
                rule = f.Feature.Rule is { } rule ? FilterJson.Tree(rule) : (System.Text.Json.JsonElement?)null,
                sql = f.Feature.Sql,
            }),
        });
    }

    /// <summary>Whether somebody may see what a feature is about.</summary>
    internal static bool Seen(Feature feature, Denied denied) => feature.Kind switch
    {
        FeatureKind.Trait or FeatureKind.Number => !denied.Trait(feature.Subject.Split('.')[0]),
        FeatureKind.Done or FeatureKind.Recency or FeatureKind.Frequency => !denied.Event(feature.Subject),
        _ => true,
    };

    private static double Round(double value) => Math.Round(value, 4);
}
