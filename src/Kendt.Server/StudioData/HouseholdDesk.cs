using Kendt.Model;
using Kendt.Profiles;
using Kendt.Store;
using Kendt.Studio.Data;
using Kendt.Unify.Batch;

namespace Kendt.Server.StudioData;

/// <summary>Households as Studio shows them: names, nothing else of their members.</summary>
public sealed class HouseholdDesk(Stores stores, ProfileReader profiles, MatchRuns runs, MatchFollow follow) : IHouseholdDesk
{
    private const int Size = 50;

    public async Task<HouseholdsView> ListAsync(int page, CancellationToken cancel)
    {
        var (counts, homes) = await stores.Ledger.ReadAsync(async s => (await HouseholdBook.CountAsync(s, cancel), await HouseholdBook.ListAsync(s, Size, (page - 1) * Size, cancel)), cancel);
        var state = follow.State;
        var followed = state.Run is { } run ? (await runs.FindAsync(run, cancel))?.Outcome.Followed : null;
        var members = await MembersAsync([.. homes.SelectMany(h => h.Members).Distinct()], cancel);
        return new([.. homes.Select(h => new HouseholdRow(h.Id, [.. h.Members.Where(members.ContainsKey).Select(m => members[m])]))], page, Size, counts.Households, counts.Persons, followed, state.Why);
    }

    /// <summary>Who lives with a person, by name; empty if nobody is known to.</summary>
    public async Task<IReadOnlyList<RelatedCustomer>> OfAsync(ProfileId id, CancellationToken cancel)
    {
        var home = await stores.Ledger.ReadAsync(s => HouseholdBook.FindAsync(s, id, cancel), cancel);
        return home is null ? [] : [.. (await MembersAsync([.. home.Members.Where(m => m != id)], cancel)).Values.OrderBy(m => m.Name, StringComparer.CurrentCultureIgnoreCase)];
    }

    private async Task<Dictionary<ProfileId, RelatedCustomer>> MembersAsync(IReadOnlyList<ProfileId> ids, CancellationToken cancel) =>
        (await profiles.ReadAsync(ids, cancel)).Values.ToDictionary(p => p.Id, p => new RelatedCustomer(p.Id, p.DisplayName(), null, null));
}
