using System.Collections.Frozen;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>What people decided, as far as it touches the sightings at hand. While nobody decided anything it costs one small query.</summary>
/// <param name="Quarantined">Values that tie nobody.</param>
/// <param name="Released">Values that are not learnt to be shared again.</param>
/// <param name="Different">Profiles that are never to be one, with the decision that says so.</param>
/// <param name="Revoked">Pairs whose link a standing decision took away.</param>
internal sealed record Standing(
    IReadOnlySet<Identifier> Quarantined, IReadOnlySet<Identifier> Released, IReadOnlyList<(long Seq, ProfileId Left, ProfileId Right)> Different,
    IReadOnlyDictionary<(Identifier Left, Identifier Right), long> Revoked)
{
    internal static Standing None { get; } = new(FrozenSet<Identifier>.Empty, FrozenSet<Identifier>.Empty, [], FrozenDictionary<(Identifier, Identifier), long>.Empty);

    internal bool IsEmpty => Different.Count == 0 && Revoked.Count == 0;

    internal static async Task<Standing> ReadAsync(Session ledger, object?[][] identifiers, object?[][] profiles, CancellationToken cancel)
    {
        var kinds = await ledger.ListAsync(Sql.Of($"select distinct kind from identity_decision where undone_at is null"), r => r.Text(0), cancel);
        if (kinds.Count == 0) return None;
        HashSet<Identifier> quarantined = [], released = [];
        if (kinds.Exists(k => k is "quarantine" or "release"))
        {
            var marked = await ledger.ListChunkedAsync(identifiers, rows => Sql.Of($"""
                with v(type, value) as ({rows})
                select v.type, v.value, d.kind from v cross join identity_decision d
                where d.left_type = v.type and d.left_value = v.value and d.kind in ('quarantine', 'release') and d.undone_at is null
                """), r => (Identifier: new Identifier(r.Text(0), r.Text(1)), Kind: r.Text(2)), cancel);
            foreach (var (identifier, kind) in marked) (kind == "quarantine" ? quarantined : released).Add(identifier);
        }
        List<(long, ProfileId, ProfileId)> different = [];
        if (kinds.Exists(k => k is "different" or "split"))
        {
            different = await ledger.ListChunkedAsync(profiles, rows => Sql.Of($"""
                with v(profile_id) as ({rows})
                select d.seq, l.profile_id, r.profile_id from identity_decision d
                join identifier l on l.type = d.left_type and l.value = d.left_value
                join identifier r on r.type = d.right_type and r.value = d.right_value
                where d.kind in ('different', 'split') and d.undone_at is null and l.profile_id in (select profile_id from v)
                order by d.seq
                """), r => (r.Long(0), r.ProfileId(1), r.ProfileId(2)), cancel);
        }
        var revoked = await ledger.ListChunkedAsync(identifiers, rows => Sql.Of($"""
            with v(type, value) as ({rows})
            select l.left_type, l.left_value, l.right_type, l.right_value, l.revoked_by from link l
            where l.revoked_by is not null and l.revoked_at is not null and l.rule not in ('confirmed', 'kept_together') and (l.right_type, l.right_value) in (select type, value from v)
            """), r => (Pair: (new Identifier(r.Text(0), r.Text(1)), new Identifier(r.Text(2), r.Text(3))), By: r.Long(4)), cancel);
        return new(quarantined, released, different, revoked.DistinctBy(r => r.Pair).ToDictionary(r => r.Pair, r => r.By));
    }
}
