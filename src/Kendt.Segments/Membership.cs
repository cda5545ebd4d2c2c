using Kendt.Model;
using Kendt.Store;

namespace Kendt.Segments;

/// <summary>Somebody entered a segment or left it.</summary>
/// <param name="Seq">Its place among all changes; it grows.</param>
/// <param name="Cause">event, trait, consent, identifier, time, merge, seen (somebody new), rule (the segment was made or replaced) or check (a defect was mended).</param>
/// <param name="Subject">The name of the event or trait, the purpose or the type of identifiers; empty for other causes.</param>
/// <param name="Evidence">The place in its log of the message or record that caused it.</param>
public sealed record MembershipChange(long Seq, string Segment, ProfileId Profile, bool Entered, DateTimeOffset At, string Cause, string Subject, long? Evidence);

/// <summary>
/// Who is in which stored segment, and who came and went. The ledger has who is in now and every change; the warehouse has
/// each stay, for those who count and join, a moment later.
/// </summary>
public sealed class Membership(Stores stores) : IDisposable
{
    private const string Offset = "membership";
    private const int Most = 50_000;

    private readonly SemaphoreSlim _copying = new(1, 1);

    /// <summary>The segments that a person is in now, with the moment of entering.</summary>
    public Task<List<(string Segment, DateTimeOffset EnteredAt)>> OfAsync(ProfileId profile, CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListAsync(
        Sql.Of($"select segment, entered_at from segment_member where profile_id = {profile} order by segment"), row => (row.Text(0), row.Time(1)), cancel), cancel);

    /// <summary>How many members each segment has now.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountsAsync(CancellationToken cancel) => (await stores.Ledger.ReadAsync(s => s.ListAsync(
        Sql.Of($"select name, members from live_segment"), row => (row.Text(0), row.Long(1)), cancel), cancel)).ToDictionary(StringComparer.Ordinal);

    /// <summary>Members now, in the order of their ids, after the one that ended the page before.</summary>
    public async Task<List<(ProfileId Profile, DateTimeOffset EnteredAt)>> CurrentAsync(string segment, ProfileId? after, int most, CancellationToken cancel)
    {
        await CopyAsync(cancel);
        return await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select profile_id, entered_at from membership
            where segment = {segment} and left_at is null and profile_id > {after ?? default}
            order by profile_id limit {(long)most}
            """), row => (row.ProfileId(0), row.Time(1)), cancel), cancel);
    }

    /// <summary>Who entered a segment and who left it, after a place, in order.</summary>
    public Task<List<MembershipChange>> ChangesAsync(string segment, long after, int most, CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
        select seq, segment, profile_id, entered, at, cause, subject, evidence from segment_change where segment = {segment} and seq > {after} order by seq limit {(long)most}
        """), Read, cancel), cancel);

    /// <summary>The latest changes of a segment, the latest first.</summary>
    public Task<List<MembershipChange>> LatestAsync(string segment, int most, CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
        select seq, segment, profile_id, entered, at, cause, subject, evidence from segment_change where segment = {segment} order by seq desc limit {(long)most}
        """), Read, cancel), cancel);

    /// <summary>How many entered a segment and how many left it since a moment.</summary>
    public async Task<(long Entered, long Left)> MovedAsync(string segment, DateTimeOffset since, CancellationToken cancel) => await stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"""
        select coalesce(sum(case when entered then 1 else 0 end), 0), coalesce(sum(case when entered then 0 else 1 end), 0) from segment_change where segment = {segment} and at > {since}
        """), r => (r.Long(0), r.Long(1)), cancel), cancel);

    /// <summary>The place of the latest change of all; 0 if there was none.</summary>
    public Task<long> LastAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select max(seq) from segment_change"), cancel), cancel);

    /// <summary>Brings the changes to the warehouse, from where it was.</summary>
    public async Task CopyAsync(CancellationToken cancel)
    {
        await _copying.WaitAsync(cancel);
        try
        {
            while (await LastAsync(cancel) > await stores.Warehouse.ReadAsync(s => Projection.ReadAsync(s, Offset, cancel), cancel))
                await stores.Warehouse.WriteAsync(s => CopyAsync(s, cancel), cancel);
        }
        finally
        {
            _copying.Release();
        }
    }

    /// <summary>Lets go of changes before a moment that the warehouse has; the stays there tell who was in when.</summary>
    public async Task<int> TidyAsync(DateTimeOffset before, CancellationToken cancel)
    {
        var copied = await stores.Warehouse.ReadAsync(s => Projection.ReadAsync(s, Offset, cancel), cancel);
        // The last one stays, so that numbers go on from it.
        return await stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"delete from segment_change where seq < {copied} and at < {before}"), cancel), cancel);
    }

    public void Dispose() => _copying.Dispose();

    private async Task CopyAsync(Session warehouse, CancellationToken cancel)
    {
        var from = await Projection.ReadAsync(warehouse, Offset, cancel);
        var changes = await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select seq, segment, profile_id, entered, at, cause, subject, evidence from segment_change where seq > {from} order by seq limit {Most}
            """), Read, cancel), cancel);
        if (changes.Count == 0) return;
        var stays = new Dictionary<(string, ProfileId), List<(DateTimeOffset Entered, DateTimeOffset? Left)>>();
        var ended = new List<object?[]>();
        foreach (var change in changes)
        {
            var key = (change.Segment, change.Profile);
            if (!stays.TryGetValue(key, out var those)) stays[key] = those = [];
            if (change.Entered) those.Add((change.At, null));
            else if (those.Count == 0) ended.Add([change.Segment, change.Profile, change.At]);
            else if (those[^1].Entered < change.At) those[^1] = (those[^1].Entered, change.At);
            else those.RemoveAt(those.Count - 1); // who leaves at the moment of entering was never in
        }
        var own = Sql.Of($"membership.segment = v.segment and membership.profile_id = v.profile_id and membership.left_at is null");
        await warehouse.ExecuteChunkedAsync(ended, rows => Sql.Of($"""
            with v(segment, profile_id, ended_at) as ({rows})
            delete from membership where exists (select 1 from v where {own} and membership.entered_at >= v.ended_at)
            """), cancel);
        await warehouse.ExecuteChunkedAsync(ended, rows => Sql.Of($"with v(segment, profile_id, ended_at) as ({rows}) update membership set left_at = v.ended_at from v where {own}"), cancel);
        await warehouse.LoadAsync("membership", ["segment", "profile_id", "entered_at", "left_at"],
            stays.SelectMany(s => s.Value.Select(stay => new object?[] { s.Key.Item1, s.Key.Item2, stay.Entered, stay.Left })), cancel);
        await Projection.WriteAsync(warehouse, Offset, changes[^1].Seq, cancel);
    }

    private static MembershipChange Read(Row row) =>
        new(row.Long(0), row.Text(1), row.ProfileId(2), row.Bool(3), row.Time(4), row.Text(5), row.Text(6), row.IsNull(7) ? null : row.Long(7));
}
