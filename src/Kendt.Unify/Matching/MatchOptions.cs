using Kendt.Unify.Matching.Reading;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Unify.Matching;

/// <summary>How to match. With nothing but <see cref="Id"/> everything is learnt.</summary>
public sealed record MatchOptions
{
    /// <summary>The column that names the rows.</summary>
    public required Column Id { get; init; }

    /// <summary>The column that names each row's source, when sources without duplicates of their own are linked; null finds duplicates anywhere.</summary>
    public Column? Link { get; init; }

    /// <summary>The column that names each row's source: for rules within one source, cleaning first and numbers by source. Default: <see cref="Link"/>.</summary>
    public Column? Source { get; init; }

    /// <summary>Whether duplicates within a source are found before what its profiles have in other sources. Default: no.</summary>
    public bool CleanFirst { get; init; }

    /// <summary>Of the <see cref="Source"/>s those that hold nobody twice: two of their records never come together. Default: none; with <see cref="Link"/> all.</summary>
    public IReadOnlyList<string> CleanSources { get; init; } = [];

    /// <summary>Rules that hold besides what is learnt, the more important first. Default: none.</summary>
    public IReadOnlyList<MatchRule> Rules { get; init; } = [];

    /// <summary>Whether weights are learnt (or taken from <see cref="Model"/>) and count; else rules alone do. Default: yes.</summary>
    public bool UsesWeights { get; init; } = true;

    /// <summary>What was learnt before; null learns from the table.</summary>
    public MatchModel? Model { get; init; }

    /// <summary>
    /// The weight (logarithm of the odds, base 2) from which a learnt pair counts as one. Default: the model's; without a model the one with the
    /// best expected outcome.
    /// </summary>
    public double? Threshold { get; init; }

    /// <summary>Pairs of rows that are one whatever else is said.</summary>
    public IReadOnlyList<RowPair> Always { get; init; } = [];

    /// <summary>Pairs of rows that never come into one cluster, by whatever way; stronger than <see cref="Always"/>.</summary>
    public IReadOnlyList<RowPair> Never { get; init; } = [];

    /// <summary>What chance follows from. Default: 7.</summary>
    public ulong Seed { get; init; } = 7;

    /// <summary>Groups that share a key are compared whole up to this size, and cut beyond. Default: 25.</summary>
    public int LargestBlock { get; init; } = 25;

    /// <summary>At most about so many pairs are compared for each record. Default: 5.</summary>
    public int PairsPerRecord { get; init; } = 5;
}
