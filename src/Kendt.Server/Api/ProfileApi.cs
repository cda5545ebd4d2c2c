using System.Text.Json;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Server.Security;
using Kendt.Unify;

namespace Kendt.Server.Api;

/// <summary>Profiles by id, old id or identifier. The form of Segment's Profile API is in <see cref="SpaceApi"/>.</summary>
internal static class ProfileApi
{
    public static IEndpointRouteBuilder MapProfiles(this IEndpointRouteBuilder routes)
    {
        var profiles = routes.MapGroup("/v1/profiles").WithTags("Profiles").NeedsScope(Scopes.ProfilesRead);
        profiles.MapGet("/", SearchAsync).WithSummary("Customers whose name, e-mail, phone or any identifier begins as typed");
        profiles.MapGet("/{id}", ReadAsync).WithSummary("One customer, by profile id (also a merged one) or type:value");
        profiles.MapGet("/{id}/timeline", TimelineAsync).WithSummary("What the customer did, the latest first");
        return routes;
    }

    private static async Task<IResult> SearchAsync(string? q, string? kind, string? after, int? limit, ProfileReader reader, CancellationToken cancel)
    {
        ProfileKind? wanted = kind is null ? null : Enum.TryParse<ProfileKind>(kind, true, out var k) ? k : throw new BadInputException($"kind is '{kind}': it can be person, visitor or account.");
        ProfileId? from = after is null ? null : ProfileId.TryParse(after, out var id) ? id : throw new BadInputException("after is not a profile id.");
        var ids = await reader.SearchAsync(q, wanted, from, Math.Clamp(limit ?? 20, 1, 200), cancel);
        var found = await reader.ReadAsync(ids, cancel);
        return Results.Ok(new { profiles = ids.Where(found.ContainsKey).Select(i => Summary(found[i])), next = ids.Count > 0 ? ids[^1].ToString() : null });
    }

    private static async Task<IResult> ReadAsync(string id, ProfileReader reader, Consents consents, Membership membership, Kendt.Store.Stores stores, CancellationToken cancel)
    {
        if (await reader.ReadAsync(id, cancel) is not { } profile) return NotFound(id);
        return Results.Ok(new
        {
            id = profile.Id.ToString(),
            kind = Word(profile.Kind),
            name = profile.DisplayName(),
            createdAt = profile.CreatedAt,
            traits = profile.Traits.Where(t => t.Value[0].Value.ValueKind is not JsonValueKind.Null).ToDictionary(t => t.Key, t => t.Value[0].Value),
            provenance = profile.Traits.ToDictionary(t => t.Key, t => t.Value.Select(v => new { value = v.Value, source = v.Source, at = v.At, evidence = v.Evidence })),
            identifiers = profile.Identifiers.Select(i => new { type = i.Identifier.Type, value = i.Identifier.Value, source = i.Source, firstSeen = i.FirstSeen }),
            links = profile.Links.Select(l => new { left = l.Left.ToString(), right = l.Right.ToString(), rule = l.Rule, evidence = l.Evidence, source = l.Source, weight = l.Weight, at = l.At, revokedAt = l.RevokedAt }),
            mergedIds = profile.Merges.Select(m => new { id = m.Loser.ToString(), at = m.At }),
            accounts = (await Accounts.OfAsync(stores.Ledger, profile.Id, cancel)).Select(a => a.ToString()),
            consents = (await consents.OfAsync(profile.Id, cancel)).Select(c => new { purpose = c.Purpose, state = Word(c.State), at = c.At, source = c.Source }),
            segments = (await membership.OfAsync(profile.Id, cancel)).Select(m => m.Segment),
        });
    }

    private static async Task<IResult> TimelineAsync(string id, string? name, string? source, DateTimeOffset? from, DateTimeOffset? to, string? cursor, int? limit, ProfileReader reader, Timeline timeline, CancellationToken cancel)
    {
        if (await reader.ReadAsync(id, cancel) is not { } profile) return NotFound(id);
        var filter = new TimelineFilter { Names = Split(name), Sources = Split(source), From = from, To = to };
        var page = await timeline.ReadAsync(profile.Id, filter, cursor, Math.Clamp(limit ?? 50, 1, 500), cancel);
        return Results.Ok(new
        {
            events = page.Events.Select(e => new { at = e.At, type = e.Type, name = e.Name, source = e.Source, properties = JsonSerializer.Deserialize<JsonElement>(e.Properties), context = JsonSerializer.Deserialize<JsonElement>(e.Context) }),
            next = page.Next,
        });
    }

    private static object Summary(Profile p) => new { id = p.Id.ToString(), kind = Word(p.Kind), name = p.DisplayName(), email = p.Text("email"), phone = p.Text("phone"), city = p.Text("address", "city") };

    private static IResult NotFound(string id) => Results.Problem($"There is no profile '{(id.Length > 60 ? id[..60] + "..." : id)}'. Give a profile id or type:value such as email:anna@example.com.", statusCode: 404, title: "Not found");

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    internal static string[] Split(string? list) => string.IsNullOrWhiteSpace(list) ? [] : list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
