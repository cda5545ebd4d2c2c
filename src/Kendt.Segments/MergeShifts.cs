using Kendt.Model.Filters;
using Kendt.Model.Merging;
using Kendt.Store;

namespace Kendt.Segments;

/// <summary>Says whose membership another merge policy would change.</summary>
public sealed class MergeShifts(Stores stores)
{
    private readonly Evaluate _evaluate = new(stores);

    /// <summary>How many would enter and leave each stored segment; segments that nobody would are left out.</summary>
    public async Task<IReadOnlyList<(string Segment, long Entering, long Leaving)>> FindAsync(MergePolicy before, MergePolicy after, DateTimeOffset asOf, CancellationToken cancel)
    {
        var differing = before.Differences(after);
        if (differing.Count == 0) return [];
        var stored = await stores.Ledger.ReadAsync(s => SegmentTable.ListAsync(s, cancel), cancel);
        var known = await MeasureRules.OfAsync(stores, [.. stored.Select(s => s.Rule)], cancel);
        var rules = stored.ToDictionary(s => s.Name, s => FilterMeasures.Expand(s.Rule, known), StringComparer.Ordinal);
        List<NamedRule> looking = [.. rules.Where(r => References.Closure(r.Value, rules).SelectMany(FilterLeaves.Traits).Any(t => differing.Contains(t) || differing.Contains(MergePolicy.Others))).Select(r => new NamedRule(r.Key, r.Value))];
        var (now, then) = (await _evaluate.MembersManyAsync(looking, asOf, before, cancel), await _evaluate.MembersManyAsync(looking, asOf, after, cancel));
        return [.. looking.Select(r => r.Name).Order(StringComparer.Ordinal).Select(name => (name, then[name].Except(now[name]).LongCount(), now[name].Except(then[name]).LongCount())).Where(s => s.Item2 + s.Item3 > 0)];
    }
}
