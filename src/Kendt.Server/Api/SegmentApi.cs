using System.Globalization;
using System.Security.Claims;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Profiles;
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
        routes.MapPut("/v1/segments/{name}", PutAsync).WithTags("Segments").NeedsScope(Scopes.SegmentsWrite).WithSummary("Creates or replaces a segment");
        return routes;
    }

    private static async Task<IResult> ListAsync(Catalogue catalogue, Membership membership, CancellationToken cancel)
    {
        var sizes = await membership.CountsAsync(cancel);
        return Results.Ok((await catalogue.ListAsync(cancel)).Select(s => new { name = s.Name, title = s.Title, members = sizes.GetValueOrDefault(s.Name), sentence = FilterSentence.English(s.Rule), rule = FilterJson.Tree(s.Rule), updatedAt = s.UpdatedAt }));
    }

    private static async Task<IResult> PutAsync(string name, HttpContext context, Catalogue catalogue, LiveSegments live, Pulse pulse, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        var stored = await catalogue.PutAsync(name, null, RuleFile.Parse(await TextAsync(context, cancel)), cancel);
        await audit.WriteAsync(user.Actor(), "segment.put", stored.Name, "", cancel);
        pulse.Beat();
        var status = await live.BuiltAsync(stored.Name, Patience, cancel);
        return Results.Ok(new { name = stored.Name, sentence = FilterSentence.English(stored.Rule), state = status.IsBuilding ? "building" : "live", members = status.Members, done = status.Done, total = status.Total });
    }

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

    private static async Task<IResult> ExplainAsync(HttpContext context, string user, string? asOf, Explain explain, ProfileReader reader, TimeProvider time, CancellationToken cancel)
    {
        var rule = RuleFile.Parse(await TextAsync(context, cancel));
        var profile = await reader.ReadAsync("user_id:" + user, cancel) ?? await reader.ReadAsync(user, cancel)
            ?? throw new BadInputException($"There is no person with the user id '{user}'.");
        return Results.Ok(await explain.RunAsync(rule, profile.Id, Moment(asOf, time), cancel));
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
