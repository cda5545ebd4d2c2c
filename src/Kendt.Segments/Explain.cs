using System.Text.Json;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Merging;
using Kendt.Store;

namespace Kendt.Segments;

/// <summary>Says why a person is, or is not, a member: the rule judged over what is known of them.</summary>
public sealed class Explain(Stores stores)
{
    /// <exception cref="BadInputException">The rule names an unknown segment.</exception>
    public async Task<Explanation> RunAsync(Filter rule, ProfileId profile, DateTimeOffset asOf, CancellationToken cancel)
    {
        rule = await MeasureRules.ExpandAsync(stores, rule, cancel);
        var stored = await Evaluate.StoredAsync(stores, [rule], cancel);
        var merging = await MergePolicies.ReadAsync(stores, cancel);
        var facts = await FactsAsync(References.Closure(rule, stored), merging, profile, cancel);
        return new FilterPredicate(facts, name => stored[name], asOf, merging).Explain(rule);
    }

    /// <summary>What the rules look at of one person.</summary>
    internal async Task<ProfileFacts> FactsAsync(IReadOnlyList<Filter> rules, MergePolicy merging, ProfileId profile, CancellationToken cancel)
    {
        var traits = rules.SelectMany(FilterLeaves.Traits).SelectMany(merging.Reads).Distinct(StringComparer.Ordinal).Select(n => new object?[] { n }).ToArray();
        var events = rules.SelectMany(FilterLeaves.Events).Distinct(StringComparer.Ordinal).Select(n => new object?[] { n }).ToArray();
        var written = Sql.Of($"written_profile_id in (select cast({profile} as uuid) union all select profile_id from survivor where survivor_id = {profile})");
        var (said, done) = await stores.Warehouse.ReadAsync(async session => (
            await session.ListChunkedAsync(traits, names => Sql.Of($"with asked(name) as ({names}) select t.name, t.value, t.ts, t.seq, t.source, t.evidence from trait_log t join asked a on a.name = t.name where t.value <> '' and {written}"),
                row => new TraitFact(row.Text(0), Json(row.Text(1)), row.Time(2), row.Long(3)) { Source = row.Text(4), Evidence = row.Text(5) }, cancel),
            await session.ListChunkedAsync(events, names => Sql.Of($"with asked(name) as ({names}) select e.name, e.ts, e.properties from event_log e join asked a on a.name = e.name where e.type = 'track' and {written}"),
                row => new EventFact(row.Text(0), row.Time(1), Json(row.Text(2))), cancel)), cancel);
        return new(said, done, await ConsentFacts.OfAsync(stores, profile, cancel)) { Id = profile };
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
