using System.Globalization;
using System.Security.Claims;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Segments;
using Kendt.Segments.Live;
using Kendt.Server.Host;
using Kendt.Server.Security;
using Kendt.Store;

namespace Kendt.Server.Api;

/// <summary>Stored segments, who a rule holds for, and why.</summary>
internal static class SegmentApi
{
    // How long a call waits for a segment to be live; a large one goes on being built.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public static IEndpointRouteBuilder MapSegments(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/v1/segments").WithTags("Segments").NeedsScope(Scopes.SegmentsRead);
        read.MapGet("/", ListAsync).WithSummary("The stored segments");
        read.MapPost("/members", MembersAsync).WithSummary("Who a rule holds for, as CSV");
        read.MapPost("/explain", ExplainAsync).WithSummary("Why a person is, or is not, in a segment");
        read.MapGet("/check", async (int? limit, SegmentCheck check, CancellationToken cancel) => Results.Ok((await check.DefectsAsync(Math.Clamp(limit ?? 50, 1, 500), cancel)).Select(Defect)))
            .WithSummary("What full evaluations found wrong with live members, the latest first");
        read.MapGet("/{name}/changes", SegmentChanges.ReadAsync).WithSummary("Who enters and leaves, as server-sent events or as a page");
        routes.MapPost("/v1/segments/check", CheckAsync).WithTags("Segments").NeedsScope(Scopes.SegmentsWrite).WithSummary("Compares live members with a full evaluation, and mends what differs");
        routes.MapDelete("/v1/segments/{name}", RemoveAsync).WithTags("Segments").NeedsScope(Scopes.SegmentsWrite).WithSummary("Removes a segment");
        routes.MapPut("/v1/segments/{name}", PutAsync).WithTags("Segments").NeedsScope(Scopes.SegmentsWrite).WithSummary("Creates or replaces a segment");
        return routes;
    }

    private static async Task<IResult> ListAsync(Catalogue catalogue, LiveSegments live, CancellationToken cancel)
    {
        var status = (await live.StatusAsync(cancel)).ToDictionary(s => s.Name, StringComparer.Ordinal);
        return Results.Ok((await catalogue.ListAsync(cancel)).Select(s => new { name = s.Name, title = s.Title, members = status.GetValueOrDefault(s.Name)?.Members ?? 0, state = State(status.GetValueOrDefault(s.Name)), sentence = FilterSentence.English(s.Rule), rule = FilterJson.Tree(s.Rule), updatedAt = s.UpdatedAt }));
    }

    private static async Task<IResult> PutAsync(string name, HttpContext context, Catalogue catalogue, LiveSegments live, Pulse pulse, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        var stored = await catalogue.PutAsync(name, null, RuleFile.Parse(await TextAsync(context, cancel)), cancel);
        await audit.WriteAsync(user.Actor(), "segment.put", stored.Name, "", cancel);
        pulse.Beat();
        var status = await live.BuiltAsync(stored.Name, Patience, cancel);
        return Results.Ok(new { name = stored.Name, sentence = FilterSentence.English(stored.Rule), state = State(status), members = status.Members, done = status.Done, total = status.Total });
    }

    private static async Task<IResult> RemoveAsync(string name, Catalogue catalogue, Pulse pulse, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (!await catalogue.RemoveAsync(name, cancel)) return Results.Problem("There is no segment of that name. GET /v1/segments lists them.", statusCode: 404, title: "Not found");
        await audit.WriteAsync(user.Actor(), "segment.remove", name, "", cancel);
        pulse.Beat();
        return Results.Ok(new { removed = name });
    }

    private static async Task<IResult> CheckAsync(SegmentCheck check, Pipeline pipeline, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        await pipeline.CaughtUpAsync(null, cancel);
        var report = await check.RunAsync(null, cancel);
        await audit.WriteAsync(user.Actor(), "segment.check", "", $"{report.Defects.Count} defects", cancel);
        return Results.Ok(new { ok = report.Defects.Count == 0, at = report.At, segments = report.Segments, memberships = report.Memberships, defects = report.Defects.Select(Defect) });
    }

    private static object Defect(SegmentDefect d) => new
    {
        segment = d.Segment,
        profile = d.Profile.ToString(),
        foundAt = d.FoundAt,
        live = d.Live,
        byPredicate = d.ByPredicate,
        bySql = d.BySql,
        conditions = d.Conditions.Select(c => new { path = c.Path, condition = c.Condition, byPredicate = c.ByPredicate, bySql = c.BySql, seen = c.Seen }),
    };

    private static string State(LiveStatus? status) => status is { IsBuilding: false } ? "live" : "building";

    private static async Task MembersAsync(HttpContext context, string? asOf, bool? many, Evaluate evaluate, Stores stores, TimeProvider time, CancellationToken cancel)
    {
        var text = await TextAsync(context, cancel);
        var at = Moment(asOf, time);
        await using var writer = new StringWriter(CultureInfo.InvariantCulture);
        if (many is true)
        {
            var rules = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(RuleFile.ParseNamed).ToList();
            var members = await evaluate.MembersManyAsync(rules, at, cancel);
            var users = await UsersAsync(stores, members.Values.SelectMany(m => m), cancel);
            writer.Write("name,profile_id,user_id\n");
            foreach (var (name, ids) in members) foreach (var id in ids) writer.Write($"{Table.Cell(name)},{id},{Table.Cell(users.GetValueOrDefault(id, ""))}\n");
        }
        else
        {
            var members = await evaluate.MembersAsync(RuleFile.Parse(text), at, cancel);
            var users = await UsersAsync(stores, members, cancel);
            writer.Write("profile_id,user_id\n");
            foreach (var id in members) writer.Write($"{id},{Table.Cell(users.GetValueOrDefault(id, ""))}\n");
        }
        context.Response.ContentType = "text/csv; charset=utf-8";
        await context.Response.WriteAsync(writer.ToString(), cancel);
    }

    private static async Task<IResult> ExplainAsync(HttpContext context, string user, string? asOf, Explain explain, WholeProfile whole, TimeProvider time, CancellationToken cancel)
    {
        var rule = RuleFile.Parse(await TextAsync(context, cancel));
        DeniedRules.Check(rule, await whole.DeniedAsync(context.User, cancel));
        var page = await whole.FindAsync("user_id:" + user, context.User, cancel) ?? await whole.FindAsync(user, context.User, cancel)
            ?? throw new BadInputException($"There is no person with the user id '{user}'.");
        return Results.Ok(await explain.RunAsync(rule, page.Profile.Id, Moment(asOf, time), cancel));
    }

    internal static async Task<IReadOnlyDictionary<ProfileId, string>> UsersAsync(Stores stores, IEnumerable<ProfileId> ids, CancellationToken cancel)
    {
        var pairs = await stores.Ledger.ReadAsync(s => s.ListChunkedAsync([.. ids.Distinct().Select(i => new object?[] { i })],
            rows => Sql.Of($"with v(profile_id) as ({rows}) select i.profile_id, i.value from v join identifier i on i.profile_id = v.profile_id where i.type = 'user_id'"),
            r => (r.ProfileId(0), r.Text(1)), cancel), cancel);
        return pairs.DistinctBy(p => p.Item1).ToDictionary(p => p.Item1, p => p.Item2);
    }

    private static DateTimeOffset Moment(string? text, TimeProvider time) =>
        text is null ? time.GetUtcNow() : IsoTime.TryParse(text, out var at) ? at : throw new BadInputException($"--as-of is '{text}': write an ISO date-time such as 2026-01-31 or 2026-01-31T12:00:00Z.");

    private static async Task<string> TextAsync(HttpContext context, CancellationToken cancel)
    {
        using var reader = new StreamReader(context.Request.Body);
        return await reader.ReadToEndAsync(cancel);
    }
}
