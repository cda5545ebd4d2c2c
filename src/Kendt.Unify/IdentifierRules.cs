using System.Collections.Frozen;
using Kendt.Model;

namespace Kendt.Unify;

/// <summary>
/// What each type of identifier may do: how strong it is, and how many of it one profile may have, ever or within a period.
/// When two profiles would together have more than that, they are not one person, and the weaker identifier is left out.
/// A value that was left out so with many different profiles is shared, and from then on ties nobody.
/// </summary>
public sealed record IdentifierRules
{
    private static readonly FrozenSet<string> SaysNothing = FrozenSet.Create(StringComparer.Ordinal,
        "-1", "0", "unknown", "null", "undefined", "none", "n/a", "na", "nan", "anonymous", "guest", "test", "user", "nil", "void", "true", "false",
        "test@test.com", "test@test.dk", "test@example.com", "noreply@example.com", "a@a.com", "a@a.dk", "asdf@asdf.com", "no@email.com", "ingen@email.dk");

    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    /// <summary>The rules that hold unless a workspace says otherwise.</summary>
    public static IdentifierRules Default { get; } = new();

    /// <summary>Strongest first; a type that is not named comes after record keys and before <c>anonymous_id</c>.</summary>
    public IReadOnlyList<IdentifierRule> Types { get; init; } =
    [
        new(Identifier.UserId, 1), new(Identifier.LoyaltyNo, 1), new(Identifier.AccountNo, 1),
        new(Identifier.Email, 5), new(Identifier.Phone, 5), new(Identifier.AnonymousId, 100, Month), new(Identifier.Device, 100, Month),
    ];

    /// <summary>How many identifiers of a type that has no rule one profile may have. Default: 20.</summary>
    public int OtherLimit { get; init; } = 20;

    /// <summary>With how many different profiles a value must have been left out to be held for shared. Default: 5.</summary>
    public int SharedBy { get; init; } = 5;

    /// <summary>Values that people write when they do not want to say; compared in lower case. They never identify anybody.</summary>
    public IReadOnlySet<string> Blocked { get; init; } = SaysNothing;

    public int Priority(string type)
    {
        for (var i = 0; i < Types.Count; i++) if (Types[i].Type == type) return type is Identifier.AnonymousId or Identifier.Device ? 100 + i : i;
        return 50;
    }

    public int Limit(string type) => Of(type)?.PerProfile ?? OtherLimit;

    /// <summary>The period that a type's limit is for; null if it holds for ever.</summary>
    public TimeSpan? Period(string type) => Of(type)?.Within;

    /// <summary>Record keys before all others, then by <see cref="Priority"/>; the smaller is the stronger.</summary>
    public int Rank(Identifier identifier) => identifier.Type.StartsWith("record:", StringComparison.Ordinal) ? -1 : Priority(identifier.Type);

    /// <summary>The strongest first; equals in the order of their text, so that the order is always the same.</summary>
    public IOrderedEnumerable<Identifier> Strongest(IEnumerable<Identifier> identifiers) =>
        identifiers.OrderBy(Rank).ThenBy(i => i.Type, StringComparer.Ordinal).ThenBy(i => i.Value, StringComparer.Ordinal);

    private IdentifierRule? Of(string type)
    {
        foreach (var rule in Types) if (rule.Type == type) return rule;
        return null;
    }

    /// <summary>A listed value, or one character over and over (<c>00000000</c>, <c>+4599999999</c>, <c>xxxx</c>).</summary>
    public bool IsBlocked(Identifier identifier)
    {
        if (Blocked.Contains(identifier.Value.ToLowerInvariant())) return true;
        if (identifier.Type is not Identifier.Phone) return identifier.Type is Identifier.UserId or Identifier.LoyaltyNo or Identifier.Email && identifier.Value.Length >= 4 && identifier.Value.AsSpan().IndexOfAnyExcept(identifier.Value[0]) < 0;
        var digits = identifier.Value.AsSpan().TrimStart('+');
        var tail = digits.Length > 8 ? digits[^8..] : digits;
        return tail.IndexOfAnyExcept(tail[0]) < 0 || tail.SequenceEqual("12345678");
    }
}

/// <summary>One type's rule.</summary>
/// <param name="PerProfile">How many one profile may have; 1 where the type is unique to a customer.</param>
/// <param name="Within">The period in which they are counted, by when they were first seen; null for ever.</param>
public sealed record IdentifierRule(string Type, int PerProfile, TimeSpan? Within = null);
