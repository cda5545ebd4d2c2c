using System.Security.Claims;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Security;
using static Kendt.Server.Api.WorkspaceApi;

namespace Kendt.Server.Api;

/// <summary>Sources: their keys, their limits, what they send.</summary>
internal static class SourceApi
{
    private sealed record NewSource(string Name, string? Kind, string? Party);

    private sealed record Change(bool? Enabled, NewLimit? RateLimit);

    // Both members null: no limit.
    private sealed record NewLimit(double? PerSecond, int? Burst);

    public static IEndpointRouteBuilder MapSources(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/v1/sources").WithTags("Sources").NeedsScope(Scopes.Admin);
        api.MapGet("", ListAsync).WithSummary("The sources and what came in");
        api.MapPost("", AddAsync).WithSummary("Adds a source; the write key is shown once");
        api.MapPatch("/{name}", ChangeAsync).WithSummary("Switches a source on or off; sets or lifts its rate limit");
        api.MapGet("/{name}/keys", KeysAsync).WithSummary("The write keys of a source, without the keys themselves");
        api.MapPost("/{name}/keys", AddKeyAsync).WithSummary("One more write key; it is shown once");
        api.MapDelete("/{name}/keys/{id}", DisableKeyAsync).WithSummary("Takes a write key out of use, at once and for ever");
        api.MapGet("/{name}/traffic", TrafficAsync).WithSummary("Taken, rejected and turned away per minute, hour or day");
        api.MapGet("/{name}/schema", SchemaAsync).WithSummary("The events that a source sends; with type and event, their properties");
        return routes;
    }

    private static async Task<IResult> ListAsync(Sources sources, CancellationToken cancel)
    {
        var statistics = (await sources.StatisticsAsync(cancel)).ToDictionary(s => s.Source);
        return Results.Ok((await sources.ListAsync(cancel)).Select(s =>
        {
            statistics.TryGetValue(s.Name, out var seen);
            return new
            {
                name = s.Name,
                kind = Word(s.Kind),
                party = Word(s.Party),
                enabled = s.Enabled,
                createdAt = s.CreatedAt,
                rateLimit = s.Limit,
                messages = seen?.Messages ?? 0,
                records = seen?.Records ?? 0,
                rejected = seen?.Rejected ?? 0,
                firstSeen = seen?.FirstSeen,
                lastSeen = seen?.LastSeen,
            };
        }));
    }

    private static async Task<IResult> AddAsync(NewSource source, Sources sources, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        var added = await sources.AddAsync(source.Name, Choice<SourceKind>("kind", source.Kind ?? "stream"), Choice<Party>("party", source.Party ?? "first"), cancel);
        await audit.WriteAsync(user.Actor(), "source.add", added.Source.Name, "a write key was made", cancel);
        return Shown(added);
    }

    private static async Task<IResult> ChangeAsync(string name, Change change, Sources sources, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (change is { Enabled: null, RateLimit: null }) throw new BadInputException("Nothing is to be changed: give enabled, rateLimit or both.");
        if (change.RateLimit is { } limit)
        {
            var to = limit switch
            {
                { PerSecond: null, Burst: null } => null,
                { PerSecond: { } perSecond } => new RateLimit(perSecond, limit.Burst ?? (int)Math.Clamp(Math.Ceiling(perSecond * 2), 1, RateLimit.MostBurst)),
                _ => throw new BadInputException("rateLimit has a burst and no perSecond; give both, or perSecond alone for a burst of twice as much."),
            };
            await sources.SetLimitAsync(name, to, cancel);
            await audit.WriteAsync(user.Actor(), "source.limit", name, to is null ? "none" : $"{to.PerSecond}/s, burst {to.Burst}", cancel);
        }
        if (change.Enabled is { } enabled)
        {
            await sources.SetEnabledAsync(name, enabled, cancel);
            await audit.WriteAsync(user.Actor(), enabled ? "source.on" : "source.off", name, "", cancel);
        }
        var now = (await sources.FindAsync(name, cancel))!;
        return Results.Ok(new { name = now.Name, enabled = now.Enabled, rateLimit = now.Limit });
    }

    private static async Task<IResult> KeysAsync(string name, Sources sources, CancellationToken cancel) =>
        await sources.FindAsync(name, cancel) is null ? Missing(name) : Results.Ok(await sources.KeysAsync(name, cancel));

    private static async Task<IResult> AddKeyAsync(string name, Sources sources, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        var added = await sources.AddKeyAsync(name, cancel);
        await audit.WriteAsync(user.Actor(), "source.key_add", name, "", cancel);
        return Shown(added);
    }

    private static async Task<IResult> DisableKeyAsync(string name, string id, Sources sources, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        await sources.DisableKeyAsync(name, id, cancel);
        await audit.WriteAsync(user.Actor(), "source.key_disable", name, id, cancel);
        return Results.Ok(await sources.KeysAsync(name, cancel));
    }

    private static async Task<IResult> TrafficAsync(string name, string? per, Sources sources, SourceTraffic traffic, CancellationToken cancel) =>
        await sources.FindAsync(name, cancel) is null ? Missing(name) : Results.Ok(await traffic.ReadAsync(name, Choice<Per>("per", per ?? "day"), cancel));

    private static async Task<IResult> SchemaAsync(string name, string? type, string? @event, Sources sources, SeenSchema schema, CancellationToken cancel)
    {
        if (await sources.FindAsync(name, cancel) is null) return Missing(name);
        return type is null ? Results.Ok(new { events = await schema.EventsAsync(name, 1_000, cancel) }) : Results.Ok(await schema.PropertiesAsync(name, type, @event ?? "", cancel));
    }

    private static IResult Shown(SourceAdded added) =>
        Results.Ok(new { name = added.Source.Name, kind = Word(added.Source.Kind), party = Word(added.Source.Party), writeKey = added.WriteKey });

    private static IResult Missing(string name) => Results.Problem($"There is no source '{(name.Length > 60 ? name[..60] + "..." : name)}'.", statusCode: 404, title: "Not found");
}
