using Kendt.Model;
using Kendt.Store;
using Kendt.Unify.Matching;

namespace Kendt.Unify.Batch;

/// <summary>What came between two places: the units of all profiles that something was said of, as they were at the second.</summary>
internal sealed class FollowNews
{
    private readonly IReadOnlyList<SourceRows> _sources;
    private readonly IReadOnlyList<FieldUse> _uses;
    private readonly IReadOnlyCollection<Identifier> _named;

    private FollowNews(IReadOnlyList<SourceRows> sources, IReadOnlyList<FieldUse> uses, IReadOnlyCollection<Identifier> named) => (_sources, _uses, _named) = (sources, uses, named);

    /// <summary>How many units were read.</summary>
    public int Units => _sources.Sum(s => s.Units.Count);

    public static async Task<FollowNews> ReadAsync(Stores stores, IdentifierRules rules, FollowBasis basis, Reached from, Reached until, CancellationToken cancel)
    {
        var named = (await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select distinct t.named_by from trait_log t where t.named_by is not null
            and (({Reached.Track(true)} and t.seq > {from.Records} and t.seq <= {until.Records}) or ({Reached.Track(false)} and t.seq > {from.Messages} and t.seq <= {until.Messages}))
            """), r => r.Text(0), cancel), cancel)).Select(n => Identifier.TryParse(n, out var unit) ? unit : (Identifier?)null).OfType<Identifier>().ToList();
        var groups = await stores.Ledger.ReadAsync(async s => await GroupBook.LoadAsync(s, [.. (await GroupBook.OwnersAsync(s, named, cancel)).Values.Select(o => o.Id).Distinct()], cancel), cancel);
        // Whoever is one profile with them may have spoken for them before.
        var all = named.Union(groups.Members).ToList();
        var sources = await new UnitReader(stores, rules, basis.Config, groups).ReadAsync(all, until, cancel);
        var known = basis.Fields.Select(f => (f.Source, f.IsAccount)).ToHashSet();
        return new(sources, [.. basis.Fields, .. sources.Where(s => !known.Contains((s.Source, s.IsAccount))).SelectMany(s => FieldMap.Of(s, basis.Config.Of(s.Source)))], all);
    }

    /// <summary>Puts the units of a kind into its index, and takes out those that are not there any more.</summary>
    public Touched PutInto(MatchIndex index, bool isAccount, CancellationToken cancel)
    {
        var mine = _sources.Where(s => s.IsAccount == isAccount).ToList();
        var table = FieldMap.Combine(mine, [.. _uses.Where(u => u.IsAccount == isAccount)]);
        var here = mine.SelectMany(s => s.Units.Select(unit => FieldMap.Id(unit, s.Source))).ToHashSet(StringComparer.Ordinal);
        var without = index.Remove(IdsOf(index, _named).Where(id => !here.Contains(id)));
        var put = index.Put(table, table.Columns[0], table.Columns[1], cancel);
        return put with { Records = [.. put.Records.Union(without)] };
    }

    /// <summary>The rows of an index that are about some identifiers.</summary>
    public static IReadOnlyList<string> IdsOf(MatchIndex index, IEnumerable<Identifier> units) => [.. units.SelectMany(unit => index.Sources.Select(source => FieldMap.Id(unit, source))).Where(id => index.Find(id) is not null)];
}
