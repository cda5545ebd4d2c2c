using Kendt.Model;

namespace Kendt.Unify;

/// <summary>What a profile is made of, now or at an earlier moment.</summary>
/// <param name="KnownAs">The id that this profile resolved to then.</param>
/// <param name="Absorbed">Ids that resolved to it.</param>
/// <param name="Links">Those that stood then.</param>
/// <param name="LeftOut">Identifiers that were not used to tie, of or with one of these.</param>
/// <param name="History">Merges, splits and decisions, the oldest first; all of them, whatever moment is shown.</param>
public sealed record IdentityView(
    ProfileId Profile, ProfileId KnownAs, DateTimeOffset? AsOf, IReadOnlyList<IdentifierSeen> Identifiers, IReadOnlyList<ProfileId> Absorbed,
    IReadOnlyList<Link> Links, IReadOnlyList<LeftOutRow> LeftOut, IReadOnlyList<IdentityEntry> History);

/// <summary>An identifier, and by whom and when it was seen first.</summary>
public sealed record IdentifierSeen(Identifier Identifier, string Source, DateTimeOffset FirstSeen);

/// <summary>An identifier that was not used to tie.</summary>
/// <param name="With">What it would have been tied to; null where the value itself ties nobody.</param>
/// <param name="Reason">As <see cref="Unify.LeftOut"/> has it.</param>
public sealed record LeftOutRow(Identifier Identifier, Identifier? With, string Reason, string Evidence, long Times, DateTimeOffset At);

/// <summary>What an entry of a profile's history says.</summary>
public enum IdentityChange { Created, Merged, Parted, Decided, Undone }

/// <summary>One entry of a profile's history.</summary>
/// <param name="Profile">The id that it is about; of a decision the profile itself.</param>
/// <param name="Into">The survivor of a merge.</param>
/// <param name="Evidence">The message, record or decision that caused it.</param>
/// <param name="Decision">The decision, where it is one.</param>
public sealed record IdentityEntry(DateTimeOffset At, IdentityChange Change, ProfileId Profile, ProfileId? Into, string Evidence, Decision? Decision);

/// <summary>Why two identifiers are of one customer, or are not.</summary>
/// <param name="Path">The shortest way along links that stand, from left to right; empty if they are not one.</param>
/// <param name="Decisions">Decisions that keep them apart, or that confirmed them.</param>
/// <param name="LeftOut">Identifiers of one that were left out with one of the other.</param>
/// <param name="Revoked">Links between the two that no longer stand.</param>
public sealed record Why(
    Identifier Left, Identifier Right, ProfileId LeftProfile, ProfileId RightProfile, IReadOnlyList<Link> Path, IReadOnlyList<Decision> Decisions,
    IReadOnlyList<LeftOutRow> LeftOut, IReadOnlyList<Link> Revoked)
{
    public bool AreOne => LeftProfile == RightProfile;

    /// <summary>Nothing was ever seen that would tie them.</summary>
    public bool IsNoTie => !AreOne && Decisions.Count == 0 && LeftOut.Count == 0 && Revoked.Count == 0;
}

/// <summary>A value in quarantine.</summary>
/// <param name="With">With how many different profiles it was left out.</param>
/// <param name="Profile">The profile that is left with the value itself; null if it never had one.</param>
public sealed record Quarantined(Decision Decision, long With, ProfileId? Profile);
