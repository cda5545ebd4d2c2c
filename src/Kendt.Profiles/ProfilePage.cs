using Kendt.Govern;
using Kendt.Model;

namespace Kendt.Profiles;

/// <summary>A tie of a customer to a company, seen from that customer.</summary>
/// <param name="Other">By the id that holds now.</param>
/// <param name="IsAbove">The other is a company that this customer belongs to; if not, the other belongs to this one.</param>
/// <param name="IsCompany">Whether the other is a company: then it is a group and a company of it.</param>
public sealed record AccountTie(ProfileId Other, bool IsAbove, bool IsCompany, string Source, string Evidence, DateTimeOffset At);

/// <summary>All that the ledger knows of one customer now.</summary>
/// <param name="Segments">By name, with the moment of entering.</param>
public sealed record ProfilePage(
    Profile Profile, IReadOnlyList<AccountTie> Ties, IReadOnlyList<ConsentNow> Consents, IReadOnlyList<(string Segment, DateTimeOffset EnteredAt)> Segments, IReadOnlyList<MeasureOf> Measures)
{
    /// <summary>While nothing of these changes, neither does the page.</summary>
    internal IEnumerable<ProfileId> MadeOf => [Profile.Id, .. Profile.Merges.Select(m => m.Loser), .. Ties.Select(t => t.Other)];
}
