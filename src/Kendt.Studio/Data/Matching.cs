using System.Security.Claims;
using Kendt.Model;
using Kendt.Unify.Batch;
using Kendt.Unify.Merging;

namespace Kendt.Studio.Data;

/// <summary>Matching, as a person configures it, looks at its plan and answers what it is not sure of.</summary>
public interface IMatchDesk
{
    /// <summary>What holds and what the newest run found.</summary>
    /// <exception cref="BadInputException">This person may not see customers as they are; the message is shown.</exception>
    Task<MatchBoard> BoardAsync(ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Examples of pairs at or above a weight and below it, the nearest first.</summary>
    Task<MatchExamples> ExamplesAsync(Guid run, double bits, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>What the kept merge policy would show otherwise, with people of whom one trait is said; the most changed trait if none is named.</summary>
    Task<MergingView> MergeAsync(string? trait, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Keeps a configuration; it holds from the next plan on.</summary>
    /// <exception cref="BadInputException">It cannot be used, or this person may not; the message is shown.</exception>
    Task SaveAsync(MatchConfig config, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Starts a run.</summary>
    Task PlanAsync(ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Starts to apply a plan.</summary>
    Task ApplyAsync(Guid run, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>What the newest plan would change; null if there is none.</summary>
    Task<ChangesView?> ChangesAsync(ChangeKind? kind, bool onlyAlarms, int page, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>The next uncertain pair; null if there is no run.</summary>
    /// <param name="number">One that is asked for by its number.</param>
    Task<ReviewView?> ReviewAsync(long? number, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Keeps an answer: same, different or skip.</summary>
    Task AnswerAsync(Guid run, long number, string answer, ClaimsPrincipal who, CancellationToken cancel);
}

/// <summary>What holds and what was found.</summary>
/// <param name="Run">The newest run with a plan; null if there is none.</param>
/// <param name="MayChange">This person may configure, plan and apply.</param>
public sealed record MatchBoard(MatchConfig Config, MatchRunRow? Run, bool MayChange);

/// <summary>A record beside another, field by field.</summary>
public sealed record SideBySide(Identifier Left, Identifier Right, IReadOnlyList<SideField> Fields, double Chance, double? Bits, IReadOnlyList<WaterfallBar> Bars);

/// <summary>One field of two records; null where one has none.</summary>
public sealed record SideField(string Name, string? Left, string? Right);

/// <summary>What the kept merge policy would change.</summary>
/// <param name="Sources">All sources that say something of traits.</param>
/// <param name="Trait">The trait that people are shown by.</param>
public sealed record MergingView(MergeEffect Effect, IReadOnlyList<string> Sources, string? Trait, IReadOnlyList<MergePerson> People);

/// <summary>Somebody as the policy that holds and the one that is kept show them; null where nothing is shown.</summary>
/// <param name="Words">All that could be shown, the one that would be first.</param>
public sealed record MergePerson(ProfileId Profile, string Name, MergeWord? Before, MergeWord? After, IReadOnlyList<MergeWord> Words);

/// <summary>What a source says.</summary>
/// <param name="SaidAs">The name that it says, where it is shown under another.</param>
public sealed record MergeWord(string Text, string Source, DateTimeOffset At, string? SaidAs);

/// <summary>Pairs on both sides of a weight.</summary>
public sealed record MatchExamples(IReadOnlyList<SideBySide> Above, IReadOnlyList<SideBySide> Below);

/// <summary>A page of what a plan would change.</summary>
public sealed record ChangesView(MatchRunRow Run, IReadOnlyList<ChangeView> Changes, int Page, int Size, bool HasMore, bool MayChange);

/// <summary>One change with its links.</summary>
public sealed record ChangeView(PlannedChange Change, IReadOnlyList<ChangeLink> Links);

/// <summary>A link that is added or taken away.</summary>
public sealed record ChangeLink(bool IsAdded, string Rule, SideBySide Pair);

/// <summary>The pair that is asked about.</summary>
/// <param name="Pair">Null when all are answered.</param>
public sealed record ReviewView(Guid Run, long Number, SideBySide? Pair, long Open, long Answered, bool MayAnswer);
