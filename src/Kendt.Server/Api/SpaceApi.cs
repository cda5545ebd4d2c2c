using System.Globalization;
using System.Text.Json;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Server.Security;
using Kendt.Store;
using Kendt.Unify;

namespace Kendt.Server.Api;

/// <summary>
/// Profiles in the form of Segment's Profile API, so that what reads from Segment reads from Kendt: its paths, paging, names
/// and errors. The name of the space is not looked at: a workspace is one. Audiences are segments. Events reach back as far
/// as there are any, not fourteen days.
/// </summary>
internal static class SpaceApi
{
    private const int UsualLimit = 10, MostLimit = 200, MostLinks = 20;

    public static IEndpointRouteBuilder MapSpaces(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/v1/spaces/{space}/collections/{collection}/profiles/{id}").WithTags("Profiles").NeedsScope(Scopes.ProfilesRead).AddEndpointFilter(AnswerAsync);
        api.MapGet("/traits", TraitsAsync).WithSummary("Traits; with class=audience, the segments");
        api.MapGet("/external_ids", ExternalIdsAsync).WithSummary("Identifiers");
        api.MapGet("/events", EventsAsync).WithSummary("Events, the latest first");
        api.MapGet("/metadata", MetadataAsync).WithSummary("When and by what the profile was made and last changed");
        api.MapGet("/links", LinksAsync).WithSummary("The accounts of a user, or the users of an account");
        return routes;
    }

