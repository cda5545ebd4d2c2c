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
    private readonly Dictionary<string, TraitFact[]> _traits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EventFact[]> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConsentDecision[]> _consents = new(StringComparer.Ordinal);

    public ProfileFacts(IEnumerable<TraitFact> traits, IEnumerable<EventFact> events, IEnumerable<ConsentDecision> consents)
    {
        Keep(_traits, traits, t => t.Name, (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : a.Seq.CompareTo(b.Seq));
        Keep(_events, events, e => e.Name, (a, b) => a.At.CompareTo(b.At));
        Keep(_consents, consents, c => c.Purpose, (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : Allows(a).CompareTo(Allows(b)));
    }

    /// <summary>What was said of a trait, in order.</summary>
    public ReadOnlySpan<TraitFact> Trait(string name) => _traits.GetValueOrDefault(name);

    /// <summary>The events of a name, in order.</summary>
    public ReadOnlySpan<EventFact> Events(string name) => _events.GetValueOrDefault(name);

    /// <summary>The decisions on a purpose, in order.</summary>
    public ReadOnlySpan<ConsentDecision> Consents(string purpose) => _consents.GetValueOrDefault(purpose);

    // Of two decisions at one moment the one that allows less counts, so it stands last.
    private static int Allows(ConsentDecision decision) => decision.State switch { ConsentState.Granted => 0, ConsentState.Unknown => 1, _ => 2 };

    private static void Keep<T>(Dictionary<string, T[]> kept, IEnumerable<T> facts, Func<T, string> name, Comparison<T> order)
    {
        var lists = new Dictionary<string, List<T>>(StringComparer.Ordinal);
        foreach (var fact in facts)
        {
            if (!lists.TryGetValue(name(fact), out var list)) lists[name(fact)] = list = [];
            list.Add(fact);
        }
        foreach (var (key, list) in lists)
        {
            list.Sort(order);
            kept[key] = [.. list];
        }
    }
}
