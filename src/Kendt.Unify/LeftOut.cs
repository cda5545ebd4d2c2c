using System.Globalization;

namespace Kendt.Unify;

/// <summary>
/// Why an identifier was not used to tie a sighting, as the ledger keeps it: a word, and for some what it speaks of
/// (<c>limit:user_id</c>, <c>decision:17</c>).
/// </summary>
public static class LeftOut
{
    /// <summary>The value is one that says nothing (<see cref="IdentifierRules.Blocked"/>).</summary>
    public const string Blocked = "blocked";

    /// <summary>The value is in quarantine: many people share it.</summary>
    public const string Shared = "shared";

    /// <summary>One side is a company, the other a person.</summary>
    public const string Kinds = "kinds";

    private const string LimitPrefix = "limit:", DecisionPrefix = "decision:";

    /// <summary>The customer would have more of a type than one may have.</summary>
    public static string Limit(string type) => LimitPrefix + type;

    /// <summary>A person said that they are different.</summary>
    public static string Decision(long seq) => DecisionPrefix + seq.ToString(CultureInfo.InvariantCulture);

    /// <summary>What it speaks of: the type of a limit, the number of a decision; null for the others.</summary>
    public static string? About(string reason) => reason.IndexOf(':', StringComparison.Ordinal) is >= 0 and var at ? reason[(at + 1)..] : null;

    /// <summary>In a sentence.</summary>
    public static string English(string reason, IdentifierRules rules) => reason switch
    {
        Blocked => "the value is one that says nothing",
        Shared => "the value is shared by too many people",
        Kinds => "one is a company, the other a person",
        _ when reason.StartsWith(LimitPrefix, StringComparison.Ordinal) && About(reason) is { } type =>
            $"one customer would have more than {rules.Limit(type)} of {type}" + (rules.Period(type) is { } period ? $" within {period.TotalDays:0} days" : ""),
        _ when reason.StartsWith(DecisionPrefix, StringComparison.Ordinal) => $"decision {About(reason)} says that they are different",
        _ => reason,
    };

    // Only these say that a value may be shared: it contradicted what was known.
    internal static bool IsContradiction(string reason) => reason is Kinds || reason.StartsWith(LimitPrefix, StringComparison.Ordinal);
}
