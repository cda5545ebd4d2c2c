using System.Runtime.InteropServices;
using System.Text.Json;
using Kendt.Model.Merging;

namespace Kendt.Model.Filters;

/// <summary>A track event.</summary>
public readonly record struct EventFact(string Name, DateTimeOffset At, JsonElement Properties);

/// <summary>
/// All that is known of one profile, for <see cref="FilterPredicate"/>. Times may lie after the moment at which a rule is
/// judged; they are not seen then, and count for <c>until</c>.
/// </summary>
public sealed class ProfileFacts
{
    private readonly Dictionary<string, List<TraitFact>> _traits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<EventFact>> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ConsentDecision>> _consents = new(StringComparer.Ordinal);

    public ProfileFacts(IEnumerable<TraitFact> traits, IEnumerable<EventFact> events, IEnumerable<ConsentDecision> consents)
    {
        foreach (var trait in traits) Add(trait);
        foreach (var one in events) Add(one);
        foreach (var consent in consents) Add(consent);
    }

    /// <summary>Whose facts they are.</summary>
    public ProfileId Id { get; init; }

    /// <summary>What a trait is at a moment; undefined if nothing was said.</summary>
    /// <param name="next">When what is known already may change it.</param>
    public JsonElement Value(string name, MergePolicy merging, DateTimeOffset asOf, out DateTimeOffset? next)
    {
        next = null;
        if (!merging.IsPlain(name))
        {
            List<TraitFact> said = [.. merging.Reads(name).SelectMany(n => _traits.GetValueOrDefault(n, []))];
            foreach (var fact in said) if (fact.At > asOf && !(fact.At >= next)) next = fact.At;
            return merging.Show(name, said.Newest(asOf))?.Value ?? default;
        }
        JsonElement value = default;
        foreach (var fact in Trait(name))
        {
            if (fact.At > asOf)
            {
                next = fact.At;
                break;
            }
            value = fact.Value;
        }
        return value;
    }

    /// <summary>What was said of a trait, in order.</summary>
    public ReadOnlySpan<TraitFact> Trait(string name) => CollectionsMarshal.AsSpan(_traits.GetValueOrDefault(name));

    /// <summary>The events of a name, in order.</summary>
    public ReadOnlySpan<EventFact> Events(string name) => CollectionsMarshal.AsSpan(_events.GetValueOrDefault(name));

    /// <summary>The decisions on a purpose, in order.</summary>
    public ReadOnlySpan<ConsentDecision> Consents(string purpose) => CollectionsMarshal.AsSpan(_consents.GetValueOrDefault(purpose));

    /// <summary>More becomes known.</summary>
    public void Add(TraitFact fact) => Add(_traits, fact.Name, fact, (a, b) => a.At != b.At ? a.At > b.At : a.Seq > b.Seq);

    /// <inheritdoc cref="Add(TraitFact)"/>
    public void Add(EventFact fact) => Add(_events, fact.Name, fact, (a, b) => a.At > b.At);

    /// <inheritdoc cref="Add(TraitFact)"/>
    public void Add(ConsentDecision decision) => Add(_consents, decision.Purpose, decision, (a, b) => a.At != b.At ? a.At > b.At : Allows(a) > Allows(b));

    // Of two decisions at one moment the one that allows less counts, so it stands last.
    private static int Allows(ConsentDecision decision) => decision.State switch { ConsentState.Granted => 0, ConsentState.Unknown => 1, _ => 2 };

    // Facts come nearly in order, so the place is looked for from the end.
    private static void Add<T>(Dictionary<string, List<T>> facts, string name, T fact, Func<T, T, bool> isLater)
    {
        if (!facts.TryGetValue(name, out var list)) facts[name] = list = [];
        var at = list.Count;
        if (at > 0 && isLater(list[at - 1], fact))
        {
            var low = 0;
            for (at--; low < at;)
            {
                var middle = (low + at) / 2;
                if (isLater(list[middle], fact)) at = middle;
                else low = middle + 1;
            }
        }
        list.Insert(at, fact);
    }
}
