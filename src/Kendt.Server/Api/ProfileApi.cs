using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Server.Security;
using Kendt.Store;
using Kendt.Unify.Batch;

namespace Kendt.Server.Api;

/// <summary>Profiles by id, old id or identifier. The form of Segment's Profile API is in <see cref="SpaceApi"/>.</summary>
internal static class ProfileApi
{
    public static IEndpointRouteBuilder MapProfiles(this IEndpointRouteBuilder routes)
    {
        var profiles = routes.MapGroup("/v1/profiles").WithTags("Profiles").NeedsScope(Scopes.ProfilesRead);
        profiles.MapGet("/", SearchAsync).WithSummary("Customers whose name, e-mail, phone or any identifier begins as typed");
        profiles.MapGet("/changes", ProfileChanges.StreamAsync).WithSummary("Profiles that change, as server-sent events; after=beginning for all, or a cursor");
        profiles.MapPost("/batch", BatchAsync).WithSummary("Up to 100 customers at once, by ids or type:value");
        profiles.MapGet("/{id}", ReadAsync).WithSummary("One customer, by profile id (also a merged one) or type:value");
        profiles.MapGet("/{id}/household", HouseholdAsync).WithSummary("Who lives with the person, as matching found it; the members are profile ids, the person among them");
        routes.MapGet("/v1/households", HouseholdsAsync).WithTags("Profiles").NeedsScope(Scopes.ProfilesRead).WithSummary("Households with their members, the largest first, and how many there are");
        profiles.MapGet("/{id}/timeline", TimelineAsync).WithSummary("What the customer did, the latest first");
        var fields = routes.MapGroup("/v1/access/fields").WithTags("Profiles").NeedsScope(Scopes.Admin);
        fields.MapGet("/", async (FieldRights rights, CancellationToken cancel) => Results.Ok((await rights.ListAsync(cancel)).GroupBy(f => f.Who, f => f.Field).Select(g => new { who = g.Key, fields = g }))).WithSummary("Fields of customers that roles and tokens may not see");
        fields.MapPut("/{who}", DenyAsync).WithSummary("Denies these fields, and no others, to role:NAME or token:NAME");
        return routes;
    }

    private sealed record Asked(IReadOnlyList<string>? Ids);

    private sealed record Fields(IReadOnlyList<string>? Denied);

    private static async Task<IResult> BatchAsync(Asked asked, WholeProfile whole, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (asked.Ids is not { Count: > 0 and <= 100 } ids) throw new BadInputException("ids: give 1 to 100 profile ids or type:value.");
        var found = new List<object>();
        foreach (var id in ids) if (await whole.ReadAsync(id, null, user, cancel) is { } profile) found.Add(new { asked = id, profile = JsonSerializer.Deserialize<JsonElement>(profile.Span) });
        return Results.Ok(new { profiles = found });
    }

    private static async Task<IResult> DenyAsync(string who, Fields fields, FieldRights rights, ClaimsPrincipal user, CancellationToken cancel)
    {
        await rights.PutAsync(who, fields.Denied ?? throw new BadInputException("denied: give a list, which may be empty."), user.Actor(), cancel);
        return Results.Ok(new { who, fields = fields.Denied });
    }

    private static async Task<IResult> SearchAsync(string? q, string? kind, string? after, int? limit, ProfileReader reader, WholeProfile whole, ClaimsPrincipal user, CancellationToken cancel)
    {
        var denied = await whole.DeniedAsync(user, cancel);
        ProfileKind? wanted = kind is null ? null : Enum.TryParse<ProfileKind>(kind, true, out var k) ? k : throw new BadInputException($"kind is '{kind}': it can be person, visitor or account.");
        ProfileId? from = after is null ? null : ProfileId.TryParse(after, out var id) ? id : throw new BadInputException("after is not a profile id.");
        var ids = await reader.SearchAsync(q, wanted, from, Math.Clamp(limit ?? 20, 1, 200), cancel);
        var found = await reader.ReadAsync(ids, cancel);
        return Results.Ok(new { profiles = ids.Where(found.ContainsKey).Select(i => Summary(found[i], denied)), next = ids.Count > 0 ? ids[^1].ToString() : null });
    }

    private static async Task<IResult> ReadAsync(string id, string? asOf, WholeProfile whole, ClaimsPrincipal user, CancellationToken cancel) =>
        await whole.ReadAsync(id, asOf is null ? null : Moment("asOf", asOf), user, cancel) is { } profile ? new WrittenJson(profile) : NotFound(id);

