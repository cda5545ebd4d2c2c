using System.Security.Claims;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Jobs;
using Kendt.Server.Security;

namespace Kendt.Server.Api;

/// <summary>The places that sources' files are fetched from: set up, seen, looked at now, removed.</summary>
internal static class PickupApi
{
    private sealed record NewPickup(string? Kind, Dictionary<string, string>? Settings);

    public static IEndpointRouteBuilder MapPickups(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/v1").WithTags("Imports").NeedsScope(Scopes.Admin);
        api.MapGet("/pickups", async (Pickups pickups, CancellationToken cancel) => (await pickups.ListAsync(cancel)).Select(Shown)).WithSummary("Where files are fetched from");
        api.MapPut("/sources/{source}/pickup", PutAsync).WithSummary("Sets up where a source's files are fetched from: folder, s3, azure or sftp");
        api.MapDelete("/sources/{source}/pickup", async (string source, Pickups pickups, Audit audit, ClaimsPrincipal user, CancellationToken cancel) =>
        {
            var removed = await pickups.RemoveAsync(source, cancel) > 0;
            if (removed) await audit.WriteAsync(user.Actor(), "pickup.remove", source, "", cancel);
            return Results.Ok(new { removed });
        }).WithSummary("Fetches no more files");
        api.MapPost("/sources/{source}/pickup/check", async (string source, PickupWorker worker, CancellationToken cancel) =>
        {
            var (taken, failed) = await worker.CheckAsync(source, cancel);
            return Results.Ok(new { taken, failed });
        }).WithSummary("Looks now, and takes what is new");
        api.MapGet("/sources/{source}/pickup/files", async (string source, int? limit, Pickups pickups, CancellationToken cancel) =>
            (await pickups.FilesAsync(source, Math.Clamp(limit ?? 50, 1, 1000), cancel)).Select(f => new { name = f.Name, state = f.State, note = f.Note, at = f.At })).WithSummary("The files that were found, the newest first");
        return routes;
    }

    private static async Task<IResult> PutAsync(string source, NewPickup body, Pickups pickups, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (!Enum.TryParse<PickupKind>(body.Kind, ignoreCase: true, out var kind) || !Enum.IsDefined(kind)) throw new BadInputException($"kind is '{body.Kind}': it can be {string.Join(", ", Enum.GetNames<PickupKind>().Select(n => n.ToLowerInvariant()))}.");
        await pickups.PutAsync(source, kind, body.Settings ?? [], cancel);
        await audit.WriteAsync(user.Actor(), "pickup.put", source, WorkspaceApi.Word(kind), cancel);
        return Results.Ok(Shown((await pickups.ListAsync(cancel)).First(p => p.Source == source)));
    }

    private static object Shown(Pickup pickup) => new { source = pickup.Source, kind = WorkspaceApi.Word(pickup.Kind), settings = pickup.Settings, enabled = pickup.Enabled, checkedAt = pickup.CheckedAt, note = pickup.Note };
}
