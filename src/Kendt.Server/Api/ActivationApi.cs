using System.Security.Claims;
using Kendt.Activate;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Jobs;
using Kendt.Server.Security;

namespace Kendt.Server.Api;

/// <summary>Destinations, and bringing a segment to one. People without consent are left out and counted.</summary>
internal static class ActivationApi
{
    private sealed record NewDestination(string Kind, Dictionary<string, string> Settings);

    private sealed record NewDelivery(string Segment, string Destination, string Purpose);

    public static IEndpointRouteBuilder MapActivation(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/v1").WithTags("Activation").NeedsScope(Scopes.DeliveriesWrite);
        api.MapGet("/destinations", async (Destinations destinations, CancellationToken cancel) => Results.Ok(await destinations.ListAsync(cancel))).WithSummary("Where data is sent");
        api.MapPut("/destinations/{name}", async (string name, NewDestination destination, Destinations destinations, ClaimsPrincipal user, CancellationToken cancel) =>
        {
            await destinations.PutAsync(name, destination.Kind, destination.Settings, user.Actor(), cancel);
            return Results.Ok(new { name, kind = destination.Kind });
        }).WithSummary("Creates or replaces a destination (kinds: csv, webhook)");
        api.MapPost("/destinations/{name}/test", async (string name, Destinations destinations, CancellationToken cancel) => Results.Ok(await destinations.TestAsync(name, cancel))).WithSummary("Whether the destination answers");
        api.MapGet("/deliveries", async (Deliveries deliveries, int? limit, CancellationToken cancel) => Results.Ok(await deliveries.ListAsync(Math.Clamp(limit ?? 50, 1, 500), cancel))).WithSummary("What was sent, the newest first");
        api.MapGet("/deliveries/{id}", async (string id, Deliveries deliveries, CancellationToken cancel) =>
            DeliveryId.TryParse(id, out var delivery) && await deliveries.FindAsync(delivery, cancel) is { } found ? Results.Ok(found) : Results.Problem("There is no such delivery.", statusCode: 404, title: "Not found")).WithSummary("One delivery");
        api.MapPost("/deliveries", async (NewDelivery delivery, SegmentDelivery send, ClaimsPrincipal user, CancellationToken cancel) =>
            Results.Ok(await send.StartAsync(delivery.Segment, delivery.Destination, delivery.Purpose, user.Actor(), cancel))).WithSummary("Brings a segment's members to a destination");
        return routes;
    }
}
