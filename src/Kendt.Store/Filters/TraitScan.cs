using Kendt.Model.Filters;

namespace Kendt.Store.Filters;

/// <summary>All trait leaves of a question in one scan of what has been said of the traits they name.</summary>
internal sealed class TraitScan(MergeTables merging)
{
    private readonly NodeColumns _values = new();
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _leaves = new(StringComparer.Ordinal);
    private readonly List<Sql> _rows = [];

    public bool IsEmpty => _leaves.Count == 0;

    public IReadOnlyCollection<string> Columns => _leaves.Values;

    /// <summary>The leaf's column in <c>by_trait</c>: null for people of whom the trait was never said.</summary>
    public string Add(TraitRule rule, DateTimeOffset asOf)
    {
        var key = FilterWriter.Write(rule);
        if (_leaves.TryGetValue(key, out var column)) return column;
        _leaves[key] = column = $"t{_leaves.Count}";
        var name = rule.Trait.Steps[0];
        _names.Add(name);
        var value = _values.Of(name, [.. rule.Trait.Steps.Skip(1)]);
        _rows.Add(Sql.Of($"case when name = {name} then {TestSql.All(rule.Tests, value, asOf)} end as {Sql.Name(column)}"));
        return column;
    }

    /// <summary>The steps that end in <c>by_trait (profile_id, t0, t1, ...)</c>.</summary>
    public Sql Steps(DateTimeOffset asOf) => Sql.Of($"""
        trait_now as (
            {MergeSql.Now([.. _names], asOf, merging)}),
        trait_node as (select profile_id, name{_values.Nodes(Sql.Of($"value"))} from trait_now{ValueSql.Fence}),
        trait_value as (select profile_id, name{_values.Facets()} from trait_node{ValueSql.Fence}),
        trait_match as (select profile_id, {Sql.Join(", ", _rows)} from trait_value),
        by_trait as ({ByProfile()})
        """);

    // Of one trait there is one row a person already.
    private Sql ByProfile() => _names.Count == 1 ? Sql.Of($"select * from trait_match")
        : Sql.Of($"select profile_id, {Sql.Join(", ", Columns.Select(c => Sql.Of($"bool_or({Sql.Name(c)}) as {Sql.Name(c)}")))} from trait_match group by profile_id");
}
