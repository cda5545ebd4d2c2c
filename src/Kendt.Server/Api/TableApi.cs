using System.Security.Claims;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Jobs;
using Kendt.Server.Security;

namespace Kendt.Server.Api;

/// <summary>Tables of other databases as sources.</summary>
internal static class TableApi
{
    private const int FirstRows = 10;

    private sealed record NewTable(string? Yaml, string? Connection);

    public static IEndpointRouteBuilder MapTables(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/v1/tables").WithTags("Tables").NeedsScope(Scopes.Admin);
        api.MapGet("/", async (TableSources tables, CancellationToken cancel) => Results.Ok((await tables.ListAsync(cancel)).Select(Shown))).WithSummary("The tables, and how far each was read");
        api.MapGet("/{source}", async (string source, TableSources tables, CancellationToken cancel) =>
            Results.Ok(new { yaml = (await FindAsync(source, tables, cancel)).Setup.Yaml, state = Shown(await FindAsync(source, tables, cancel)) })).WithSummary("One table with its file");
        api.MapPut("/", PutAsync).WithSummary("Keeps a table file and its connection; the source is made if it is not there");
        api.MapPost("/try", async (NewTable given, CancellationToken cancel) =>
            Results.Ok(new { rows = await TableSync.TryAsync(Yaml(given), given.Connection ?? throw new BadInputException("connection is missing."), FirstRows, cancel) })).WithSummary("The first rows of a table; nothing is taken");
        api.MapPost("/{source}/sync", SyncAsync).WithSummary("Takes in what is new, as a job; full: everything, from the beginning");
        api.MapDelete("/{source}", RemoveAsync).WithSummary("Reads a table no more; what was taken stays");
        return routes;
    }

    private static async Task<IResult> PutAsync(NewTable given, TableSources tables, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        var setup = await tables.PutAsync(Yaml(given), given.Connection, cancel);
        await audit.WriteAsync(user.Actor(), "table.put", setup.Source, given.Connection is null ? "" : "with a connection", cancel);
        return Results.Ok(Shown(await FindAsync(setup.Source, tables, cancel)));
    }

    private static async Task<IResult> SyncAsync(string source, bool? full, Syncs syncs, JobRunner jobs, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        var job = await syncs.StartAsync(source, full is true, cancel);
        await audit.WriteAsync(user.Actor(), "table.sync", source, full is true ? "from the beginning" : "", cancel);
        return Results.Accepted("/v1/jobs/" + job, WorkspaceApi.Shown((await jobs.FindAsync(job, cancel))!));
    }

    private static async Task<IResult> RemoveAsync(string source, TableSources tables, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        _ = await FindAsync(source, tables, cancel);
        await tables.RemoveAsync(source, cancel);
        await audit.WriteAsync(user.Actor(), "table.remove", source, "", cancel);
        return Results.Ok(new { removed = source });
    }

    private static string Yaml(NewTable given) => given.Yaml ?? throw new BadInputException("yaml is missing: the text of a table file.");

    private static async Task<TableState> FindAsync(string source, TableSources tables, CancellationToken cancel) =>
        await tables.FindAsync(source, cancel) ?? throw new BadInputException($"The source '{source}' is no table. 'kendt sync' shows those that are.");

    private static object Shown(TableState state) => new
    {
        source = state.Setup.Source,
        kind = WorkspaceApi.Word(state.Setup.Kind),
        table = state.Setup.Query.Table,
        query = state.Setup.Query.Select,
        cursor = state.Setup.Query.Cursor,
        every = state.Setup.Every,
        position = state.Position,
        rows = state.RowsRead,
        error = state.Error,
        startedAt = state.StartedAt,
        endedAt = state.EndedAt,
    };
}