    private static async ValueTask<object?> AnswerAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        call.HttpContext.Response.Headers["Request-Id"] = call.HttpContext.TraceIdentifier;
        var (whole, cancel) = (call.HttpContext.RequestServices.GetRequiredService<WholeProfile>(), call.HttpContext.RequestAborted);
        if ((await whole.DeniedAsync(call.HttpContext.User, cancel)).Fields.Count > 0) return Error(403, "authentication_error", "Some fields are denied to this token. Ask /v1/profiles, which leaves them out.");
        try
        {
            return await next(call);
        }
        catch (BadInputException fault)
        {
            return Error(400, "validation_error", fault.Message);
        }
    }

    private static async Task<IResult> TraitsAsync(string collection, string id, string? limit, string? next, string? include, string? verbose, string? @class, HttpContext context, WholeProfile whole, CancellationToken cancel)
    {
        var most = Limit(limit, MostLimit);
        if (await FindPageAsync(collection, id, whole, context, cancel) is not { } page) return NotFound;
        var wanted = ProfileApi.Split(include);
        var said = @class switch
        {
            null or "" => page.Profile.Traits.Where(t => t.Value[0].Value.ValueKind is not JsonValueKind.Null).ToDictionary(t => t.Key, t => t.Value[0]),
            "audience" => page.Segments.ToDictionary(m => m.Segment, m => new TraitValue(JsonElement.Parse("true"), "segments", m.EnteredAt, "")),
            "computed_trait" => page.Measures.ToDictionary(m => m.Measure, m => new TraitValue(JsonSerializer.SerializeToElement(m.Value), "measures", m.AsOf, "")),
            _ => throw new BadInputException("class can be audience or computed_trait; leave it out for traits."),
        };
        var (shown, after) = Page(said.Where(t => wanted.Length == 0 || wanted.Contains(t.Key)).OrderBy(t => t.Key, StringComparer.Ordinal), t => t.Key, next, most);
        return Results.Ok(new { traits = shown.ToDictionary(t => t.Key, t => IsTrue(verbose) ? (object)new { value = t.Value.Value, source_id = t.Value.Source, updated_at = At(t.Value.At) } : t.Value.Value), cursor = Cursor(context, after, most) });
    }

    private static async Task<IResult> ExternalIdsAsync(string collection, string id, string? limit, string? next, string? include, HttpContext context, WholeProfile whole, CancellationToken cancel)
    {
        var most = Limit(limit, MostLimit);
        if (await FindAsync(collection, id, whole, context, cancel) is not { } profile) return NotFound;
        var wanted = ProfileApi.Split(include);
        var (shown, after) = Page(profile.Identifiers.Where(i => wanted.Length == 0 || wanted.Contains(TypeOf(i.Identifier))).OrderBy(i => i.Identifier.ToString(), StringComparer.Ordinal), i => i.Identifier.ToString(), next, most);
        return Results.Ok(new { data = shown.Select(i => External(i, collection)), cursor = Cursor(context, after, most) });
    }

    private static async Task<IResult> EventsAsync(string collection, string id, string? start, string? end, string? include, string? exclude, string? limit, string? sort, string? next, HttpContext context, WholeProfile whole, Timeline timeline, CancellationToken cancel)
    {
        var most = Limit(limit, MostLimit);
        var filter = new TimelineFilter
        {
            Names = ProfileApi.Split(include),
            Except = ProfileApi.Split(exclude),
            From = Time("start", start),
            To = Time("end", end),
            OldestFirst = sort switch { null or "" or "desc" => false, "asc" => true, _ => throw new BadInputException("sort can be asc or desc.") },
        };
        if (await FindAsync(collection, id, whole, context, cancel) is not { } profile) return NotFound;
        filter = filter with { Except = [.. filter.Except, .. WholeProfile.Events(await whole.DeniedAsync(context.User, cancel))] };
        var page = await timeline.ReadAsync(profile.Id, filter, string.IsNullOrEmpty(next) ? null : next, most, cancel);
        return Results.Ok(new { data = page.Events.Select(e => Event(e, collection, profile)), cursor = Cursor(context, page.Next, most) });
    }

    private static async Task<IResult> MetadataAsync(string collection, string id, HttpContext context, WholeProfile whole, Timeline timeline, CancellationToken cancel)
    {
        if (await FindAsync(collection, id, whole, context, cancel) is not { } profile) return NotFound;
        var first = await EndAsync(timeline, profile.Id, oldest: true, cancel);
        var last = await EndAsync(timeline, profile.Id, oldest: false, cancel);
        var changed = profile.Traits.SelectMany(t => t.Value).Select(t => t.At).Append(profile.CreatedAt).Append(last?.At ?? profile.CreatedAt).Max();
        return Results.Ok(new
        {
            metadata = new
            {
                created_at = At(profile.CreatedAt),
                updated_at = At(changed),
                expires_at = (string?)null,
                first_message_id = first?.MessageId,
                first_source_id = first?.Source,
                last_message_id = last?.MessageId,
                last_source_id = last?.Source,
            },
        });
    }

    private static async Task<TimelineEvent?> EndAsync(Timeline timeline, ProfileId id, bool oldest, CancellationToken cancel) =>
        (await timeline.ReadAsync(id, new() { OldestFirst = oldest }, null, 1, cancel)).Events is [var end, ..] ? end : null;

    private static async Task<IResult> LinksAsync(string collection, string id, string? limit, string? next, HttpContext context, ProfileReader reader, WholeProfile whole, Stores stores, CancellationToken cancel)
    {
        var most = Limit(limit, MostLinks);
        if (await FindAsync(collection, id, whole, context, cancel) is not { } profile) return NotFound;
        var other = collection == "users" ? "accounts" : "users";
        var (shown, after) = Page((await Accounts.OfAsync(stores.Ledger, profile.Id, cancel)).OrderBy(linked => linked.ToString(), StringComparer.Ordinal), linked => linked.ToString(), next, most);
        var profiles = await reader.ReadAsync(shown, cancel);
        var denied = await whole.DeniedAsync(context.User, cancel);
        return Results.Ok(new { data = shown.Where(profiles.ContainsKey).Select(linked => new { to_collection = other, external_ids = WholeProfile.Seen(profiles[linked], denied).Identifiers.Select(i => External(i, other)) }), cursor = Cursor(context, after, most) });
    }

    // Segment keeps ids in lower case and Kendt as they were sent: an id is looked for as it is written, then in lower case.
    private static async Task<Profile?> FindAsync(string collection, string id, WholeProfile whole, HttpContext context, CancellationToken cancel) =>
        (await FindPageAsync(collection, id, whole, context, cancel))?.Profile;

    private static async Task<ProfilePage?> FindPageAsync(string collection, string id, WholeProfile whole, HttpContext context, CancellationToken cancel)
    {
        if (collection is not ("users" or "accounts")) throw new BadInputException("The collection can be users or accounts.");
        if (id.StartsWith("group_id:", StringComparison.Ordinal)) id = Identifier.AccountNo + id["group_id".Length..];
        else if (id.StartsWith("phone_number:", StringComparison.Ordinal)) id = Identifier.Phone + id["phone_number".Length..];
        if (!Identifier.TryParse(id, out _)) return null;
        var found = await whole.FindAsync(id, context.User, cancel) ?? await whole.FindAsync(id.ToLowerInvariant(), context.User, cancel);
        return found is not null && found.Profile.Kind is ProfileKind.Account == (collection == "accounts") ? found : null;
    }

    /// <summary>A page of items in the order of their keys; a page's cursor is the key that the next one begins with.</summary>
    private static (List<T> Shown, string? Next) Page<T>(IEnumerable<T> ordered, Func<T, string> key, string? from, int most)
    {
        var page = ordered.Where(item => string.IsNullOrEmpty(from) || string.CompareOrdinal(key(item), from) >= 0).Take(most + 1).ToList();
        if (page.Count <= most) return (page, null);
        var next = key(page[most]);
        page.RemoveAt(most);
        return (page, next);
    }

    private static object Cursor(HttpContext context, string? next, int limit)
    {
        var url = context.Request.Path.Value!;
        if (next is not null)
        {
            var query = context.Request.Query.Where(q => q.Key != "next").SelectMany(q => q.Value, (q, value) => KeyValuePair.Create(q.Key, value)).Append(KeyValuePair.Create("next", (string?)next));
            url += QueryString.Create(query).Value;
        }
        return new { url, has_more = next is not null, next = next ?? "", limit };
    }

    private static object External(ProfileIdentifier id, string collection) =>
        new { source_id = id.Source, collection, id = id.Identifier.Value, type = TypeOf(id.Identifier), created_at = At(id.FirstSeen), encoding = "none" };

    private static object Event(TimelineEvent e, string collection, Profile profile) => new
    {
        external_ids = new[] { (Type: Identifier.UserId, Id: e.UserId), (Type: Identifier.AnonymousId, Id: e.AnonymousId) }.Where(i => i.Id is not null).Select(i => new { collection = "users", type = i.Type, id = i.Id, encoding = "none" }),
        context = JsonElement.Parse(e.Context),
        type = e.Type,
        message_id = e.MessageId,
        source_id = e.Source,
        timestamp = At(e.At),
        properties = JsonElement.Parse(e.Properties),
        @event = e.Name,
        related = new Dictionary<string, string> { [collection] = profile.Id.ToString() },
    };

    private static string TypeOf(Identifier id) => id.Type switch { Identifier.AccountNo => "group_id", var type => type };

    private static int Limit(string? limit, int most) => limit is null or "" ? Math.Min(UsualLimit, most)
        : int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 ? Math.Min(value, most)
        : throw new BadInputException($"limit has to be a number from 1 to {most}.");

    private static DateTimeOffset? Time(string field, string? text) => string.IsNullOrEmpty(text) ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at
        : throw new BadInputException($"{field} is no time: write it as 2026-01-31 or 2026-01-31T12:00:00Z.");

    private static bool IsTrue(string? text) => string.Equals(text, "true", StringComparison.OrdinalIgnoreCase);

    private static string At(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static IResult NotFound => Error(404, "not_found", "Profile was not found.");

    private static IResult Error(int status, string code, string message) => Results.Json(new { error = new { code, message } }, statusCode: status);
}
