using Kendt.Model.Filters;

namespace Kendt.Store.Filters;

/// <summary>
/// Rules on their way to one statement: every leaf becomes a column of a scan, the scans are joined once, and each rule
/// is an expression over the columns. Leaves that rules share are computed once.
/// </summary>
internal sealed class FilterPlan(FilterSources sources, DateTimeOffset asOf)
{
    private readonly TraitScan _traits = new(sources.Merging);
    private readonly EventScan _events = new(asOf);
    private readonly SequenceScan _sequences = new(asOf);
    private readonly Dictionary<string, string> _consents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Segment> _segments = new(StringComparer.Ordinal);
    private readonly List<(string Column, Sql Test)> _layers = [];
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>An expression, its answer for somebody of whom nothing is known, and the scans in one of which everybody is for whom it is true.</summary>
    public sealed record Node(Sql Test, bool OfNothing, IReadOnlySet<string>? Within);

    private sealed record Segment(string Column, bool OfNothing, IReadOnlySet<string>? Within);

    public Node Add(Filter filter) => filter switch
    {
        All all => Every([.. all.Of.Select(Add)]),
        Any any => Some([.. any.Of.Select(Add)]),
        Not { Of: Not inner } => Add(inner.Of),
        Not not => Negated(Add(not.Of)),
        TraitRule trait => Leaf("by_trait", Sql.Name(_traits.Add(trait, asOf)), trait.Tests.All(t => t.OfNothing)),
        EventRule rule => Event(rule),
        SequenceRule sequence => Set(_sequences.Add(sequence)),
        InSegment segment => Stored(segment.Name),
        ConsentRule consent => Consent(consent),
        SampleRule sample => new(TestSql.All(sample.Tests, new(_ => ValueSql.SamplePlace(sample.Name)), asOf), true, null),
        _ => throw new InvalidOperationException($"{filter.GetType().Name} has no SQL form."),
    };

    /// <summary>The statement: a row for everybody for whom one of the rules holds, with a column for each.</summary>
    public Sql Statement(IReadOnlyList<Node> rules, IReadOnlyList<string> columns)
    {
        var within = rules.Any(r => r.Within is null) ? null : rules.SelectMany(r => r.Within!).ToHashSet(StringComparer.Ordinal);
        List<Sql> steps = [.. _consents.Select(c => Sql.Of($"{Sql.Name(c.Value)} as ({sources.Consent(c.Key)})"))];
        if (!_traits.IsEmpty) steps.Add(_traits.Steps(asOf));
        if (!_events.IsEmpty) steps.Add(_events.Steps());
        steps.AddRange(_sequences.Steps());
        // Where all who can be found are in one scan, it is not joined to itself.
        var people = within is { Count: 1 } ? within.Single() : "people";
        if (within is not { Count: 1 }) steps.Add(Sql.Of($"people as ({People(within)})"));
        steps.Add(Facts(people));
        var from = "facts";
        foreach (var (column, test) in _layers)
        {
            steps.Add(Sql.Of($"{Sql.Name("with_" + column)} as (select {Sql.Name(from)}.*, {test} as {Sql.Name(column)} from {Sql.Name(from)})"));
            from = "with_" + column;
        }
        var answers = Sql.Join("", columns.Select((c, i) => Sql.Of($", {rules[i].Test} as {Sql.Name(c)}")));
        return columns.Count == 0
            ? Sql.Of($"with {Sql.Join(",\n", steps)}\nselect profile_id from {Sql.Name(from)} where {rules[0].Test}")
            : Sql.Of($"with {Sql.Join(",\n", steps)}\nselect * from (select profile_id{answers} from {Sql.Name(from)}) as answer where {Sql.Or([.. columns.Select(c => Sql.Name(c))])}");
    }

    private Sql People(HashSet<string>? within) => within switch
    {
        null => FilterSql.Everyone(asOf),
        { Count: 0 } => Sql.Of($"select profile_id from event where 1 = 0"),
        _ => Sql.Join(" union ", within.Order(StringComparer.Ordinal).Select(s => Sql.Of($"select profile_id from {Sql.Name(s)}"))),
    };

