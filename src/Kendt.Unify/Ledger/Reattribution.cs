using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>Profiles that a decision or a plan changed, whose events, traits, consent and companies are to be brought to their owners anew.</summary>
public static class Reattribution
{
    // So many are brought to their owners in one step.
    private const long Most = 5_000;

    /// <summary>What waits to be brought to its owners.</summary>
    /// <param name="Last">The place up to which it is complete.</param>
    /// <param name="Profiles">Every id that leads, or led, to one of them, with the one that it leads to now.</param>
    /// <param name="Owners">Whose each of their identifiers is.</param>
    public sealed record Waiting(long Last, IReadOnlyDictionary<ProfileId, ProfileId> Profiles, IReadOnlyDictionary<Identifier, ProfileId> Owners)
    {
        /// <summary>Whose something is now that was written for <paramref name="was"/>; the same where its name says nothing new, or leads to the same.</summary>
        public ProfileId OwnerOf(Identifier namedBy, ProfileId was) =>
            Profiles.TryGetValue(was, out var leads) && Owners.TryGetValue(namedBy, out var owner) && owner != leads ? owner : was;
    }

    internal static async Task AskAsync(Session ledger, IReadOnlyCollection<ProfileId> profiles, DateTimeOffset at, CancellationToken cancel)
    {
        var seq = await LastAsync(ledger, cancel);
        await ledger.ExecuteChunkedAsync([.. profiles.Select(id => new object?[] { ++seq, id, at })],
            rows => Sql.Of($"insert into reattribution (seq, profile_id, at) {rows}"), cancel);
    }

    /// <summary>The newest place in the queue.</summary>
    public static Task<long> LastAsync(Session ledger, CancellationToken cancel) => ledger.CountAsync(Sql.Of($"select max(seq) from reattribution"), cancel);

    /// <summary>What came into the queue after a place, a bounded part of it; null if nothing did.</summary>
    public static async Task<Waiting?> ReadAsync(Session ledger, long after, CancellationToken cancel)
    {
        var asked = await AskedAsync(ledger, Sql.Of($"q.seq > {after} order by q.seq limit {Most}"), cancel);
        // The parts of what came apart were asked for together, and are brought to their owners together.
        if (asked.Count == Most) asked.AddRange(await AskedAsync(ledger, Sql.Of($"q.seq > {asked[^1].Seq} and q.at = {asked[^1].At} order by q.seq"), cancel));
        if (asked.Count == 0) return null;
        object?[][] ids = [.. asked.Select(a => a.Id).Distinct().Select(id => new object?[] { id })];
        var family = await ledger.ListChunkedAsync(ids,
            rows => Sql.Of($"with v(profile_id) as ({rows}) select p.profile_id, v.profile_id from v join profile p on p.profile_id = v.profile_id or p.merged_into = v.profile_id"),
            r => (Id: r.ProfileId(0), To: r.ProfileId(1)), cancel);
        var owners = await ledger.ListChunkedAsync(ids,
            rows => Sql.Of($"with v(profile_id) as ({rows}) select i.type, i.value, i.profile_id from v join identifier i on i.profile_id = v.profile_id"),
            r => (Identifier: new Identifier(r.Text(0), r.Text(1)), Id: r.ProfileId(2)), cancel);
        return new(asked[^1].Seq, family.ToDictionary(f => f.Id, f => f.To), owners.ToDictionary(o => o.Identifier, o => o.Id));
    }

    private static Task<List<(long Seq, ProfileId Id, DateTimeOffset At)>> AskedAsync(Session ledger, Sql which, CancellationToken cancel) => ledger.ListAsync(
        Sql.Of($"select q.seq, coalesce(p.merged_into, p.profile_id), q.at from reattribution q join profile p on p.profile_id = q.profile_id where {which}"),
        r => (r.Long(0), r.ProfileId(1), r.Time(2)), cancel);
}
