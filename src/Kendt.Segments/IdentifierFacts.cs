using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Store;

namespace Kendt.Segments;

/// <summary>What people are known by, for rules: identifiers by whom they belong to now, each from the moment at which it was first seen.</summary>
internal static class IdentifierFacts
{
    /// <summary>A query of everybody whom the rule answers otherwise than somebody without identifiers, for the warehouse: <c>(profile_id)</c>.</summary>
    public static async Task<Sql> OfEverybodyAsync(Stores stores, IdentifierRule rule, DateTimeOffset asOf, CancellationToken cancel)
    {
        var counts = new Dictionary<ProfileId, int>();
        await foreach (var (id, value) in stores.Ledger.StreamAsync(Sql.Of($"select profile_id, value from identifier where type = {rule.Type} and first_seen <= {asOf}"), r => (r.ProfileId(0), r.Text(1)), cancel))
            if (rule.Passes(value)) counts[id] = counts.GetValueOrDefault(id) + 1;
        var ofNothing = rule.Holds(0);
        return FilterSql.People([.. counts.Where(c => rule.Holds(c.Value) != ofNothing).Select(c => c.Key)]);
    }

    /// <summary>The identifiers of one person.</summary>
    public static Task<List<IdentifierFact>> OfAsync(Stores stores, ProfileId profile, CancellationToken cancel) => stores.Ledger.ReadAsync(session => session.ListAsync(
        Sql.Of($"select type, value, first_seen from identifier where profile_id = {profile} order by first_seen"), r => new IdentifierFact(r.Text(0), r.Text(1), r.Time(2)), cancel), cancel);
}
