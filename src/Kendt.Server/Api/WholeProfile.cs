using System.Security.Claims;
using System.Text.Json;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Store;
using Kendt.Unify;

namespace Kendt.Server.Api;

/// <summary>The 360-degree document of a customer, as the asker may see it: now, or as of a moment of the past.</summary>
public sealed class WholeProfile(Stores stores, ProfileReader reader, ProfileHistory history, Consents consents, ProfileFigures figures, FieldRights rights)
{
    /// <summary>Null if there is no such customer.</summary>
    public async Task<object?> ReadAsync(string idOrIdentifier, DateTimeOffset? asOf, ClaimsPrincipal asker, CancellationToken cancel)
    {
        var denied = await DeniedAsync(asker, cancel);
        // Whoever may not see an identifier may not find people by it either.
        if (Identifier.TryParse(idOrIdentifier, out var identifier) && denied.Identifier(identifier.Type)) return null;
        if (await reader.ReadAsync(idOrIdentifier, cancel) is not { } profile) return null;
        return await ShowAsync(profile, asOf, denied, cancel);
    }

    /// <summary>Many at once, in the order asked for; unknown ones are absent.</summary>
    public async Task<IReadOnlyList<object>> ReadManyAsync(IReadOnlyList<string> ids, ClaimsPrincipal asker, CancellationToken cancel)
    {
        var found = new List<object>();
        foreach (var id in ids) if (await ReadAsync(id, null, asker, cancel) is { } profile) found.Add(new { asked = id, profile });
        return found;
    }

    /// <summary>A customer without what the asker may not see; null if there is none, or it is asked for by an identifier that the asker may not see.</summary>
    public async Task<Profile?> FindAsync(string idOrIdentifier, ClaimsPrincipal asker, CancellationToken cancel)
    {
        var denied = await DeniedAsync(asker, cancel);
        if (Identifier.TryParse(idOrIdentifier, out var identifier) && denied.Identifier(identifier.Type)) return null;
        return await reader.ReadAsync(idOrIdentifier, cancel) is { } profile ? Seen(profile, denied) : null;
    }

    /// <summary>The customer without what is denied.</summary>
    internal static Profile Seen(Profile profile, Denied denied) => profile with
    {
        Traits = profile.Traits.Where(t => !IsDenied(t, denied)).ToDictionary(t => t.Key, t => t.Value),
        Identifiers = [.. profile.Identifiers.Where(i => !denied.Identifier(i.Identifier.Type))],
    };

    // Neither by the name that it is shown under, nor by one that a source says of it.
    private static bool IsDenied(KeyValuePair<string, IReadOnlyList<TraitValue>> trait, Denied denied) => denied.Trait(trait.Key) || trait.Value.Any(w => w.SaidAs is { } said && denied.Trait(said));

    /// <summary>The names of events that are denied.</summary>
    internal static IReadOnlyList<string> Events(Denied denied) => [.. denied.Fields.Where(f => f.StartsWith("event:", StringComparison.Ordinal)).Select(f => f[6..])];

    /// <summary>The fields that the asker may not see.</summary>
    public async Task<Denied> DeniedAsync(ClaimsPrincipal asker, CancellationToken cancel)
    {
        if (asker.FindFirstValue(ClaimTypes.Role) is { } role) return await rights.OfAsync("role:" + role.ToLowerInvariant(), cancel);
        return asker.Identity?.Name is { } name && name.StartsWith("token:", StringComparison.Ordinal) ? await rights.OfAsync(name, cancel) : Denied.Nothing;
    }

    private async Task<object> ShowAsync(Profile now, DateTimeOffset? asOf, Denied denied, CancellationToken cancel)
    {
        var profile = asOf is { } past ? await history.AtAsync(now, past, cancel) : now;
        var traits = profile.Traits.Where(t => !IsDenied(t, denied)).ToList();
        var identifiers = profile.Identifiers.Where(i => !denied.Identifier(i.Identifier.Type)).ToList();
        var links = profile.Links.Where(l => !denied.Identifier(l.Left.Type) && !denied.Identifier(l.Right.Type));
        var hidden = profile.Traits.Where(t => IsDenied(t, denied)).Select(t => "trait:" + t.Key).Concat(profile.Identifiers.Select(i => i.Identifier.Type).Where(denied.Identifier).Distinct().Select(i => "identifier:" + i)).ToList();
        var ties = await Accounts.TiesAsync(stores.Ledger, profile.Id, cancel);
        return new
        {
            id = profile.Id.ToString(),
            kind = profile.Kind.ToString().ToLowerInvariant(),
            name = hidden.Count == 0 ? profile.DisplayName() : (profile with { Traits = traits.ToDictionary(t => t.Key, t => t.Value), Identifiers = identifiers }).DisplayName(),
            createdAt = profile.CreatedAt,
            asOf,
            traits = traits.Where(t => t.Value[0].Value.ValueKind is not JsonValueKind.Null).ToDictionary(t => t.Key, t => t.Value[0].Value),
            provenance = traits.ToDictionary(t => t.Key, t => t.Value.Select(v => new { value = v.Value, source = v.Source, at = v.At, evidence = v.Evidence })),
            identifiers = identifiers.Select(i => new { type = i.Identifier.Type, value = i.Identifier.Value, source = i.Source, firstSeen = i.FirstSeen }),
            links = links.Select(l => new { left = l.Left.ToString(), right = l.Right.ToString(), rule = l.Rule, evidence = l.Evidence, source = l.Source, weight = l.Weight, at = l.At, revokedAt = l.RevokedAt }),
            mergedIds = profile.Merges.Select(m => new { id = m.Loser.ToString(), at = m.At }),
            accounts = ties.Where(t => t.IsAbove).Select(Shown),
            members = ties.Where(t => !t.IsAbove).Select(Shown),
            consents = (await consents.OfAsync(profile.Id, cancel)).Where(c => asOf is null || c.At <= asOf).Select(c => new { purpose = c.Purpose, state = c.State.ToString().ToLowerInvariant(), at = c.At, source = c.Source }),
            segments = await figures.SegmentsAsync(profile.Id, asOf, cancel),
            measures = await figures.MeasuresAsync(profile, asOf, cancel),
            masked = hidden,
        };
    }

    private static object Shown(AccountTie tie) => new { id = tie.Other.ToString(), kind = tie.IsCompany ? "account" : "person", source = tie.Source, evidence = tie.Evidence, at = tie.At };
}