    private static async Task<IResult> HouseholdAsync(string id, ProfileReader reader, Stores stores, WholeProfile whole, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (Identifier.TryParse(id, out var by) && (await whole.DeniedAsync(user, cancel)).Identifier(by.Type) || await reader.ResolveAsync(id, cancel) is not { } profile) return NotFound(id);
        var home = await stores.Ledger.ReadAsync(s => HouseholdBook.FindAsync(s, profile, cancel), cancel);
        return Results.Ok(new { profile = profile.ToString(), household = home?.Id, members = home?.Members.Select(m => m.ToString()) ?? [] });
    }

    private static async Task<IResult> HouseholdsAsync(int? limit, int? offset, Stores stores, CancellationToken cancel)
    {
        var (counts, homes) = await stores.Ledger.ReadAsync(async s => (await HouseholdBook.CountAsync(s, cancel), await HouseholdBook.ListAsync(s, Math.Clamp(limit ?? 20, 1, 500), Math.Max(0, offset ?? 0), cancel)), cancel);
        return Results.Ok(new { total = counts.Households, persons = counts.Persons, households = homes.Select(h => new { id = h.Id, members = h.Members.Select(m => m.ToString()) }) });
    }

    private static async Task<IResult> TimelineAsync(string id, [AsParameters] TimelineAsked asked, ProfileReader reader, Timeline timeline, WholeProfile whole, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (await reader.ResolveAsync(id, cancel) is not { } profile) return NotFound(id);
        var denied = await whole.DeniedAsync(user, cancel);
        if (Identifier.TryParse(id, out var by) && denied.Identifier(by.Type)) return NotFound(id);
        var to = asked.AsOf is null ? asked.To : Earlier(asked.To, Moment("asOf", asked.AsOf).AddTicks(10));
        var filter = new TimelineFilter { Names = Split(asked.Name), Sources = Split(asked.Source), From = asked.From, To = to, Except = WholeProfile.Events(denied) };
        var page = await timeline.ReadAsync(profile, filter, asked.Cursor, Math.Clamp(asked.Limit ?? 50, 1, 500), cancel);
        var sessions = page.Sessions();
        return Results.Ok(new
        {
            sessions = sessions.Select((s, i) => new { session = i, day = s.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), from = s.From, to = s.To, events = s.Events.Count }),
            events = sessions.SelectMany((s, i) => s.Events.Select(e => Shown(e, i))),
            next = page.Next,
        });
    }

    private static object Shown(TimelineEvent e, int session)
    {
        var properties = JsonSerializer.Deserialize<JsonElement>(e.Properties);
        var lines = properties.ValueKind is JsonValueKind.Object && properties.TryGetProperty("products", out var products) && products.ValueKind is JsonValueKind.Array
            ? products.EnumerateArray().Where(p => p.ValueKind is JsonValueKind.Object).Select(p => new { name = Field(p, "name") ?? Field(p, "product_id") ?? "", quantity = Field(p, "quantity") ?? "1", price = Field(p, "price"), category = Field(p, "category") }) : [];
        return new { at = e.At, session, type = e.Type, name = e.Name, source = e.Source, lines, properties, context = JsonSerializer.Deserialize<JsonElement>(e.Context) };
    }

    private static string? Field(JsonElement line, string name) => !line.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null ? null : value.ValueKind is JsonValueKind.String ? value.GetString() : value.GetRawText();

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) => one < other ? one.Value : other;

    internal static DateTimeOffset Moment(string field, string text) => Kendt.Model.Filters.IsoTime.TryParse(text, out var at) ? at : throw new BadInputException($"{field} is '{(text.Length > 60 ? text[..60] + "..." : text)}': write an ISO date-time such as 2026-01-31 or 2026-01-31T12:00:00Z.");

    /// <summary>Which part of a timeline is wanted.</summary>
    private sealed record TimelineAsked(string? Name, string? Source, DateTimeOffset? From, DateTimeOffset? To, string? AsOf, string? Cursor, int? Limit);

    private static object Summary(Profile p, Denied denied)
    {
        p = WholeProfile.Seen(p, denied);
        return new { id = p.Id.ToString(), kind = Word(p.Kind), name = p.DisplayName(), email = p.Text("email"), phone = p.Text("phone"), city = p.Text("address", "city") };
    }

    private static IResult NotFound(string id) => Results.Problem($"There is no profile '{(id.Length > 60 ? id[..60] + "..." : id)}'. Give a profile id or type:value such as email:anna@example.com.", statusCode: 404, title: "Not found");

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    internal static string[] Split(string? list) => string.IsNullOrWhiteSpace(list) ? [] : list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
