using Kendt.Server.Host;
using Kendt.Store;

namespace Kendt.Server.Api;

internal static class HealthApi
{
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").AllowAnonymous().WithTags("Health");
        health.MapGet("/live", () => Results.Text("live")).WithSummary("The process runs");
        health.MapGet("/ready", async (Stores stores, Pipeline pipeline, KendtOptions options, CancellationToken cancel) =>
        {
            await stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from setting"), cancel), cancel);
            await stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from projection"), cancel), cancel);
            if (pipeline.Fault is { } fault) return Results.Text("profiles are not brought up to date: " + fault, statusCode: 503);
            return Disk.Free(options.Folder) > 16L << 20 ? Results.Text("ready") : Results.Text("the disk is full", statusCode: 503);
        }).WithSummary("Both stores answer and the disk has room");
        return routes;
    }
}
