using System.Security.Claims;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Profiles;
using Kendt.Server.Security;
using Kendt.Unify;
using Kendt.Unify.Batch;

namespace Kendt.Server.Api;

/// <summary>Who is who: what ties a profile together, why two are one or not, and what people decide about it.</summary>
internal static class IdentityApi
{
    /// <summary>A decision about two customers; each a profile id or <c>type:value</c>.</summary>
    private sealed record Pair(string? Left, string? Right, string? Reason, bool? Preview);

    private sealed record Parting(string? Profile, IReadOnlyList<string>? Identifiers, string? Reason, bool? Preview);

    private sealed record One(string? Identifier, string? Reason, bool? Preview);

    private sealed record Because(string? Reason, bool? Preview);

    public static IEndpointRouteBuilder MapIdentity(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/v1/identity").WithTags("Identity").NeedsScope(Scopes.ProfilesRead).AddEndpointFilter(ClearAsync);
        read.MapGet("/profiles/{id}", ShowAsync).WithSummary("What a profile is made of, now or as of a date: identifiers, links, what was left out, history");
        read.MapGet("/why", WhyAsync).WithSummary("Why two are one customer, or are not");
        read.MapGet("/decisions", async (bool? standing, int? limit, IdentityReader identity, CancellationToken cancel) =>
            Results.Ok((await identity.DecisionsAsync(standing ?? false, Math.Clamp(limit ?? 100, 1, 1000), cancel)).Select(Shown))).WithSummary("What people decided, the newest first");
        read.MapGet("/quarantine", async (int? limit, IdentityReader identity, CancellationToken cancel) =>
            Results.Ok((await identity.QuarantinedAsync(Math.Clamp(limit ?? 100, 1, 1000), cancel)).Select(q => new { identifier = q.Decision.Left.ToString(), leftOutWith = q.With, profile = q.Profile?.ToString(), decision = Shown(q.Decision) }))).WithSummary("Values that many people share, and that tie nobody");

        var write = routes.MapGroup("/v1/identity").WithTags("Identity").NeedsScope(Scopes.IdentityWrite).AddEndpointFilter(ClearAsync);
        write.MapPost("/confirm", async (Pair pair, IdentityReader identity, IdentityActions actions, ClaimsPrincipal user, CancellationToken cancel) =>
            Shown(await actions.ConfirmAsync(await MeantAsync(identity, pair.Left, "left", cancel), await MeantAsync(identity, pair.Right, "right", cancel), Asking(user, pair.Reason, pair.Preview), cancel))).WithSummary("They are one customer");
        write.MapPost("/forbid", async (Pair pair, IdentityReader identity, IdentityActions actions, ClaimsPrincipal user, CancellationToken cancel) =>
            Shown(await actions.ForbidAsync(await MeantAsync(identity, pair.Left, "left", cancel), await MeantAsync(identity, pair.Right, "right", cancel), Asking(user, pair.Reason, pair.Preview), cancel))).WithSummary("They are never one customer; parts them if they are");
        write.MapPost("/split", SplitAsync).WithSummary("Some identifiers of a profile are another customer");
        write.MapPost("/remove", async (One one, IdentityReader identity, IdentityActions actions, ClaimsPrincipal user, CancellationToken cancel) =>
            Shown(await actions.RemoveAsync(await MeantAsync(identity, one.Identifier, "identifier", cancel), Asking(user, one.Reason, one.Preview), cancel))).WithSummary("One identifier is not of the customer that has it");
        write.MapPost("/quarantine", async (One one, IdentityActions actions, ClaimsPrincipal user, CancellationToken cancel) =>
            Shown(await actions.QuarantineAsync(Parse(one.Identifier, "identifier"), Asking(user, one.Reason, one.Preview), cancel))).WithSummary("Many people share this value: it ties nobody");
        write.MapPost("/release", async (One one, IdentityActions actions, ClaimsPrincipal user, CancellationToken cancel) =>
            Shown(await actions.ReleaseAsync(Parse(one.Identifier, "identifier"), Asking(user, one.Reason, one.Preview), cancel))).WithSummary("The value is one customer's after all");
        write.MapPost("/decisions/{seq:long}/undo", async (long seq, Because? because, IdentityActions actions, ClaimsPrincipal user, CancellationToken cancel) =>
            Shown(await actions.UndoAsync(seq, Asking(user, because?.Reason, because?.Preview), cancel))).WithSummary("Takes a decision back");
        return routes;
    }

