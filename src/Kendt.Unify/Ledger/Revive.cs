using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>Pairs of profiles that a standing decision keeps apart.</summary>
internal sealed record Apart(IReadOnlyList<(long Seq, Identifier Left, Identifier Right, ProfileId LeftOwner, ProfileId RightOwner)> Pairs)
{
    internal static async Task<Apart> ReadAsync(Session ledger, IReadOnlyCollection<ProfileId> profiles, CancellationToken cancel) => new(await ledger.ListChunkedAsync(
        [.. profiles.Distinct().Select(id => new object?[] { id })],
        rows => Sql.Of($"""
            with v(profile_id) as ({rows})
            select d.seq, l.type, l.value, r.type, r.value, l.profile_id, r.profile_id from identity_decision d
            join identifier l on l.type = d.left_type and l.value = d.left_value
            join identifier r on r.type = d.right_type and r.value = d.right_value
            where d.kind in ('different', 'split') and d.undone_at is null and (l.profile_id in (select profile_id from v) or r.profile_id in (select profile_id from v))
            order by d.seq
            """), r => (r.Long(0), new Identifier(r.Text(1), r.Text(2)), new Identifier(r.Text(3), r.Text(4)), r.ProfileId(5), r.ProfileId(6)), cancel));

    /// <summary>The decision that keeps two profiles apart; null if none does.</summary>
    internal long? Between(ProfileId one, ProfileId other)
    {
        foreach (var (seq, _, _, left, right) in Pairs) if (left == one && right == other || left == other && right == one) return seq;
        return null;
    }
}

/// <summary>Gives links back whose decision no longer stands, the oldest first; one that another decision forbids stays away, by that decision.</summary>
internal static class Revive
{
    /// <returns>The profiles that they touch.</returns>
    internal static async Task<IReadOnlyCollection<ProfileId>> RunAsync(Session ledger, long seq, CancellationToken cancel)
    {
        var links = await LinkRows.RevokedByAsync(ledger, seq, cancel);
        var owners = new HashSet<ProfileId>();
        var quarantined = new Dictionary<Identifier, long>();
        foreach (var end in links.SelectMany(l => new[] { l.Left, l.Right }).Distinct())
        {
            if (await DecisionRows.OwnerAsync(ledger, end, cancel) is { } owner) owners.Add(owner.Id);
            if (await DecisionRows.MarkAsync(ledger, end, DecisionKind.Quarantine, cancel) is { } mark) quarantined[end] = mark.Seq;
        }
        var apart = await Apart.ReadAsync(ledger, owners, cancel);
        var cluster = await Cluster.ReadAsync(ledger, owners, cancel);
        var standing = new List<Link>(cluster.Links);
        var back = new List<Link>();
        var parts = cluster.Parts(standing);
        foreach (var link in links)
        {
            var against = quarantined.TryGetValue(link.Left, out var by) || quarantined.TryGetValue(link.Right, out by) ? by : Against(apart, parts, link);
            if (against is { } other)
            {
                await LinkRows.BlameAsync(ledger, link, other, cancel);
                continue;
            }
            back.Add(link);
            standing.Add(link);
            if (parts[link.Left] != parts[link.Right]) parts = cluster.Parts(standing);
        }
        await LinkRows.GiveBackAsync(ledger, back, cancel);
        return owners;
    }

    private static long? Against(Apart apart, Dictionary<Identifier, int> parts, Link link)
    {
        var (one, other) = (parts[link.Left], parts[link.Right]);
        if (one == other) return null;
        foreach (var (seq, left, right, _, _) in apart.Pairs)
        {
            if (!parts.TryGetValue(left, out var l) || !parts.TryGetValue(right, out var r)) continue;
            if (l == one && r == other || l == other && r == one) return seq;
        }
        return null;
    }
}
