using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify.Batch;

/// <summary>Reads what records say, to be shown beside each other. Nothing of it is kept with plans or pairs.</summary>
public static class UnitValues
{
    /// <summary>What is known of some units, to be shown: field to value.</summary>
    public static async Task<IReadOnlyDictionary<Identifier, IReadOnlyDictionary<string, string>>> ReadAsync(Engine warehouse, IReadOnlyCollection<Identifier> units, CancellationToken cancel)
    {
        var found = new Dictionary<Identifier, Dictionary<string, string>>();
        var names = units.Distinct().ToDictionary(u => u.ToString(), StringComparer.Ordinal);
        var said = await warehouse.ReadAsync(s => s.ListChunkedAsync([.. names.Keys.Select(n => new object?[] { n })], rows => Sql.Of($"""
            with v(named_by) as ({rows})
            select distinct on (t.named_by, t.name) t.named_by, t.name, t.value from v join trait_log t on t.named_by = v.named_by where t.value <> '' order by t.named_by, t.name, t.seq desc
            """), r => (Unit: names[r.Text(0)], Name: r.Text(1), Value: r.Text(2)), cancel), cancel);
        foreach (var (unit, name, value) in said)
        {
            if (!found.TryGetValue(unit, out var values)) found[unit] = values = new(StringComparer.Ordinal);
            SourceRows.Flatten(name, value, values);
        }
        return found.ToDictionary(f => f.Key, f => (IReadOnlyDictionary<string, string>)f.Value);
    }
}