    // Identity is about identifiers: who may not see all of them in clear may not see it.
    private static async ValueTask<object?> ClearAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var denied = await context.HttpContext.RequestServices.GetRequiredService<WholeProfile>().DeniedAsync(context.HttpContext.User, context.HttpContext.RequestAborted);
        return denied.Fields.Any(f => f.StartsWith("identifier:", StringComparison.Ordinal))
            ? Results.Problem("Some identifiers are hidden from you, and identity shows all of them. Ask an administrator.", statusCode: 403, title: "Not allowed")
            : await next(context);
    }

    private static async Task<IResult> ShowAsync(string id, string? asOf, ProfileReader profiles, IdentityReader identity, IdentifierRules rules, CancellationToken cancel)
    {
        DateTimeOffset? moment = asOf is null ? null : IsoTime.TryParse(asOf, out var at) ? at : throw new BadInputException($"asOf is '{asOf}': write an ISO date-time such as 2026-01-31 or 2026-01-31T12:00:00Z.");
        var profile = ProfileId.TryParse(id, out var named) ? named : Identifier.TryParse(id, out var identifier) ? await profiles.FindAsync(identifier, cancel) : null;
        var view = profile is { } found ? await identity.ShowAsync(found, moment, cancel) : null;
        if (view is null) return Results.Problem("There is no such profile, or there was none then. Give a profile id or type:value such as email:anna@example.com.", statusCode: 404, title: "Not found");
        return Results.Ok(new
        {
            profile = view.Profile.ToString(),
            knownAs = view.KnownAs.ToString(),
            asOf = view.AsOf,
            identifiers = view.Identifiers.Select(i => new { identifier = i.Identifier.ToString(), source = i.Source, firstSeen = i.FirstSeen }),
            absorbed = view.Absorbed.Select(a => a.ToString()),
            links = view.Links.Select(Shown),
            leftOut = view.LeftOut.Select(l => Shown(l, rules)),
            history = view.History.Select(h => new { at = h.At, change = Word(h.Change), profile = h.Profile.ToString(), into = h.Into?.ToString(), evidence = h.Evidence, decision = h.Decision is null ? null : Shown(h.Decision) }),
        });
    }

    private static async Task<IResult> WhyAsync(string? left, string? right, IdentityReader identity, IdentifierRules rules, CancellationToken cancel)
    {
        var why = await identity.WhyAsync(Given(left, "left"), Given(right, "right"), cancel);
        return Results.Ok(new
        {
            left = new { identifier = why.Left.ToString(), profile = why.LeftProfile.ToString() },
            right = new { identifier = why.Right.ToString(), profile = why.RightProfile.ToString() },
            areOne = why.AreOne,
            path = why.Path.Select(Shown),
            decisions = why.Decisions.Select(Shown),
            leftOut = why.LeftOut.Select(l => Shown(l, rules)),
            revoked = why.Revoked.Select(Shown),
            noTie = why.IsNoTie,
        });
    }

    private static async Task<object> SplitAsync(Parting parting, ProfileReader profiles, IdentityActions actions, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (parting.Identifiers is not { Count: > 0 }) throw new BadInputException("identifiers is missing: list those that are another customer, as type:value.");
        var moved = parting.Identifiers.Select(i => Parse(i, "identifiers")).ToHashSet();
        var asked = Given(parting.Profile, "profile");
        var profile = (ProfileId.TryParse(asked, out var id) ? await profiles.ResolveAsync(id, cancel) : await profiles.FindAsync(Parse(asked, "profile"), cancel)) ?? throw new BadInputException("profile: there is no such profile.");
        return Shown(await actions.SplitAsync(profile, moved, Asking(user, parting.Reason, parting.Preview), cancel));
    }

    private static IdentityActions.Asking Asking(ClaimsPrincipal user, string? reason, bool? preview) => new(user.Actor(), reason ?? "", preview is true);

    private static async Task<Identifier> MeantAsync(IdentityReader identity, string? text, string field, CancellationToken cancel) => await identity.MeantAsync(Given(text, field), cancel);

    private static string Given(string? text, string field) => string.IsNullOrWhiteSpace(text) ? throw new BadInputException($"{field} is missing: give a profile id, or type:value such as email:anna@example.com.") : text;

    private static Identifier Parse(string? text, string field) => Identifier.TryParse(text, out var identifier) ? identifier : throw new BadInputException($"{field} is not an identifier: write type:value, such as email:anna@example.com.");

    private static object Shown(IdentityOutcome outcome) => new
    {
        decision = Shown(outcome.Decision),
        preview = outcome.IsPreview,
        shares = outcome.Shares.Select(s => new { from = s.From.ToString(), to = s.To?.ToString(), identifiers = s.Identifiers.Select(i => i.ToString()), events = s.Events, consents = s.Consents }),
        merges = outcome.Merges.Select(m => new { id = m.Loser.ToString(), into = m.Survivor.ToString() }),
        profiles = outcome.IsPreview ? [] : outcome.Profiles.Select(p => p.ToString()),
        pending = outcome.IsPending,
    };

    private static object Shown(Link l) => new { left = l.Left.ToString(), right = l.Right.ToString(), rule = l.Rule, evidence = l.Evidence, source = l.Source, weight = l.Weight, at = l.At, revokedAt = l.RevokedAt, revokedBy = l.RevokedAt is null ? null : l.RevokedBy, why = Waterfall.Read(l.Detail).Select(b => new { what = b.What, level = b.Level, bits = b.Bits }) };

    private static object Shown(LeftOutRow l, IdentifierRules rules) => new { identifier = l.Identifier.ToString(), with = l.With?.ToString(), reason = l.Reason, because = LeftOut.English(l.Reason, rules), evidence = l.Evidence, times = l.Times, at = l.At };

    private static object Shown(Decision d) => new
    {
        seq = d.Seq,
        kind = Word(d.Kind),
        left = d.Left.ToString(),
        right = d.Right?.ToString(),
        moved = d.Moved.Select(m => m.ToString()),
        actor = d.Actor,
        reason = d.Reason,
        at = d.At,
        undoneAt = d.UndoneAt,
        undoneBy = d.UndoneBy,
    };

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
