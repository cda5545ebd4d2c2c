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

    private sealed record Switch(bool? Enabled);

    private const int MostNames = 20;

    public static IEndpointRouteBuilder MapPickups(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/v1").WithTags("Imports").NeedsScope(Scopes.Admin);
        api.MapGet("/pickups", async (Pickups pickups, CancellationToken cancel) => (await pickups.ListAsync(cancel)).Select(Shown)).WithSummary("Where files are fetched from");
        api.MapPut("/sources/{source}/pickup", PutAsync).WithSummary("Sets up where a source's files are fetched from: folder, s3, azure or sftp");
        api.MapPost("/sources/{source}/pickup/try", TryAsync).WithSummary("Reaches a place that need not be kept, and says which files are there; nothing is taken");
        api.MapPatch("/sources/{source}/pickup", SwitchAsync).WithSummary("Pauses a place, or goes on with it");
        api.MapDelete("/sources/{source}/pickup", async (string source, Pickups pickups, Audit audit, ClaimsPrincipal user, CancellationToken cancel) =>
        {
            var removed = await pickups.RemoveAsync(source, cancel) > 0;
            if (removed) await audit.WriteAsync(user.Actor(), "pickup.remove", source, "", cancel);
            return Results.Ok(new { removed });
        }).WithSummary("Fetches no more files");
        api.MapPost("/sources/{source}/pickup/check", async (string source, PickupWorker worker, CancellationToken cancel) =>
        {
            var (taken, failed, waiting) = await worker.CheckAsync(source, cancel);
            return Results.Ok(new { taken, failed, waiting });
        }).WithSummary("Looks now, and takes what is new");
        api.MapGet("/sources/{source}/pickup/files", async (string source, int? limit, Pickups pickups, CancellationToken cancel) =>
            (await pickups.FilesAsync(source, Math.Clamp(limit ?? 50, 1, 1000), cancel)).Select(f => new { name = f.Name, state = f.State, note = f.Note, at = f.At })).WithSummary("The files that were found, the newest first");
        return routes;
    }

    private static async Task<IResult> PutAsync(string source, NewPickup body, Pickups pickups, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        var kind = KindOf(body);
        await pickups.PutAsync(source, kind, body.Settings ?? [], cancel);
        await audit.WriteAsync(user.Actor(), "pickup.put", source, WorkspaceApi.Word(kind), cancel);
        return Results.Ok(Shown((await pickups.FindAsync(source, cancel))!));
    }

    private static async Task<IResult> TryAsync(string source, NewPickup body, Pickups pickups, CancellationToken cancel)
    {
        var files = await pickups.TryAsync(source, KindOf(body), body.Settings ?? [], cancel);
        return Results.Ok(new { files = files.Count, names = files.Take(MostNames).Select(f => f.Name) });
    }

    private static async Task<IResult> SwitchAsync(string source, Switch body, Pickups pickups, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        var enabled = body.Enabled ?? throw new BadInputException("enabled is missing: true or false.");
        await pickups.SetEnabledAsync(source, enabled, cancel);
        await audit.WriteAsync(user.Actor(), enabled ? "pickup.on" : "pickup.off", source, "", cancel);
        return Results.Ok(Shown((await pickups.FindAsync(source, cancel))!));
    }

    private static PickupKind KindOf(NewPickup body) => Enum.TryParse<PickupKind>(body.Kind, ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind
        : throw new BadInputException($"kind is '{body.Kind}': it can be {string.Join(", ", Enum.GetNames<PickupKind>().Select(n => n.ToLowerInvariant()))}.");

    private static object Shown(Pickup pickup) => new { source = pickup.Source, kind = WorkspaceApi.Word(pickup.Kind), settings = pickup.Settings, enabled = pickup.Enabled, checkedAt = pickup.CheckedAt, note = pickup.Note };
}