    private Sql Facts(string people)
    {
        List<string> scans = [.. _sequences.Names, .. _consents.Values];
        if (!_events.IsEmpty) scans.Insert(0, "by_event");
        if (!_traits.IsEmpty) scans.Insert(0, "by_trait");
        scans.Remove(people);
        var columns = Sql.Join("", _sequences.Names.Select(s => Sql.Of($", {Sql.Name(s)}.profile_id is not null as {Sql.Name("in_" + s)}"))
            .Concat(_consents.Values.Select(c => Sql.Of($", {Sql.Name(c)}.state as {Sql.Name("in_" + c)}")))
            .Concat(_traits.Columns.Select(c => Sql.Of($", by_trait.{Sql.Name(c)}")))
            .Concat(_events.Columns.Select(c => Sql.Of($", by_event.{Sql.Name(c)}"))));
        var from = Sql.Name(people);
        return Sql.Of($"facts as (select {from}.profile_id{columns} from {from}{Sql.Join("", scans.Select(s => Sql.Of($" left join {Sql.Name(s)} on {Sql.Name(s)}.profile_id = {from}.profile_id")))})");
    }

    private Node Event(EventRule rule)
    {
        var column = Sql.Name(_events.Add(rule));
        var kind = rule.Aggregate.Kind;
        if (kind is AggregateKind.Count or AggregateKind.Sum or AggregateKind.Distinct or >= AggregateKind.Days)
        {
            var number = Sql.Of($"cast(coalesce({column}, 0) as double precision)");
            var ofNothing = rule.Aggregate.Tests.All(t => ValueTest.Holds(t, 0));
            return new(TestSql.All(rule.Aggregate.Tests, new(_ => number), asOf), ofNothing, ofNothing ? null : new HashSet<string> { "by_event" });
        }
        var value = kind is AggregateKind.First or AggregateKind.Last ? Sql.Of($"({ValueSql.Micros(column)} * 10)") : column;
        return new(Sql.Of($"({column} is not null and {TestSql.All(rule.Aggregate.Tests, new(_ => value), asOf)})"), false, new HashSet<string> { "by_event" });
    }

    private Node Consent(ConsentRule rule)
    {
        if (!_consents.TryGetValue(rule.Purpose, out var step)) _consents[rule.Purpose] = step = $"consent{_consents.Count}";
        var state = rule.State.ToString().ToLowerInvariant();
        var unknown = rule.State is Kendt.Model.ConsentState.Unknown;
        return new(Sql.Of($"(coalesce({Sql.Name("in_" + step)}, 'unknown') = {state})"), unknown, unknown ? null : new HashSet<string> { step });
    }

    // A stored segment is a column that later ones build on, so that a segment used twice is written once.
    private Node Stored(string name)
    {
        if (!_segments.TryGetValue(name, out var segment))
        {
            if (!_open.Add(name)) throw new Kendt.Model.BadInputException($"The segment '{name}' is built on itself.");
            var node = Add(sources.Segment(name));
            _open.Remove(name);
            _segments[name] = segment = new($"g{_segments.Count}", node.OfNothing, node.Within);
            _layers.Add((segment.Column, node.Test));
        }
        return new(Sql.Name(segment.Column), segment.OfNothing, segment.Within);
    }

    private static Node Leaf(string scan, Sql column, bool ofNothing) =>
        new(Sql.Of($"coalesce({column}, {ValueSql.Raw(ofNothing ? "true" : "false")})"), ofNothing, ofNothing ? null : new HashSet<string> { scan });

    private static Node Set(string scan) => new(Sql.Name("in_" + scan), false, new HashSet<string> { scan });

    private static Node Negated(Node node) => new(Sql.Of($"(not {node.Test})"), !node.OfNothing, null);

    private static Node Every(List<Node> nodes) => new(Joined(nodes, " and ", "true"), nodes.All(n => n.OfNothing),
        nodes.Where(n => n.Within is not null).MinBy(n => n.Within!.Count)?.Within);

    private static Node Some(List<Node> nodes) => new(Joined(nodes, " or ", "false"), nodes.Any(n => n.OfNothing),
        nodes.Any(n => n.Within is null) ? null : nodes.SelectMany(n => n.Within!).ToHashSet(StringComparer.Ordinal));

    private static Sql Joined(List<Node> nodes, string word, string empty) =>
        nodes.Count == 0 ? ValueSql.Raw(empty) : Sql.Of($"({Sql.Join(word, nodes.Select(n => n.Test))})");
}
