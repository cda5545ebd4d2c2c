using Kendt.Unify.Matching;
using Kendt.Unify.Merging;

namespace Kendt.Unify.Batch;

/// <summary>What a run found, without anybody's data; kept with the run as JSON.</summary>
public sealed record MatchSummary
{
    /// <summary>Records and stream-only profiles that were compared.</summary>
    public long Units { get; init; }

    /// <summary>Customers before and after, among those who have units.</summary>
    public long Before { get; init; }
    public long After { get; init; }

    /// <summary>Profiles that would become part of another, and parts that would become profiles of their own.</summary>
    public long Merged { get; init; }
    public long Split { get; init; }

    /// <summary>Links to be written, taken away, and left as they are.</summary>
    public long LinksAdded { get; init; }
    public long LinksRevoked { get; init; }
    public long LinksKept { get; init; }

    /// <summary>Pairs that were not joined: a person decided so; what else is known of the two contradicts it.</summary>
    public long Forbidden { get; init; }
    public long Contradicted { get; init; }

    /// <summary>Why pairs that looked like one were not joined.</summary>
    public IReadOnlyDictionary<RefusedFor, long> Refused { get; init; } = new Dictionary<RefusedFor, long>();

    /// <summary>Pairs waiting to be answered.</summary>
    public long ToReview { get; init; }

    public IReadOnlyList<FieldUse> Fields { get; init; } = [];
    public IReadOnlyList<KindSummary> Kinds { get; init; } = [];
    public IReadOnlyList<SourcePair> Sources { get; init; } = [];
    public IReadOnlyList<SegmentEffect> Segments { get; init; } = [];
    public long Alarms { get; init; }

    /// <summary>What would be shown of people by the configured merge policy, beside the one that holds. Profiles are taken as they are, before the plan.</summary>
    public MergeEffect Merge { get; init; } = MergeEffect.None;
}

/// <summary>The matching of persons or of companies.</summary>
/// <param name="Threshold">From this weight in bits two are one.</param>
/// <param name="IsChosen">It was chosen from the data.</param>
/// <param name="TruePairs">True pairs, estimated; <paramref name="Missed"/> those of them that no key brought together.</param>
/// <param name="Weights">Pairs by weight, one for each whole bit, the weakest first.</param>
public sealed record KindSummary(
    bool IsAccount, long Units, double Threshold, bool IsChosen, long Compared, double TruePairs, double Missed, IReadOnlyList<WeightBin> Weights, IReadOnlyList<LearntComparison> Fields);

/// <summary>Pairs whose weight is at least so many bits and less than one more.</summary>
/// <param name="New">Those that are not one customer already.</param>
/// <param name="Wrong">How many of the new ones would be wrong, estimated.</param>
public sealed record WeightBin(int Bits, long Pairs, long New, double Wrong);

/// <summary>What was found between two sources, or within one.</summary>
/// <param name="Near">Pairs up to three bits below the threshold.</param>
public sealed record SourcePair(string Left, string Right, bool IsAccount, long Pairs, long Joined, long Near);

/// <summary>A segment with members among the profiles that would change.</summary>
/// <param name="Members">Members that are concerned.</param>
/// <param name="Fewer">How many fewer there would be, because two members become one.</param>
/// <param name="Mixed">Merges of a member and somebody who is none: the rule is asked again of the whole.</param>
public sealed record SegmentEffect(string Segment, long Members, long Fewer, long Mixed);
