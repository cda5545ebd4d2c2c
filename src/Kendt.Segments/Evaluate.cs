using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Merging;
using Kendt.Store;

namespace Kendt.Segments;

/// <summary>Asks rules of everybody, in the warehouse.</summary>
public sealed class Evaluate(Stores stores)
{
    // Rules of one statement share their scans; more of them make a statement that engines plan slowly.
    private const int RulesAtOnce = 12;

    /// <summary>Those for whom the rule holds at a moment, by id.</summary>
    /// <exception cref="BadInputException">The rule names an unknown segment.</exception>
    public async Task<IReadOnlyList<ProfileId>> MembersAsync(Filter rule, DateTimeOffset asOf, CancellationToken cancel)
    {
        rule = await MeasureRules.ExpandAsync(stores, rule, cancel);
        var question = await QuestionAsync([rule], asOf, cancel);
        return await stores.Warehouse.ReadAsync(s => s.ListAsync(
            Sql.Of($"select profile_id from ({FilterSql.Members(rule, question, asOf)}) as member order by profile_id"), row => row.ProfileId(0), cancel), cancel);
    }

    /// <summary>How many they are.</summary>
    /// <inheritdoc cref="MembersAsync"/>
    public async Task<long> CountAsync(Filter rule, DateTimeOffset asOf, CancellationToken cancel)
    {
        rule = await MeasureRules.ExpandAsync(stores, rule, cancel);
        var question = await QuestionAsync([rule], asOf, cancel);
        return await stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from ({FilterSql.Members(rule, question, asOf)}) as member"), cancel), cancel);
    }

    /// <summary>The members of many rules, by the rules' names; rules share the scans of what they look at.</summary>
    /// <exception cref="BadInputException">Two rules have one name, or a rule names an unknown segment.</exception>
    public Task<IReadOnlyDictionary<string, IReadOnlyList<ProfileId>>> MembersManyAsync(IReadOnlyList<NamedRule> rules, DateTimeOffset asOf, CancellationToken cancel) => MembersManyAsync(rules, asOf, null, cancel);

    /// <param name="merging">Which of the words of a trait is its value; null for the policy that holds.</param>
    /// <inheritdoc cref="MembersManyAsync(IReadOnlyList{NamedRule}, DateTimeOffset, CancellationToken)"/>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<ProfileId>>> MembersManyAsync(IReadOnlyList<NamedRule> rules, DateTimeOffset asOf, MergePolicy? merging, CancellationToken cancel)
    {
        var members = new Dictionary<string, IReadOnlyList<ProfileId>>(StringComparer.Ordinal);
        foreach (var rule in rules)
            if (!members.TryAdd(rule.Name, new List<ProfileId>())) throw new BadInputException($"Two rules are called '{rule.Name}'; give each a name of its own.");
        var known = await MeasureRules.OfAsync(stores, [.. rules.Select(r => r.Rule)], cancel);
        rules = [.. rules.Select(r => r with { Rule = FilterMeasures.Expand(r.Rule, known) })];
        var question = await QuestionAsync([.. rules.Select(r => r.Rule)], asOf, cancel);
        if (merging is not null) question = question with { Merging = MergeTables.Of(merging) };
        foreach (var chunk in rules.Chunk(RulesAtOnce))
        {
            var lists = chunk.Select(r => (List<ProfileId>)members[r.Name]).ToArray();
            await stores.Warehouse.ReadAsync(async session =>
            {
                await foreach (var (id, holds) in session.QueryAsync(FilterSql.Table([.. chunk.Select(r => r.Rule)], question, asOf), row => Read(row, lists.Length), cancel))
                    for (var i = 0; i < lists.Length; i++)
                        if (holds[i]) lists[i].Add(id);
            }, cancel);
            foreach (var list in lists) list.Sort();
        }
        return members;
    }

    /// <summary>What the rules refer to outside themselves, read now.</summary>
    internal async Task<FilterSources> QuestionAsync(IReadOnlyList<Filter> rules, DateTimeOffset asOf, CancellationToken cancel)
    {
        var stored = await StoredAsync(stores, rules, cancel);
        var purposes = rules.SelectMany(r => References.Closure(r, stored)).SelectMany(r => FilterLeaves.Of(r)).Select(l => l.Leaf).OfType<ConsentRule>().Select(c => c.Purpose).ToHashSet(StringComparer.Ordinal);
        var consents = new Dictionary<string, Sql>(StringComparer.Ordinal);
        foreach (var purpose in purposes) consents[purpose] = await ConsentFacts.OfEverybodyAsync(stores, purpose, asOf, cancel);
        return new(name => stored[name], purpose => consents[purpose]);
    }

    /// <summary>The stored segments' rules, if the rules name any; every name is checked.</summary>
    internal static async Task<IReadOnlyDictionary<string, Filter>> StoredAsync(Stores stores, IReadOnlyList<Filter> rules, CancellationToken cancel)
    {
        if (!rules.Any(r => FilterLeaves.Segments(r).Any())) return new Dictionary<string, Filter>();
        var stored = (await stores.Ledger.ReadAsync(s => SegmentTable.ListAsync(s, cancel), cancel)).ToDictionary(s => s.Name, s => s.Rule, StringComparer.Ordinal);
        foreach (var rule in rules) References.Check(rule, null, stored);
        var known = await MeasureRules.OfAsync(stores, [.. stored.Values], cancel);
        return stored.ToDictionary(s => s.Key, s => FilterMeasures.Expand(s.Value, known), StringComparer.Ordinal);
    }

    private static (ProfileId Id, bool[] Holds) Read(Row row, int count)
    {
        var holds = new bool[count];
        for (var i = 0; i < count; i++) holds[i] = row.Bool(i + 1);
        return (row.ProfileId(0), holds);
    }
}
