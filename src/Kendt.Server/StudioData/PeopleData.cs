using Kendt.Model;
using Kendt.Profiles;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>Customers as Studio shows them: found in the ledger, with figures from the warehouse.</summary>
public sealed class PeopleData(ProfilePages pages, ProfileReader profiles, CustomerList list, ProfileParts parts, HouseholdDesk homes, TimeProvider time)
{
    public async Task<IReadOnlyList<PersonRow>> SuggestAsync(string text, int limit, CancellationToken cancel) =>
        string.IsNullOrWhiteSpace(text) ? [] : await list.RowsAsync(await profiles.SearchAsync(text, null, null, limit, cancel), measures: false, cancel);

    public Task<Stretch<PersonRow>> SearchAsync(PeopleQuery query, CancellationToken cancel) => list.SearchAsync(query, cancel);

    /// <param name="hides">Kinds of events that the reader may not see.</param>
    public async Task<ProfileAnswer> FindAsync(ProfileId id, Func<string, bool> hides, CancellationToken cancel)
    {
        if (await profiles.ResolveAsync(id, cancel) is not { } now) return new ProfileUnknown();
        if (now != id) return new ProfileMoved(now);
        if (await pages.ReadAsync(id.ToString(), cancel) is not { Profile: var profile, Ties: var ties }) return new ProfileUnknown();
        var measures = await parts.MeasuresAsync(id, cancel);
        return new ProfileView
        {
            Id = id,
            Kind = profile.Kind is ProfileKind.Account ? CustomerKind.Company : CustomerKind.Person,
            Name = profile.DisplayName(),
            City = profile.Text("address", "city"),
            Country = profile.Text("address", "country"),
            Since = measures.FirstSeen is { } first && first < profile.CreatedAt ? first : profile.CreatedAt,
            LastSeen = measures.LastSeen,
            Measures = measures.Shown,
            Figures = [.. (await parts.FiguresAsync(id, cancel)).Where(f => !f.Events.Any(hides))],
            Next = await parts.NextAsync(id, time.GetUtcNow(), hides, cancel),
            Identifiers = ProfileParts.Identifiers(profile),
            Traits = ProfileParts.Traits(profile),
            Consents = await parts.ConsentsAsync(id, cancel),
            Segments = await parts.SegmentsAsync(id, cancel),
            Merges = await parts.MergesAsync(profile, cancel),
            Household = await homes.OfAsync(id, cancel),
            Companies = await list.RelatedAsync([.. ties.Where(t => t.IsAbove)], cancel),
            Parts = await list.RelatedAsync([.. ties.Where(t => !t.IsAbove && t.IsCompany)], cancel),
            Contacts = await list.RelatedAsync([.. ties.Where(t => !t.IsAbove && !t.IsCompany)], cancel),
            AsOf = time.GetUtcNow(),
        };
    }
}
