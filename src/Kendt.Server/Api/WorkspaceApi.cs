using System.Security.Claims;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Jobs;
using Kendt.Server.Security;
using Kendt.Store;

namespace Kendt.Server.Api;

/// <summary>Tokens, jobs, dead letters, SQL and the workspace's check.</summary>
internal static class WorkspaceApi
{
    private sealed record NewToken(string Name, IReadOnlyList<string> Scopes, int? Days);

    private sealed record NewMember(string Email, string? Name, string? Role);

    private sealed record NewPassword(string? Password);

    private sealed record Query(string? Text)
    {
        [System.Text.Json.Serialization.JsonPropertyName("query")]
        public string? Text { get; init; } = Text;
    }

    public static IEndpointRouteBuilder MapWorkspace(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/v1").WithTags("Workspace").NeedsScope(Scopes.Admin);
        api.MapPost("/tokens", AddTokenAsync).WithSummary("Adds an API token; it is shown once");
        api.MapGet("/members", async (Members members, CancellationToken cancel) => Results.Ok((await members.ListAsync(cancel)).Select(m => new { email = m.Email, name = m.Name, role = Word(m.Role), signedInAt = m.SignedInAt }))).WithSummary("Who works with this workspace");
        api.MapPost("/members", AddMemberAsync).WithSummary("Adds a member and makes a one-time sign-in link");
        api.MapPost("/members/{email}/password", SetPasswordAsync).WithSummary("Sets a member's password");
        api.MapGet("/jobs", async (JobRunner jobs, int? limit, CancellationToken cancel) => (await jobs.ListAsync(Math.Clamp(limit ?? 50, 1, 500), cancel)).Select(Shown)).WithSummary("Jobs, the newest first");
        api.MapGet("/jobs/{id}", FindJobAsync).WithSummary("One job with its steps");
        api.MapPost("/jobs/{id}/cancel", CancelJobAsync).WithSummary("Stops a job");
        api.MapPost("/compact", async (JobRunner jobs, CancellationToken cancel) => Results.Ok(new { job = (await jobs.StartAsync(CompactJob.Kind, "Sort events", "1", cancel)).ToString() })).WithSummary("Sorts what lies out of order in the warehouse");
        api.MapGet("/check", async (Check check, CancellationToken cancel) =>
        {
            var checks = await check.RunAsync(cancel);
            return new { ok = checks.All(c => c.Ok), checks };
        }).WithSummary("Whether the workspace is whole");
        routes.MapPost("/v1/sql", SqlAsync).WithTags("Workspace").NeedsScope(Scopes.Admin).WithSummary("One read-only query on the warehouse; CSV, or JSON rows");
        routes.MapGet("/v1/sql", SqlFileAsync).WithTags("Workspace").MayOr(Scopes.Admin, Permission.QueryWarehouse).WithSummary("The answer of one read-only query as a file: format is csv or parquet");
        return routes;
    }

    private static async Task<IResult> AddTokenAsync(NewToken token, Tokens tokens, TimeProvider time, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (token.Days is <= 0) throw new BadInputException("--days must be 1 or more.");
        var raw = await tokens.AddAsync(token.Name, token.Scopes, token.Days is { } days ? time.GetUtcNow().AddDays(days) : null, user.Actor(), cancel);
        return Results.Ok(new { name = token.Name, scopes = token.Scopes, token = raw });
    }

    private static async Task<IResult> AddMemberAsync(NewMember member, Members members, SignInLinks links, HttpContext context, ClaimsPrincipal user, CancellationToken cancel)
    {
        var added = await members.FindAsync(member.Email, cancel) ?? await members.AddAsync(member.Email, member.Name ?? member.Email, Choice<Role>("role", member.Role ?? "analyst"), user.Actor(), cancel);
        var link = $"{context.Request.Scheme}://{context.Request.Host}/sign-in/link?token={await links.CreateAsync(added.Email, TimeSpan.FromDays(1), cancel)}";
        return Results.Ok(new { email = added.Email, name = added.Name, role = Word(added.Role), signInLink = link });
    }

    private static async Task<IResult> SetPasswordAsync(string email, NewPassword password, Members members, ClaimsPrincipal user, CancellationToken cancel)
    {
        await members.SetPasswordAsync(email, password.Password ?? "", user.Actor(), cancel);
        return Results.Ok(new { email });
    }

    private static async Task<IResult> FindJobAsync(string id, JobRunner jobs, CancellationToken cancel) =>
        JobId.TryParse(id, out var job) && await jobs.FindAsync(job, cancel) is { } found ? Results.Ok(Shown(found)) : Results.Problem("There is no such job.", statusCode: 404, title: "Not found");

    private static async Task<IResult> CancelJobAsync(string id, JobRunner jobs, CancellationToken cancel) =>
        JobId.TryParse(id, out var job) && await jobs.CancelAsync(job, cancel) ? Results.Ok(new { cancelled = true }) : Results.Problem("There is no such job, or it has ended.", statusCode: 404, title: "Not found");

    private static async Task SqlFileAsync(string query, string? format, HttpContext context, Stores stores)
    {
        context.Request.Headers.Accept = TableFile.Format(format) is "parquet" ? TableFile.Parquet : "text/csv";
        await SqlAsync(new Query(query), context, stores);
    }

    private static async Task SqlAsync(Query query, HttpContext context, Stores stores)
    {
        var cancel = context.RequestAborted;
        var asParquet = context.Request.Headers.Accept.ToString().Contains("parquet", StringComparison.OrdinalIgnoreCase);
        var json = context.Request.Headers.Accept.ToString().Contains("json", StringComparison.OrdinalIgnoreCase);
        IReadOnlyList<string> columns = [];
        var rows = ReadOnlyQuery.RunAsync(stores.Warehouse, query.Text ?? "", names => columns = names, cancel);
        await using var each = rows.GetAsyncEnumerator(cancel);
        var any = await each.MoveNextAsync(); // a refused query is answered before the first byte
        if (!json)
        {
            await TableFile.WriteAsync(context, asParquet ? "parquet" : "csv", "answer", columns, each, any);
            return;
        }
        context.Response.ContentType = "application/json";
        await using var writer = new StreamWriter(context.Response.Body, new System.Text.UTF8Encoding(false), 65536, leaveOpen: true);
        await Table.WriteJsonAsync(writer, columns, each, any, cancel);
    }

    internal static object Shown(JobState job) => new { id = job.Id.ToString(), kind = job.Kind, title = job.Title, state = job.State, error = job.Error, createdAt = job.CreatedAt, startedAt = job.StartedAt, endedAt = job.EndedAt, steps = job.Steps };

    internal static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    internal static T Choice<T>(string field, string text) where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0]) ? value
            : throw new BadInputException($"{field} is '{text}': it can be {string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}.");
}
