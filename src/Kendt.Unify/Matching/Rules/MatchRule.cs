using System.Runtime.InteropServices;

namespace Kendt.Unify.Matching.Rules;

/// <summary>How two values must compare for a condition to hold. A missing value makes no condition hold.</summary>
public enum Likeness
{
    /// <summary>As they were given, letter by letter.</summary>
    Exact,

    /// <summary>The same after normalising: case, marks, spaces, country codes, abbreviations, order of a date.</summary>
    Normalised,

    /// <summary>At least so alike; other forms of a given name count as alike.</summary>
    Fuzzy,

    /// <summary>Both are there, and they are less alike than that.</summary>
    Different,
}

/// <summary>One condition of a <see cref="MatchRule"/>.</summary>
/// <param name="Of">
/// A column's name, or the name of a <see cref="Meaning"/> (<c>email</c>): of several columns with that meaning, one must hold. Each is compared
/// with itself.
/// </param>
/// <param name="How">How the two values must compare.</param>
/// <param name="AtLeast">For <see cref="Likeness.Fuzzy"/> and <see cref="Likeness.Different"/>: how alike, 0 to 1 (Jaro-Winkler of normalised text).</param>
public sealed record MatchCondition(string Of, Likeness How = Likeness.Normalised, double AtLeast = 0.9);

/// <summary>
/// A rule that makes two records one without learning: all of its conditions hold, and then none of its exceptions does. Rules stand above what
/// was learnt, and below the decisions of people and plain contradictions.
/// </summary>
public sealed record MatchRule
{
    /// <summary>What it is called; links that it makes carry the name.</summary>
    public required string Name { get; init; }

    /// <summary>Conditions that must all hold.</summary>
    public required IReadOnlyList<MatchCondition> All { get; init; }

    /// <summary>Exceptions: a pair for which one of them holds is not the rule's.</summary>
    public IReadOnlyList<MatchCondition> Unless { get; init; } = [];

    /// <summary>Only for two records of this source, as its column has it; null: for all.</summary>
    public string? Within { get; init; }
}

/// <summary>Two rows of a table; which is named first does not matter.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RowPair(int Left, int Right);
