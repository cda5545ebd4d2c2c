using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>The identifiers of some profiles, with the links that stand among them.</summary>
internal sealed record Cluster(IReadOnlyList<Cluster.Member> Members, IReadOnlyList<Link> Links)
{
    internal sealed record Member(Identifier Identifier, ProfileId Owner, string Source, DateTimeOffset FirstSeen);

    internal static async Task<Cluster> ReadAsync(Session ledger, IReadOnlyCollection<ProfileId> ids, CancellationToken cancel)
    {
        var members = await ledger.ListChunkedAsync([.. ids.Distinct().Select(id => new object?[] { id })],
            rows => Sql.Of($"with v(profile_id) as ({rows}) select i.type, i.value, i.profile_id, i.source, i.first_seen from v join identifier i on i.profile_id = v.profile_id"),
            r => new Member(new(r.Text(0), r.Text(1)), r.ProfileId(2), r.Text(3), r.Time(4)), cancel);
        var links = await LinksAsync(ledger, [.. members.Select(m => m.Identifier)], cancel);
        return new([.. members.OrderBy(m => m.FirstSeen).ThenBy(m => m.Identifier.ToString(), StringComparer.Ordinal)], [.. links.Where(l => l.RevokedAt is null)]);
    }

    /// <summary>Links whose left end is one of these, standing or not.</summary>
    internal static Task<List<Link>> LinksAsync(Session ledger, IReadOnlyCollection<Identifier> lefts, CancellationToken cancel) => ledger.ListChunkedAsync(
        [.. lefts.Select(i => new object?[] { i.Type, i.Value })],
        rows => Sql.Of($"with v(type, value) as ({rows}) select {Columns} from v join link l on l.left_type = v.type and l.left_value = v.value"), Read, cancel);

    /// <summary>Links whose right end is one of these, standing or not.</summary>
    internal static Task<List<Link>> LinksToAsync(Session ledger, IReadOnlyCollection<Identifier> rights, CancellationToken cancel) => ledger.ListChunkedAsync(
        [.. rights.Select(i => new object?[] { i.Type, i.Value })],
        rows => Sql.Of($"with v(type, value) as ({rows}) select {Columns} from v join link l on l.right_type = v.type and l.right_value = v.value"), Read, cancel);

    internal static Sql Columns => Sql.Of($"l.left_type, l.left_value, l.right_type, l.right_value, l.rule, l.evidence, l.source, l.weight, l.at, l.revoked_at, l.revoked_by, l.detail");

    internal static Link Read(Row r) => new(new(r.Text(0), r.Text(1)), new(r.Text(2), r.Text(3)), r.Text(4), r.Text(5), r.Text(6), r.Double(7), r.Time(8), r.TimeOrNull(9), r.IsNull(10) ? null : r.Long(10)) { Detail = r.TextOrNull(11) };

    /// <summary>A number for each member; those that hang together have the same, by the links given.</summary>
    internal Dictionary<Identifier, int> Parts(IEnumerable<Link> links)
    {
        var parent = Enumerable.Range(0, Members.Count).ToArray();
        var places = Members.Select((m, i) => (m.Identifier, i)).ToDictionary(p => p.Identifier, p => p.i);
        foreach (var link in links)
            if (places.TryGetValue(link.Left, out var left) && places.TryGetValue(link.Right, out var right)) parent[Root(parent, left)] = Root(parent, right);
        return places.ToDictionary(p => p.Key, p => Root(parent, p.Value));
    }

    private static int Root(int[] parent, int place)
    {
        while (parent[place] != place) place = parent[place] = parent[parent[place]];
        return place;
    }
}
