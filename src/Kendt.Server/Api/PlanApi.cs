using System.Security.Claims;
using System.Text;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Security;

namespace Kendt.Server.Api;

/// <summary>Tracking plans: kept, tried on messages, made from what was seen; and what was sent against them.</summary>
internal static class PlanApi
{
    private const int MostDays = 400;

    public static IEndpointRouteBuilder MapPlans(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/v1/plans").WithTags("Tracking plans").NeedsScope(Scopes.Admin);
        api.MapGet("/", async (Plans plans, CancellationToken cancel) => Results.Ok((await plans.ListAsync(cancel)).Select(Shown))).WithSummary("The tracking plans");
        api.MapGet("/{name}", async (string name, Plans plans, CancellationToken cancel) =>
            Results.Ok(Whole(await plans.FindAsync(name, cancel) ?? throw new BadInputException($"There is no plan '{name}'. 'kendt plan list' shows them.")))).WithSummary("One plan with its text");
        api.MapPut("/", PutAsync).WithSummary("Keeps a plan (YAML or JSON in the body); it holds for what comes from now on");
        api.MapDelete("/{name}", RemoveAsync).WithSummary("Removes a plan");
        api.MapPost("/check", CheckAsync).WithSummary("Whether a plan (the part `plan`) is one, and what it says of messages (the part `messages`, one a line)");
        api.MapPost("/infer", async (string source, PlanInference inference, CancellationToken cancel) =>
            Results.Ok(new { source, plan = await inference.InferAsync(source, cancel) ?? throw new BadInputException($"The source '{source}' has sent nothing that a plan could be made from.") })).WithSummary("A plan made from what a source has sent; it is not kept");
        api.MapGet("/violations", ViolationsAsync).WithSummary("What was sent against the plans, by day, source, event, field and rule");
        return routes;
    }

    private static async Task<IResult> PutAsync(HttpContext context, Plans plans, Audit audit, ClaimsPrincipal user)
    {
        var plan = await plans.PutAsync(await Body.TextAsync(context), context.RequestAborted);
        await audit.WriteAsync(user.Actor(), "plan.put", plan.Name, $"{WorkspaceApi.Word(plan.Mode)}, for {string.Join(", ", plan.Sources)}", context.RequestAborted);
        return Results.Ok(Shown(plan));
    }

    private static async Task<IResult> RemoveAsync(string name, Plans plans, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (!await plans.RemoveAsync(name, cancel)) throw new BadInputException($"There is no plan '{name}'. 'kendt plan list' shows them.");
        await audit.WriteAsync(user.Actor(), "plan.remove", name, "", cancel);
        return Results.Ok(new { removed = name });
    }

    private sealed record ToCheck(string? Plan, string? Messages);

    private static IResult CheckAsync(ToCheck given, TimeProvider time)
    {
        var plan = PlanFile.Parse(given.Plan ?? throw new BadInputException("plan is missing: the text of a plan."));
        var said = new List<object>();
        foreach (var (line, number) in (given.Messages ?? "").Split('\n').Select((l, i) => (l, i + 1)).Where(l => l.l.Trim().Length > 0))
        {
            if (TrackingCall.Read(Encoding.UTF8.GetBytes(line), null, time) is not TrackingCall.Items items) throw new BadInputException($"Line {number} of the messages is not JSON.");
            var letIn = Plans.Try(plan, items);
            said.Add(new { line = number, taken = letIn.Taken.Select(i => Encoding.UTF8.GetString(i.Body.Span)), refused = letIn.Refused.Select(r => r.Reason) });
        }
        return Results.Ok(new { plan = Shown(plan), messages = said });
    }

    private static async Task<IResult> ViolationsAsync(string? source, string? @event, int? days, Violations violations, TimeProvider time, CancellationToken cancel)
    {
        var from = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero).AddDays(1 - Math.Clamp(days ?? 30, 1, MostDays));
        return Results.Ok((await violations.ListAsync(source, @event, from, cancel)).Select(v => new { day = v.Day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), v.Source, v.Event, v.Field, v.Rule, v.Times, v.LastAt }));
    }

    private static object Shown(Plan plan) => new { name = plan.Name, sources = plan.Sources, mode = WorkspaceApi.Word(plan.Mode), unplanned = WorkspaceApi.Word(plan.Unplanned), unknown = WorkspaceApi.Word(plan.Unknown), events = plan.Events.Keys };

    private static object Whole(Plan plan) => new { name = plan.Name, sources = plan.Sources, mode = WorkspaceApi.Word(plan.Mode), unplanned = WorkspaceApi.Word(plan.Unplanned), unknown = WorkspaceApi.Word(plan.Unknown), events = plan.Events.Keys, yaml = plan.Yaml };
}

/// <summary>The body of a request as text.</summary>
internal static class Body
{
    private const int Most = 1024 * 1024;

    /// <exception cref="BadInputException">It is longer than a megabyte.</exception>
    public static async Task<string> TextAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var buffer = new char[Most];
        var length = await reader.ReadBlockAsync(buffer, context.RequestAborted);
        return length < buffer.Length ? new string(buffer, 0, length) : throw new BadInputException("The text is longer than a million characters.");
    }
}
