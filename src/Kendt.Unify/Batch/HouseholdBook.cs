using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify.Batch;

/// <summary>Who lives with whom, as profiles are called now.</summary>
public sealed record Household(Guid Id, IReadOnlyList<ProfileId> Members);

/// <summary>
/// The households of a workspace: groups of profiles, kept beside them. A household that stays in large part keeps its id. Who left stays known as
/// such, so that the warehouse's copy hears of it.
/// </summary>
public static class HouseholdBook
{
    private const string Offset = "households";

    /// <summary>The household of a person; null if none is known.</summary>
    public static async Task<Household?> FindAsync(Session ledger, ProfileId profile, CancellationToken cancel)
    {
        var rows = await ledger.ListAsync(Sql.Of($"""
            select distinct m.household_id, coalesce(p.merged_into, p.profile_id) from household_member m join profile p on p.profile_id = m.profile_id
            where m.household_id in (select h.household_id from household_member h join profile o on o.profile_id = h.profile_id where coalesce(o.merged_into, o.profile_id) = {profile} and h.household_id is not null)
            """), r => (Id: r.Guid(0), Member: r.ProfileId(1)), cancel);
        // Two that became one may have come from two households.
        var found = rows.GroupBy(r => r.Id).MaxBy(g => g.Count());
        return found is null || found.Count() < 2 ? null : new(found.Key, [.. found.Select(r => r.Member).Order()]);
    }

    /// <summary>How many households there are, and how many persons live in them.</summary>
    public static async Task<(long Households, long Persons)> CountAsync(Session ledger, CancellationToken cancel) =>
        (await ledger.CountAsync(Sql.Of($"select count(distinct household_id) from household_member where household_id is not null"), cancel), await ledger.CountAsync(Sql.Of($"select count(*) from household_member where household_id is not null"), cancel));

    /// <summary>The largest households first.</summary>
    public static async Task<IReadOnlyList<Household>> ListAsync(Session ledger, int limit, int offset, CancellationToken cancel)
    {
        var rows = await ledger.ListAsync(Sql.Of($"""
            select m.household_id, coalesce(p.merged_into, p.profile_id) from household_member m join profile p on p.profile_id = m.profile_id where m.household_id in (
                select household_id from (select household_id from household_member where household_id is not null group by household_id order by count(*) desc, household_id limit {(long)limit} offset {(long)offset}) as page)
            """), r => (Id: r.Guid(0), Member: r.ProfileId(1)), cancel);
        return [.. rows.GroupBy(r => r.Id).Select(g => new Household(g.Key, [.. g.Select(r => r.Member).Distinct().Order()])).OrderByDescending(h => h.Members.Count).ThenBy(h => h.Id)];
    }

    /// <summary>Everybody who is in a household with one of these.</summary>
    internal static Task<List<ProfileId>> MatesAsync(Session ledger, IReadOnlyCollection<ProfileId> profiles, CancellationToken cancel) => ledger.ListChunkedAsync([.. profiles.Select(p => new object?[] { p })], rows => Sql.Of($"""
        with v(profile_id) as ({rows})
        select distinct m.profile_id from v join household_member h on h.profile_id = v.profile_id join household_member m on m.household_id = h.household_id
        """), r => r.ProfileId(0), cancel);

    /// <summary>Who moves where, null being into no household, so that the households found are those that are.</summary>
    /// <param name="concerned">All who may have moved; who is in no household of <paramref name="found"/> lives alone.</param>
    internal static async Task<IReadOnlyList<(ProfileId Profile, Guid? To)>> MovesAsync(Session ledger, IReadOnlyCollection<ProfileId> concerned, IReadOnlyList<IReadOnlyList<ProfileId>> found, DateTimeOffset at, CancellationToken cancel)
    {
        var before = (await ledger.ListChunkedAsync([.. concerned.Distinct().Select(p => new object?[] { p })], rows => Sql.Of($"with v(profile_id) as ({rows}) select m.profile_id, m.household_id from v join household_member m on m.profile_id = v.profile_id where m.household_id is not null"),
            r => (Profile: r.ProfileId(0), Id: r.Guid(1)), cancel)).ToDictionary(m => m.Profile, m => m.Id);
        var (now, taken) = (new Dictionary<ProfileId, Guid>(), new HashSet<Guid>());
        var claims = found.Select((members, i) => (Place: i, Known: members.Where(before.ContainsKey).CountBy(m => before[m]).OrderByDescending(k => k.Value).ThenBy(k => k.Key).FirstOrDefault()));
        foreach (var (place, known) in claims.OrderByDescending(c => c.Known.Value).ThenBy(c => c.Place).ToList())
        {
            var id = known.Value > 0 && taken.Add(known.Key) ? known.Key : Guid.CreateVersion7(at);
            foreach (var member in found[place]) now[member] = id;
        }
        return
        [
            .. concerned.Distinct().Order().Select(p => (Profile: p, To: now.TryGetValue(p, out var to) ? to : (Guid?)null)).Where(m => m.To != (before.TryGetValue(m.Profile, out var was) ? was : (Guid?)null)),
        ];
    }

    internal static async Task WriteAsync(Session ledger, IReadOnlyCollection<(ProfileId Profile, Guid? To)> moves, CancellationToken cancel)
    {
        await ledger.LockAsync(Offset, cancel);
        var seq = await ledger.CountAsync(Sql.Of($"select max(seq) from household_member"), cancel);
        await ledger.ExecuteChunkedAsync([.. moves.Where(m => m.To is not null).Select(m => new object?[] { m.Profile, m.To, ++seq })], rows => Sql.Of($"""
            insert into household_member (profile_id, household_id, seq) {rows} on conflict (profile_id) do update set household_id = excluded.household_id, seq = excluded.seq
            """), cancel);
        await ledger.ExecuteChunkedAsync([.. moves.Where(m => m.To is null).Select(m => new object?[] { m.Profile, ++seq })],
            rows => Sql.Of($"with v(profile_id, seq) as ({rows}) update household_member set household_id = null, seq = v.seq from v where household_member.profile_id = v.profile_id"), cancel);
    }

    /// <summary>Brings what changed to the warehouse, within the caller's transaction there.</summary>
    public static async Task CopyAsync(Engine ledger, Session warehouse, CancellationToken cancel)
    {
        await warehouse.LockAsync(Offset, cancel);
        var after = await Projection.ReadAsync(warehouse, Offset, cancel);
        var rows = await ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select seq, profile_id, household_id from household_member where seq > {after} order by seq"), r => (Seq: r.Long(0), Profile: r.Guid(1), Household: r.IsNull(2) ? (Guid?)null : r.Guid(2)), cancel), cancel);
        if (rows.Count == 0) return;
        await warehouse.ExecuteChunkedAsync([.. rows.Select(r => new object?[] { r.Profile })], v => Sql.Of($"delete from household_member where profile_id in ({v})"), cancel);
        await warehouse.LoadAsync("household_member", ["household_id", "profile_id"], rows.Where(r => r.Household is not null).Select(r => new object?[] { r.Household, r.Profile }), cancel);
        await Projection.WriteAsync(warehouse, Offset, rows[^1].Seq, cancel);
    }
}
