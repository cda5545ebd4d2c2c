using System.Security.Claims;
using System.Text.Json;
using Kendt.Activate;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Segments;
using Kendt.Server.Jobs;
using Kendt.Server.Security;

namespace Kendt.Server.Api;

/// <summary>Destinations that are told when people enter and leave a segment, or when profiles change.</summary>
internal static class SubscriptionApi
{
    public static IEndpointRouteBuilder MapSubscriptions(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/v1/subscriptions").WithTags("Activation").NeedsScope(Scopes.DeliveriesWrite);
        api.MapGet("/", async (Subscriptions subscriptions, Deliveries deliveries, CancellationToken cancel) =>
        {
            var shown = new List<object>();
            foreach (var s in await subscriptions.ListAsync(cancel)) shown.Add(Shown(s, await deliveries.WaitingAsync(s, cancel)));
            return Results.Ok(shown);
        }).WithSummary("Destinations that are told of changes");
        api.MapPut("/{name}", async (string name, HttpContext context, SubscriptionRooms rooms, ClaimsPrincipal user, CancellationToken cancel) =>
        {
            using var body = new StreamReader(context.Request.Body);
            await rooms.PutAsync(name, await body.ReadToEndAsync(cancel), user.Actor(), cancel);
            return Results.Ok(new { name });
        }).WithSummary("Creates or changes a subscription, from JSON or YAML: destination, purpose, and segment or profiles");
        api.MapDelete("/{name}", async (string name, Subscriptions subscriptions, ClaimsPrincipal user, CancellationToken cancel) =>
        {
            await subscriptions.RemoveAsync(name, user.Actor(), cancel);
            return Results.Ok(new { removed = name });
        }).WithSummary("Removes a subscription");
        return routes;
    }

    private static object Shown(Subscription s, long waiting) => new { name = s.Name, destination = s.Destination, purpose = s.Purpose, segment = s.Segment, profiles = s.Segment is null ? SubscriptionRooms.Changed : null, waiting, note = s.Note, createdAt = s.CreatedAt };
}

/// <summary>What a subscription is made with.</summary>
public sealed class SubscriptionRooms(Subscriptions subscriptions, Catalogue catalogue, Telling telling)
{
    /// <summary>The word for changes of profiles.</summary>
    public const string Changed = "changed";

    /// <summary>Makes or changes a subscription from its file: <c>{"destination": ..., "purpose": ..., "segment": NAME}</c>, or <c>"profiles": "changed"</c> in place of the segment.</summary>
    /// <exception cref="BadInputException">It is none; the message names the field.</exception>
    public async Task PutAsync(string name, string text, string actor, CancellationToken cancel)
    {
        var file = RuleFile.Tree(text);
        if (file.ValueKind is not JsonValueKind.Object) throw new BadInputException("A subscription's file has destination, purpose, and segment or profiles.");
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in file.EnumerateObject())
        {
            if (key.Name is not ("destination" or "purpose" or "segment" or "profiles")) throw new BadInputException($"{key.Name}: unknown key; a subscription has destination, purpose, and segment or profiles.");
            if (key.Value.ValueKind is not JsonValueKind.String) throw new BadInputException($"{key.Name}: needs a text.");
            given[key.Name] = key.Value.GetString()!;
        }
        string Needed(string key) => given.TryGetValue(key, out var value) ? value : throw new BadInputException($"{key} is missing.");
        if (given.ContainsKey("segment") == given.ContainsKey("profiles")) throw new BadInputException("Give either segment: NAME, for who enters and leaves it, or profiles: changed.");
        if (given.TryGetValue("profiles", out var what) && what != Changed) throw new BadInputException($"profiles can be '{Changed}' only.");
        var segment = given.GetValueOrDefault("segment");
        if (segment is not null && await catalogue.FindAsync(segment, cancel) is null) throw new BadInputException("segment: there is no segment of that name. 'kendt segment list' shows them.");
        await subscriptions.PutAsync(name, Needed("destination"), Needed("purpose"), segment, await telling.NowAsync(segment, cancel), actor, cancel);
    }
}
