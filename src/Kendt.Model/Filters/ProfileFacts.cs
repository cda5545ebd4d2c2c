using System.Text.Json;

namespace Kendt.Model.Filters;

/// <summary>What was said of a trait: first-level key, JSON value, when, and its place in the log.</summary>
public readonly record struct TraitFact(string Name, JsonElement Value, DateTimeOffset At, long Seq);

/// <summary>A track event.</summary>
public readonly record struct EventFact(string Name, DateTimeOffset At, JsonElement Properties);

/// <summary>
/// All that is known of one profile, for <see cref="FilterPredicate"/>. Times may lie after the moment at which a rule is
/// judged; they are not seen then, and count for <c>until</c>.
/// </summary>
public sealed class ProfileFacts
{
    private readonly Dictionary<string, TraitFact[]> _traits;
    private readonly Dictionary<string, EventFact[]> _events;
    private readonly Dictionary<string, ConsentDecision[]> _consents;

    public ProfileFacts(IEnumerable<TraitFact> traits, IEnumerable<EventFact> events, IEnumerable<ConsentDecision> consents)
    {
        _traits = traits.GroupBy(t => t.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.OrderBy(t => t.At).ThenBy(t => t.Seq).ToArray(), StringComparer.Ordinal);
        _events = events.GroupBy(e => e.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.OrderBy(e => e.At).ToArray(), StringComparer.Ordinal);
        _consents = consents.GroupBy(c => c.Purpose, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.OrderBy(c => c.At).ToArray(), StringComparer.Ordinal);
    }

    /// <summary>What was said of a trait, in order.</summary>
    public ReadOnlySpan<TraitFact> Trait(string name) => _traits.GetValueOrDefault(name);

    /// <summary>The events of a name, in order.</summary>
    public ReadOnlySpan<EventFact> Events(string name) => _events.GetValueOrDefault(name);

    /// <summary>The decisions on a purpose, in order.</summary>
    public ReadOnlySpan<ConsentDecision> Consents(string purpose) => _consents.GetValueOrDefault(purpose);
}
