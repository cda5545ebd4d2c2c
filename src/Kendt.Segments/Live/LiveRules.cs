using Kendt.Model.Filters;
using Kendt.Model.Merging;

namespace Kendt.Segments.Live;

/// <summary>What can change about a profile.</summary>
internal enum FactKind { Trait, Event, Consent }

/// <summary>The stored rules as live evaluation asks them: which of them look at what, and what must be remembered for them.</summary>
internal sealed class LiveRules
{
    private readonly Dictionary<string, Filter> _rules;
    private readonly Dictionary<(FactKind, string), List<string>> _watching = [];

    /// <param name="rules">Rules by the names of their segments; those that they refer to are among them.</param>
    /// <param name="merging">Which of the words of a trait is its value.</param>
    public LiveRules(IReadOnlyDictionary<string, Filter> rules, MergePolicy merging)
    {
        Merging = merging;
        _rules = new(rules, StringComparer.Ordinal);
        Needs = new LiveNeeds();
        foreach (var (name, rule) in _rules)
        {
            var closure = References.Closure(rule, _rules);
            foreach (var part in closure) Needs.Add(part, merging);
            foreach (var seen in closure.SelectMany(Watched).Distinct())
            {
                if (!_watching.TryGetValue(seen, out var names)) _watching[seen] = names = [];
                names.Add(name);
            }
            if (closure.Any(IsTimed)) Timed.Add(name);
        }
    }

    public static LiveRules None { get; } = new(new Dictionary<string, Filter>(), MergePolicy.MostRecent);

    public MergePolicy Merging { get; }

    public IReadOnlyCollection<string> Names => _rules.Keys;

    /// <summary>The segments whose members change by time alone.</summary>
    public HashSet<string> Timed { get; } = new(StringComparer.Ordinal);

    /// <summary>What is to be remembered of people.</summary>
    public LiveNeeds Needs { get; }

    public Filter Rule(string name) => _rules[name];

    /// <summary>What the policy says of all that a segment looks at, as one text; empty where the newest words count.</summary>
    public string MergingOf(string name) => string.Join("; ", References.Closure(_rules[name], _rules).SelectMany(FilterLeaves.Traits).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        .Select(t => (Trait: t, Key: Merging.Key(t))).Where(t => t.Key.Length > 0).Select(t => $"{t.Trait}: {t.Key}"));

    public bool Has(string name) => _rules.ContainsKey(name);

    /// <summary>The segments that look at such facts, themselves or through one that they are built on.</summary>
    public IReadOnlyList<string> Watching(FactKind kind, string name) => _watching.TryGetValue((kind, name), out var names) ? names : [];

    /// <summary>These segments and all that are built on one of them.</summary>
    public HashSet<string> WithDependents(IReadOnlyCollection<string> names)
    {
        var found = new HashSet<string>(names, StringComparer.Ordinal);
        foreach (var (name, rule) in _rules)
            if (References.Names(rule, _rules).Overlaps(names)) found.Add(name);
        return found;
    }

    private IEnumerable<(FactKind, string)> Watched(Filter rule) =>
        FilterLeaves.Traits(rule).SelectMany(Merging.Reads).Select(n => (FactKind.Trait, n))
            .Concat(FilterLeaves.Events(rule).Select(n => (FactKind.Event, n)))
            .Concat(FilterLeaves.Purposes(rule).Select(n => (FactKind.Consent, n)));

    private static bool IsTimed(Filter rule) => FilterLeaves.Of(rule).Any(placed => placed.Leaf switch
    {
        TraitRule trait => IsTimed(trait.Tests),
        EventRule e => e.Window.Within is not null || IsTimed(e.Aggregate.Tests) || IsTimed(e.Match),
        SequenceRule s => s.Within is not null || s.Steps.Any(step => IsTimed(step.Match)) || (s.Without is { } without && IsTimed(without)),
        _ => false,
    });

    private static bool IsTimed(EventMatch match) => match.Where.Any(w => IsTimed(w.Tests));

    private static bool IsTimed(IReadOnlyList<Test> tests) => tests.Any(t => t is WithinLast or AnniversaryIn);
}

/// <summary>What must be remembered of every profile so that rules can be judged: traits, and events with the properties that are looked at.</summary>
internal sealed class LiveNeeds
{
    /// <summary>One name of events: the first-level properties that rules look at, and how far back; null for ever.</summary>
    public sealed record EventNeed(SortedSet<string> Keys, long? Ticks);

    public HashSet<string> Traits { get; } = new(StringComparer.Ordinal);

    /// <summary>The traits of which the newest word of each voice must be remembered; of the others the newest will do.</summary>
    public HashSet<string> Voices { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, EventNeed> Events { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Purposes { get; } = new(StringComparer.Ordinal);

    public void Add(Filter rule, MergePolicy merging)
    {
        foreach (var trait in FilterLeaves.Traits(rule))
        {
            Traits.UnionWith(merging.Reads(trait));
            if (!merging.IsPlain(trait)) Voices.UnionWith(merging.Reads(trait));
        }
        Purposes.UnionWith(FilterLeaves.Purposes(rule));
        foreach (var (match, of, within) in FilterLeaves.Matches(rule)) Add(match.Name, match.Where.Select(w => w.Property).Concat(of is null ? [] : [of]).Select(p => p.Steps[0]), within?.Ticks);
    }

    public void Add(LiveNeeds other)
    {
        Traits.UnionWith(other.Traits);
        Voices.UnionWith(other.Voices);
        Purposes.UnionWith(other.Purposes);
        foreach (var (name, need) in other.Events) Add(name, need.Keys, need.Ticks);
    }

    /// <summary>Whether a fact is to be remembered: rules look at it, and it is within the longest of their windows.</summary>
    public bool Wants(LiveFact fact, DateTimeOffset now) => fact.Kind is FactKind.Trait ? Traits.Contains(fact.Name)
        : Events.TryGetValue(fact.Name, out var need) && (need.Ticks is not { } ticks || fact.At.UtcTicks > now.UtcTicks - ticks);

    /// <summary>The needs of which others ask less: what is to be read again if the others have been met.</summary>
    public LiveNeeds Beyond(LiveNeeds other)
    {
        var more = new LiveNeeds();
        more.Traits.UnionWith(Traits.Except(other.Traits).Concat(Voices.Except(other.Voices)));
        foreach (var (name, need) in Events)
            if (!other.Events.TryGetValue(name, out var had) || !need.Keys.IsSubsetOf(had.Keys) || (had.Ticks is { } ticks && !(need.Ticks <= ticks))) more.Events[name] = need;
        return more;
    }

    private void Add(string name, IEnumerable<string> keys, long? ticks)
    {
        var had = Events.GetValueOrDefault(name);
        var all = new SortedSet<string>(had?.Keys ?? [], StringComparer.Ordinal);
        all.UnionWith(keys);
        Events[name] = new(all, had is null ? ticks : had.Ticks is null || ticks is null ? null : Math.Max(had.Ticks.Value, ticks.Value));
    }
}
