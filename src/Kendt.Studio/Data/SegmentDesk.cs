using System.Security.Claims;
using Kendt.Model;

namespace Kendt.Studio.Data;

/// <summary>What happens in a segment, why somebody is in it or not, and its rule while it is written.</summary>
public interface ISegmentDesk
{
    /// <summary>Whether the segment is live, and who came and went; null if there is none of that name.</summary>
    Task<SegmentLife?> LifeAsync(string name, CancellationToken cancel);

    /// <summary>Why somebody is, or is not, in a segment; null where nobody is known by that.</summary>
    /// <param name="who">A user id, a profile id or type:value.</param>
    Task<WhyView?> WhyAsync(string name, string who, ClaimsPrincipal asker, CancellationToken cancel);

    /// <summary>What a rule can speak of, for those who write one.</summary>
    Task<RuleWords> WordsAsync(CancellationToken cancel);

    /// <summary>A rule in words, in the reader's language, and for how many people it holds now.</summary>
    Task<RulePreview> PreviewAsync(string json, CancellationToken cancel);

    /// <summary>What nightly checks found wrong with live members, the latest first; each was mended when it was found.</summary>
    Task<IReadOnlyList<DefectView>> DefectsAsync(int most, CancellationToken cancel);

    /// <summary>Stores a rule under a name.</summary>
    /// <exception cref="BadInputException">The name or the rule cannot be used, or this person may not; the message is shown.</exception>
    Task SaveAsync(string name, string json, ClaimsPrincipal who, CancellationToken cancel);
}

/// <summary>Somebody whom live evaluation and a full evaluation had differently.</summary>
/// <param name="WasIn">Whether live evaluation had the person in the segment.</param>
public sealed record DefectView(string Segment, ProfileId Profile, DateTimeOffset FoundAt, bool WasIn, bool ByPredicate, bool BySql, IReadOnlyList<DefectCondition> Conditions);

/// <summary>A condition by each way of judging, with what was seen.</summary>
public sealed record DefectCondition(string Condition, bool ByPredicate, bool BySql, IReadOnlyList<string> Seen);

/// <summary>How live a segment is.</summary>
/// <param name="Done">While it is being built: of <paramref name="Total"/> so many.</param>
/// <param name="Entered">Came in the last 24 hours.</param>
/// <param name="Left">Went in the last 24 hours.</param>
/// <param name="Latest">The latest to come and go, the latest first.</param>
public sealed record SegmentLife(bool IsBuilding, long Done, long Total, long Entered, long Left, IReadOnlyList<SegmentMove> Latest);

/// <summary>Somebody came into a segment or went.</summary>
/// <param name="Cause">event, trait, consent, identifier, time, merge, seen, rule or check; <paramref name="Subject"/> is the event, trait, purpose or type of identifier.</param>
public sealed record SegmentMove(ProfileId Profile, string Name, bool Entered, DateTimeOffset At, string Cause, string Subject);

/// <summary>Why somebody is, or is not, in a segment.</summary>
/// <param name="Until">The earliest moment at which time alone may change it.</param>
public sealed record WhyView(ProfileId Profile, string Name, bool IsIn, DateTimeOffset? Until, IReadOnlyList<WhyCondition> Conditions);

/// <summary>One condition of the rule, whether it holds, and what was seen.</summary>
public sealed record WhyCondition(string Condition, bool Holds, IReadOnlyList<string> Seen);

/// <summary>Names that rules can use, the most used first.</summary>
/// <param name="Identifiers">Types of identifiers that somebody has, by name.</param>
public sealed record RuleWords(IReadOnlyList<string> Traits, IReadOnlyList<string> Events, IReadOnlyList<string> Segments, IReadOnlyList<string> Purposes, IReadOnlyList<string> Identifiers);

/// <summary>A rule while it is written.</summary>
/// <param name="Fault">What is wrong with it, by its place; null if nothing is.</param>
public sealed record RulePreview(string Sentence, long Members, string? Fault);
