using Kendt.Server.Commands;
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
            await FaultAsync(stores, pipeline, options, cancel) is { } fault ? Results.Text(fault, statusCode: 503) : Results.Text("ready")).WithSummary("Both stores answer and the disk has room");
        health.MapGet("", async (Stores stores, Pipeline pipeline, KendtOptions options, CancellationToken cancel) =>
            await FaultAsync(stores, pipeline, options, cancel) is { } fault
                ? Results.Json(new { server = "DOWN", message = fault }, statusCode: 503)
                : Results.Json(new { server = "UP", version = VersionCommand.Version })).WithSummary("The same, as RudderStack's clients ask it");
        routes.MapGet("/version", () => new { version = VersionCommand.Version }).AllowAnonymous().WithTags("Health").WithSummary("The version of this server");
        return routes;
    }

    private static async Task<string?> FaultAsync(Stores stores, Pipeline pipeline, KendtOptions options, CancellationToken cancel)
    {
        await stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from setting"), cancel), cancel);
        await stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from projection"), cancel), cancel);
        if (pipeline.Fault is { } fault) return "profiles are not brought up to date: " + fault;
        return Disk.Free(options.Folder) > 16L << 20 ? null : "the disk is full";
    }
}
