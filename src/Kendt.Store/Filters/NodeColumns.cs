namespace Kendt.Store.Filters;

/// <summary>
/// The values that the leaves of one scan look at: each is taken out of its JSON document once, only in rows whose name
/// asks for it, and then read as the kinds that the operators need.
/// </summary>
internal sealed class NodeColumns
{
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);

    /// <summary>The value at the end of a way, in rows of that name.</summary>
    public ValueColumns Of(string name, IReadOnlyList<string> steps)
    {
        var key = string.Join('\n', steps);
        if (!_nodes.TryGetValue(key, out var node)) _nodes[key] = node = new(_nodes.Count, steps);
        node.Names.Add(name);
        return new(facet => facet == 'i' ? ValueSql.Ticks(node.Facet('t')) : node.Facet(facet));
    }

    /// <summary><c>, ... as p0, ... as p1</c>: the JSON values out of a document.</summary>
    public Sql Nodes(Sql document) => Sql.Join("", _nodes.Values.Select(n => Sql.Of(
        $", case when {ValueSql.OneOf(Sql.Of($"name"), [.. n.Names])} then {ValueSql.Node(document, n.Steps)} end as {Sql.Name(n.Column)}")));

    /// <summary><c>, ... as p0_t, ... as p0_n</c>: their readings, those that an expression has asked for.</summary>
    public Sql Facets() => Sql.Join("", _nodes.Values.SelectMany(n => "tnbe".Where(n.Asked.Contains).Select(f => Sql.Of(
        $", {Reading(f, Sql.Name(n.Column))} as {Sql.Name($"{n.Column}_{f}")}"))));

    private static Sql Reading(char facet, Sql node) => facet switch
    {
        't' => ValueSql.Text(node),
        'n' => ValueSql.Number(node),
        'b' => ValueSql.Truth(node),
        _ => ValueSql.Exists(node),
    };

    private sealed class Node(int number, IReadOnlyList<string> steps)
    {
        public string Column { get; } = $"p{number}";
        public IReadOnlyList<string> Steps => steps;
        public SortedSet<string> Names { get; } = new(StringComparer.Ordinal);
        public HashSet<char> Asked { get; } = [];

        public Sql Facet(char facet)
        {
            Asked.Add(facet);
            return Sql.Name($"{Column}_{facet}");
        }
    }
}
