using Kendt.Model;

namespace Kendt.Unify;

/// <summary>What can be decided about identity. <see cref="Split"/> says that the moved part is not the rest.</summary>
public enum DecisionKind { Same, Different, Split, Quarantine, Release }

/// <summary>What somebody decided about who is who. It stands until it is undone, and what was seen later does not overrule it.</summary>
/// <param name="Seq">Its number, growing in the order in which decisions were made.</param>
/// <param name="Left">What it is about; of a split the strongest identifier that was moved.</param>
/// <param name="Right">The other side; null for quarantine and release. Of a split the strongest identifier that stayed.</param>
/// <param name="Moved">The identifiers that a split moved.</param>
/// <param name="Actor">Who: a member, a token, or <c>kendt</c> where a value was learnt to be shared.</param>
/// <param name="Reason">Why, in the actor's words.</param>
public sealed record Decision(
    long Seq, DecisionKind Kind, Identifier Left, Identifier? Right, IReadOnlyList<Identifier> Moved, string Actor, string Reason,
    DateTimeOffset At, DateTimeOffset? UndoneAt, string? UndoneBy)
{
    /// <summary>The actor of what Kendt learnt itself.</summary>
    public const string Learnt = "kendt";

    /// <summary>How links and merges that it caused name it.</summary>
    public string Evidence => EvidenceOf(Seq);

    internal static string EvidenceOf(long seq) => System.FormattableString.Invariant($"decision:{seq}");
}

/// <summary>What a decision changed.</summary>
/// <param name="Decision">As it was kept.</param>
/// <param name="Moves">Identifiers whose profile is another now; their events, traits, consent and companies follow (<see cref="Reattribution"/>).</param>
/// <param name="Merges">Profile ids that became part of another.</param>
/// <param name="Profiles">The profiles that it was about, as they are called now.</param>
public sealed record Decided(Decision Decision, IReadOnlyList<Move> Moves, IReadOnlyList<Merge> Merges, IReadOnlyList<ProfileId> Profiles);

/// <summary>An identifier that went from one profile to another.</summary>
public sealed record Move(Identifier Identifier, ProfileId From, ProfileId To);

/// <summary>What a decision did, or in a preview would do.</summary>
/// <param name="Shares">What goes from one profile to another.</param>
/// <param name="IsPending">Events, traits and consent are still on their way to their owners.</param>
public sealed record IdentityOutcome(Decision Decision, IReadOnlyList<MovedShare> Shares, IReadOnlyList<Merge> Merges, IReadOnlyList<ProfileId> Profiles, bool IsPreview, bool IsPending);

/// <summary>A share of a profile that goes to another.</summary>
/// <param name="To">Null in a preview where the other profile is not there yet.</param>
/// <param name="Events">How many events the moved identifiers named; <paramref name="Consents"/> the same for decisions about consent.</param>
public sealed record MovedShare(ProfileId From, ProfileId? To, IReadOnlyList<Identifier> Identifiers, long Events, long Consents);

/// <summary>Evidence that two identifiers belong together.</summary>
/// <param name="Rule"><c>seen_together</c>, <c>confirmed</c> (a person said so), <c>kept_together</c> (the parts of a split), <c>learnt</c> or a matching rule's name.</param>
/// <param name="Weight">How sure it is: 1 for what was seen or said, the chance of it for what was matched.</param>
/// <param name="RevokedBy">The decision that took it away; it stays when the link is given back.</param>
public sealed record Link(Identifier Left, Identifier Right, string Rule, string Evidence, string Source, double Weight, DateTimeOffset At, DateTimeOffset? RevokedAt, long? RevokedBy)
{
    /// <summary>Rules of links that Unify makes itself.</summary>
    public const string SeenTogether = "seen_together", Confirmed = "confirmed", KeptTogether = "kept_together", Learnt = "learnt";

    /// <summary>What the name of a deterministic matching rule begins with.</summary>
    public const string RulePrefix = "rule:";

    /// <summary>Why a matched pair has its weight, as JSON (<see cref="Batch.Waterfall"/>); null for other links.</summary>
    public string? Detail { get; init; }

    /// <summary>Matching made it, and matching may take it away.</summary>
    public bool IsMatched => Rule == Learnt || Rule.StartsWith(RulePrefix, StringComparison.Ordinal);

    /// <summary>The end that is not this one.</summary>
    public Identifier Other(Identifier end) => Left == end ? Right : Left;
}
