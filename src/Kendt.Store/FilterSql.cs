using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Store.Filters;

namespace Kendt.Store;

/// <summary>What a rule may refer to outside itself.</summary>
/// <param name="Segment">The rule of a stored segment; throws <see cref="BadInputException"/> for an unknown name.</param>
/// <param name="Consent">A query of everybody who decided on a purpose: <c>(profile_id, state)</c>, one row a person.</param>
public sealed record FilterSources(Func<string, Filter> Segment, Func<string, Sql> Consent)
{
    /// <summary>By which words of a trait is its value; the policy that holds unless said.</summary>
    public MergeTables Merging { get; init; } = MergeTables.Stored;

    /// <summary>For rules that refer to nothing.</summary>
    public static FilterSources None { get; } = new(
        name => throw new BadInputException($"There is no segment '{name}'."),
        purpose => throw new BadInputException($"There is no purpose '{purpose}'."));
}

/// <summary>
/// Rules as SQL over the whole warehouse, for DuckDB and PostgreSQL: every leaf one scan (leaves over events share one,
/// leaves over traits another), counted by profile, joined once. The same meaning as <see cref="FilterPredicate"/>.
/// </summary>
public static class FilterSql
{
    /// <summary>
    /// Everybody a rule is judged for: <c>(profile_id)</c>, one row a person. Who is known does not depend on
    /// <paramref name="asOf"/> so far: somebody whose first event is later is judged as one of whom nothing is known.
    /// </summary>
    public static Sql Everyone(DateTimeOffset asOf)
    {
        _ = asOf;
        // Ids as they were written first, which are few beside the rows, and only then those that the merges have led to.
        return Sql.Of($"""
            select distinct coalesce(s.survivor_id, w.profile_id) as profile_id from (
                select written_profile_id as profile_id from trait_log union select written_profile_id from event_log where written_profile_id is not null) as w
            left join survivor as s on s.profile_id = w.profile_id
            """);
    }

    /// <summary>The ids of those for whom the rule holds at a moment: <c>(profile_id)</c>, each once.</summary>
    public static Sql Members(Filter rule, FilterSources sources, DateTimeOffset asOf)
    {
        var plan = new FilterPlan(sources, asOf = asOf.ToUniversalTime());
        return plan.Statement([plan.Add(rule)], []);
    }

    /// <summary>Many rules in one question: <c>(profile_id, r0, r1, ...)</c>, a row for everybody for whom one of them holds.</summary>
    public static Sql Table(IReadOnlyList<Filter> rules, FilterSources sources, DateTimeOffset asOf)
    {
        var plan = new FilterPlan(sources, asOf.ToUniversalTime());
        return plan.Statement([.. rules.Select(plan.Add)], [.. rules.Select((_, i) => $"r{i}")]);
    }

    /// <summary>A query of these people, however many: <c>(profile_id)</c>.</summary>
    public static Sql People(IReadOnlyList<ProfileId> people) => ValueSql.By(
        () => Sql.Of($"select cast(id as uuid) as profile_id from (select unnest(cast({people.Select(p => p.ToString()).ToList()} as varchar[])) as id) as given"),
        () => Sql.Of($"select unnest({people.Select(p => p.Value).ToArray()}) as profile_id"));
}
