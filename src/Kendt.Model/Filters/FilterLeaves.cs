namespace Kendt.Model.Filters;

/// <summary>A leaf of a rule and its place, as in <c>all[1].event</c>.</summary>
public readonly record struct PlacedLeaf(string Path, Filter Leaf);

/// <summary>Walks over the leaves of a rule.</summary>
public static class FilterLeaves
{
    /// <summary>Every leaf in the order of the rule, with its way from the root.</summary>
    public static IEnumerable<PlacedLeaf> Of(Filter filter, string path = "") => filter switch
    {
        All all => Many(all.Of, Join(path, "all")),
        Any any => Many(any.Of, Join(path, "any")),
        Not not => Of(not.Of, Join(path, "not")),
        TraitRule => [new(Join(path, "trait"), filter)],
        EventRule => [new(Join(path, "event"), filter)],
        SequenceRule => [new(Join(path, "sequence"), filter)],
        InSegment => [new(Join(path, "segment"), filter)],
        MeasureRule => [new(Join(path, "measure"), filter)],
        ConsentRule => [new(Join(path, "consent"), filter)],
        IdentifierRule => [new(Join(path, "identifier"), filter)],
        SampleRule => [new(Join(path, "sample"), filter)],
        _ => throw new InvalidOperationException($"{filter.GetType().Name} has no place."),
    };

    /// <summary>The first-level names of the traits that a rule looks at, itself and not what it refers to.</summary>
    public static IEnumerable<string> Traits(Filter filter) => Of(filter).Select(l => l.Leaf).OfType<TraitRule>().Select(t => t.Trait.Steps[0]).Distinct(StringComparer.Ordinal);

    /// <summary>The names of the events that a rule looks at.</summary>
    public static IEnumerable<string> Events(Filter filter) => Of(filter).SelectMany(l => l.Leaf switch
    {
        EventRule rule => [rule.Match.Name],
        SequenceRule rule => rule.Steps.Select(s => s.Match.Name).Concat(rule.Without is { } without ? [without.Name] : []),
        _ => Enumerable.Empty<string>(),
    }).Distinct(StringComparer.Ordinal);

    /// <summary>The events that a rule looks at: which, what is computed over them, and how far back; null for as long as there are any.</summary>
    public static IEnumerable<(EventMatch Match, ValuePath? Of, Duration? Within)> Matches(Filter filter) => Of(filter).SelectMany(l => l.Leaf switch
    {
        EventRule rule => [(rule.Match, rule.Aggregate.Of, rule.Window.Within)],
        SequenceRule rule => rule.Steps.Select(s => s.Match).Concat(rule.Without is { } without ? [without] : []).Select(m => (m, null as ValuePath, rule.Within)),
        _ => Enumerable.Empty<(EventMatch, ValuePath?, Duration?)>(),
    });

    /// <summary>The purposes whose consent a rule looks at.</summary>
    public static IEnumerable<string> Purposes(Filter filter) => Of(filter).Select(l => l.Leaf).OfType<ConsentRule>().Select(c => c.Purpose).Distinct(StringComparer.Ordinal);

    /// <summary>The types of identifiers that a rule looks at.</summary>
    public static IEnumerable<string> Identifiers(Filter filter) => Of(filter).Select(l => l.Leaf).OfType<IdentifierRule>().Select(i => i.Type).Distinct(StringComparer.Ordinal);

    /// <summary>The stored segments that a rule names, each with its place.</summary>
    public static IEnumerable<(string Path, string Name)> Segments(Filter filter) =>
        Of(filter).Where(l => l.Leaf is InSegment).Select(l => (l.Path, ((InSegment)l.Leaf).Name));

    private static IEnumerable<PlacedLeaf> Many(IReadOnlyList<Filter> rules, string path) => rules.SelectMany((rule, i) => Of(rule, $"{path}[{i}]"));

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
