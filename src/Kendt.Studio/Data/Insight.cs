using System.Security.Claims;
using Kendt.Model;

namespace Kendt.Studio.Data;

/// <summary>What segments tell. Every number names its people, as a rule or a query.</summary>
public interface IInsightDesk
{
    /// <summary>What sets members apart; null if there is no such segment.</summary>
    /// <param name="among">A segment to look at instead of everybody.</param>
    /// <param name="exact">Everybody is looked at, however many.</param>
    Task<ApartView?> ApartAsync(string segment, string? among, bool exact, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Two segments by <c>trait:NAME</c> or <c>measure:NAME</c>.</summary>
    /// <exception cref="BadInputException">One of the three is not known.</exception>
    Task<CompareView> CompareAsync(string a, string b, string of, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Members at the end of each day, and those who came and went on it; empty if there is no such segment.</summary>
    Task<IReadOnlyList<DayMoves>> TrendAsync(string segment, int days, CancellationToken cancel);

    /// <exception cref="BadInputException">Fewer than two segments, too many, or one that is not known.</exception>
    Task<OverlapView> OverlapAsync(IReadOnlyList<string> segments, CancellationToken cancel);

    /// <summary>Segments that could be.</summary>
    /// <param name="kind">families, clusters or subgroups.</param>
    /// <param name="measure">Of subgroups.</param>
    /// <exception cref="BadInputException">The kind or measure is not known.</exception>
    Task<SuggestedView> SuggestedAsync(string kind, string? measure, ClaimsPrincipal who, CancellationToken cancel);

    /// <exception cref="BadInputException">The steps, times or segments cannot be.</exception>
    Task<FunnelView> FunnelAsync(FunnelAsk ask, ClaimsPrincipal who, CancellationToken cancel);

    /// <exception cref="BadInputException">The unit, the number of periods or the segment cannot be.</exception>
    Task<CohortView> CohortsAsync(CohortAsk ask, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Names to choose from.</summary>
    Task<InsightWords> WordsAsync(CancellationToken cancel);
}

/// <summary>Names of events, traits, measures and segments, for the forms.</summary>
public sealed record InsightWords(IReadOnlyList<string> Events, IReadOnlyList<string> Traits, IReadOnlyList<string> Measures, IReadOnlyList<string> Segments);

/// <summary>What sets members apart.</summary>
/// <param name="Looked">Of how many people; fewer than all makes counts estimates.</param>
/// <param name="Asked">Features that were looked into.</param>
public sealed record ApartView(DateTimeOffset AsOf, long People, long Members, long Looked, int Asked, IReadOnlyList<FindingView> Findings);

/// <summary>Something that members have more or less often.</summary>
/// <param name="What">In the reader's language.</param>
/// <param name="Index">100 where members are like all.</param>
/// <param name="OfMembers">Part of the members who have it, 0 to 1.</param>
/// <param name="IsOwn">The segment's own rule looks at it.</param>
/// <param name="Link">An address inside Studio with the people.</param>
public sealed record FindingView(string What, double Index, double Low, double High, double OfMembers, double OfAll, long Members, bool IsOwn, string Link);

/// <summary>A day of a segment.</summary>
public sealed record DayMoves(DateTimeOffset Day, long Size, long Entered, long Left);

/// <summary>How segments share members.</summary>
public sealed record OverlapView(DateTimeOffset AsOf, long People, IReadOnlyList<OverlapSegment> Segments, IReadOnlyList<OverlapPart> Parts, IReadOnlyList<OverlapPair> Pairs);

/// <summary>A segment that was chosen.</summary>
public sealed record OverlapSegment(string Name, string Title, long Members);

/// <summary>People in exactly these of the segments; <paramref name="In"/> is true at the places of those.</summary>
public sealed record OverlapPart(IReadOnlyList<bool> In, long People, string Link);

/// <summary>Two of them.</summary>
public sealed record OverlapPair(string A, string B, long Both, double Jaccard, double? Lift, string Link);

/// <summary>Two segments by one trait or measure.</summary>
/// <param name="Means">The difference of the means with its interval; null where there are no numbers.</param>
/// <param name="Holders">How many of them have a text of it.</param>
/// <param name="Values">How many different ones; where there are about as many as people, there are no parts.</param>
/// <param name="Fits">What they can be compared by, <c>trait:NAME</c> or <c>measure:NAME</c>, where this does not do.</param>
public sealed record CompareView(DateTimeOffset AsOf, string A, string B, long MembersA, long MembersB, long Both, NumberLook? NumbersA, NumberLook? NumbersB, Gap? Means, long Holders, long Values, IReadOnlyList<string> Fits, IReadOnlyList<ComparePart> Parts);

/// <summary>How numbers lie.</summary>
public sealed record NumberLook(long Count, double Mean, double LowerQuarter, double Median, double UpperQuarter);

/// <summary>A difference and the interval that has the truth in it 19 times of 20.</summary>
public sealed record Gap(double Value, double Low, double High);

/// <summary>A value or band, and the part of each segment that has it.</summary>
public sealed record ComparePart(string What, double OfA, double OfB, Gap? Difference, string Link);

/// <summary>Segments that could be.</summary>
/// <param name="Looked">How many people were looked at.</param>
public sealed record SuggestedView(DateTimeOffset AsOf, long Looked, IReadOnlyList<SuggestedSegment> Segments);

/// <summary>One of them.</summary>
/// <param name="Key">A family's key, or empty.</param>
/// <param name="Name">In the reader's language, where there is no key.</param>
/// <param name="Found">Of a subgroup: mean where it was found; null for the others.</param>
/// <param name="Held">Of a subgroup: mean of those who had no part in the search.</param>
/// <param name="RuleJson">The segment, ready to be saved.</param>
public sealed record SuggestedSegment(string Key, string Name, string What, long People, double Mean, double PartOfSum, double? Found, double? Held, string RuleJson);

/// <summary>What a funnel is asked for; times as in <c>7d</c>, or empty.</summary>
/// <param name="Exact">Everybody is looked at, however many.</param>
public sealed record FunnelAsk(IReadOnlyList<string> Steps, string Span, string Within, IReadOnlyList<string> By, bool Exact);

/// <summary>A funnel.</summary>
/// <param name="Looked">How many of those who did the first step were looked at; fewer than all makes the rest estimates.</param>
public sealed record FunnelView(DateTimeOffset AsOf, long Looked, IReadOnlyList<FunnelStage> Stages, IReadOnlyList<string> By);

/// <summary>One step of it.</summary>
/// <param name="Low">The lower end of the interval around the part of the first; the part itself where all were looked at.</param>
/// <param name="Median">Time since the step before, at each person's shortest.</param>
/// <param name="Groups">People of each segment that was asked for.</param>
public sealed record FunnelStage(string Event, long People, double OfFirst, double Low, double High, double OfBefore, TimeSpan? Median, string Link, string? LostLink, IReadOnlyList<long> Groups);

/// <summary>What cohorts are asked for.</summary>
public sealed record CohortAsk(string First, string Back, string Unit, int Periods, string? Segment);

/// <summary>Cohorts, the oldest first.</summary>
public sealed record CohortView(DateTimeOffset AsOf, IReadOnlyList<CohortLine> Lines, IReadOnlyList<double?> Average);

/// <summary>People who began in one period.</summary>
public sealed record CohortLine(DateTimeOffset From, long People, string Link, IReadOnlyList<CohortBack> Back);

/// <summary>Those who came back so many periods later.</summary>
/// <param name="IsOver">The period has ended.</param>
public sealed record CohortBack(long People, bool IsOver, string Link);
