using Kendt.Unify.Matching;
using Kendt.Unify.Matching.Rules;
using Kendt.Unify.Merging;

namespace Kendt.Unify.Batch;

/// <summary>How a workspace matches its customers. A company that says nothing gets the defaults.</summary>
public sealed record MatchConfig
{
    /// <summary>The least and the greatest threshold that can be fixed, in bits.</summary>
    public const double LeastThreshold = -5, MostThreshold = 40;

    public static MatchConfig Default { get; } = new();

    /// <summary>
    /// From which weight two records are one customer: the logarithm (base 2) of the odds, so 0 is even and 10 about 1,000 to 1. Null: chosen
    /// from the data, precision counting double.
    /// </summary>
    public double? Threshold { get; init; }

    /// <summary>Rules that make two records one without learning, the more important first. Default: none.</summary>
    public IReadOnlyList<MatchRule> Rules { get; init; } = [];

    /// <summary>Whether what agreement is worth is learnt from the data and counts; if not, rules alone do. Default: true.</summary>
    public bool Learns { get; init; } = true;

    /// <summary>What is said of single sources; the others are matched as they are.</summary>
    public IReadOnlyDictionary<string, MatchSource> Sources { get; init; } = new Dictionary<string, MatchSource>();

    /// <summary>Which of the values that sources say of a trait is shown. Default: the most recent.</summary>
    public MergeConfig Merge { get; init; } = MergeConfig.None;

    /// <summary>The sources that hold nobody twice.</summary>
    public IReadOnlyList<string> CleanSources => [.. Sources.Where(s => !s.Value.HasDuplicates).Select(s => s.Key)];

    /// <summary>What is said of a source, or the default.</summary>
    public MatchSource Of(string source) => Sources.TryGetValue(source, out var said) ? said : MatchSource.Default;
}

/// <summary>How one source is matched.</summary>
public sealed record MatchSource
{
    public static MatchSource Default { get; } = new();

    /// <summary>Whether its records are matched at all. Default: true.</summary>
    public bool Use { get; init; } = true;

    /// <summary>Whether it may hold one customer twice. If not, two of its records never become one customer by matching. Default: true.</summary>
    public bool HasDuplicates { get; init; } = true;

    /// <summary>Field (a trait's path, such as <c>address.street</c>) to what it means, where it is not what is proposed.</summary>
    public IReadOnlyDictionary<string, Meaning> Map { get; init; } = new Dictionary<string, Meaning>();
}

/// <summary>What a field of a source is taken for.</summary>
/// <param name="Field">The path of the trait that a column was mapped to.</param>
/// <param name="Confidence">From 0 to 1.</param>
/// <param name="Filled">The part of the source's records that have it, from 0 to 1.</param>
/// <param name="IsGiven">The configuration says so.</param>
public sealed record FieldUse(string Source, bool IsAccount, string Field, Meaning Meaning, double Confidence, string Because, double Filled, bool IsGiven);
