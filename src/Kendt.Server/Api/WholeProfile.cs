using System.Security.Claims;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Profiles;

namespace Kendt.Server.Api;

/// <summary>The 360-degree document of a customer, as the asker may see it: now, or as of a moment of the past.</summary>
public sealed class WholeProfile(ProfilePages pages, ProfileHistory history, ProfileFigures figures, FieldRights rights)
{
    /// <summary>As JSON in UTF-8; null if there is no such customer.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(string idOrIdentifier, DateTimeOffset? asOf, ClaimsPrincipal asker, CancellationToken cancel)
    {
        var denied = await DeniedAsync(asker, cancel);
        if (IsHidden(idOrIdentifier, denied)) return null;
        if (asOf is not { } past) return await pages.WrittenAsync(idOrIdentifier, denied.Key, page => PageJson.Write(page, null, denied), cancel);
        if (await pages.ReadAsync(idOrIdentifier, cancel) is not { } now) return null;
        var then = now with
        {
            Profile = await history.AtAsync(now.Profile, past, cancel),
            Consents = [.. now.Consents.Where(c => c.At <= past)],
            Segments = await figures.SegmentsAsync(now.Profile.Id, past, cancel),
            Measures = await figures.MeasuresAsync(now.Profile.Id, past, cancel),
        };
        return PageJson.Write(then, past, denied);
    }

    /// <summary>A customer's page without what the asker may not see of the profile; null if there is none, or it is asked for by an identifier that the asker may not see.</summary>
    public async Task<ProfilePage?> FindAsync(string idOrIdentifier, ClaimsPrincipal asker, CancellationToken cancel)
    {
        var denied = await DeniedAsync(asker, cancel);
        if (IsHidden(idOrIdentifier, denied)) return null;
        return await pages.ReadAsync(idOrIdentifier, cancel) is { } page ? page with { Profile = Seen(page.Profile, denied) } : null;
    }

    /// <summary>The customer without what is denied.</summary>
    internal static Profile Seen(Profile profile, Denied denied) => denied.Fields.Count == 0 ? profile : profile with
    {
        Traits = profile.Traits.Where(t => !IsDenied(t, denied)).ToDictionary(t => t.Key, t => t.Value),
        Identifiers = [.. profile.Identifiers.Where(i => !denied.Identifier(i.Identifier.Type))],
        Links = [.. profile.Links.Where(l => !denied.Identifier(l.Left.Type) && !denied.Identifier(l.Right.Type))],
    };

    // Neither by the name that it is shown under, nor by one that a source says of it.
    private static bool IsDenied(KeyValuePair<string, IReadOnlyList<TraitValue>> trait, Denied denied) => denied.Trait(trait.Key) || trait.Value.Any(w => w.SaidAs is { } said && denied.Trait(said));

    /// <summary>The names of events that are denied.</summary>
    internal static IReadOnlyList<string> Events(Denied denied) => [.. denied.Fields.Where(f => f.StartsWith("event:", StringComparison.Ordinal)).Select(f => f[6..])];

    /// <summary>The fields that the asker may not see.</summary>
    public ValueTask<Denied> DeniedAsync(ClaimsPrincipal asker, CancellationToken cancel)
    {
        if (asker.FindFirstValue(ClaimTypes.Role) is { } role) return rights.OfAsync("role:" + role.ToLowerInvariant(), cancel);
        return asker.Identity?.Name is { } name && name.StartsWith("token:", StringComparison.Ordinal) ? rights.OfAsync(name, cancel) : new(Denied.Nothing);
    }

    // Whoever may not see an identifier may not find people by it either.
    private static bool IsHidden(string idOrIdentifier, Denied denied) => denied.Fields.Count > 0 && Identifier.TryParse(idOrIdentifier, out var identifier) && denied.Identifier(identifier.Type);
}
