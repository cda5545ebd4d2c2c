using Kendt.Model;
using Kendt.Store;

namespace Kendt.Segments;

/// <summary>What a refresh changed.</summary>
public sealed record MembershipChange(long Entered, long Left);

/// <summary>Who is in which stored segment, and since when; a member who left keeps the row of the time inside.</summary>
public sealed class Membership(Stores stores, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private readonly Evaluate _evaluate = new(stores);

    /// <summary>Judges a stored segment over everybody and writes who entered and who left.</summary>
    /// <exception cref="BadInputException">There is no such segment.</exception>
    public async Task<MembershipChange> RefreshAsync(string segment, DateTimeOffset asOf, CancellationToken cancel)
    {
        var stored = await stores.Ledger.ReadAsync(s => SegmentTable.FindAsync(s, segment, cancel), cancel) ?? throw new BadInputException($"There is no segment '{segment}'. 'kendt segment list' shows them.");
        await _refreshing.WaitAsync(cancel);
        try
        {
            // The long part only reads, so that what arrives meanwhile is not held up.
            var question = await _evaluate.QuestionAsync([stored.Rule], asOf, cancel);
            var changes = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
                select coalesce(m.profile_id, c.profile_id), m.profile_id is not null
                from ({FilterSql.Members(stored.Rule, question, asOf)}) as m
                full join (select profile_id from membership where segment = {segment} and left_at is null) as c on c.profile_id = m.profile_id
                where m.profile_id is null or c.profile_id is null
                """), row => (Id: row.ProfileId(0), Entered: row.Bool(1)), cancel), cancel);
            var entered = changes.Where(c => c.Entered).Select(c => c.Id).ToList();
            var left = changes.Where(c => !c.Entered).Select(c => c.Id).ToList();
            if (changes.Count > 0) await WriteAsync(segment, entered, left, asOf, cancel);
            return new(entered.Count, left.Count);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>Members now, in the order of their ids, after the one that ended the page before.</summary>
    public Task<List<(ProfileId Profile, DateTimeOffset EnteredAt)>> CurrentAsync(string segment, ProfileId? after, int most, CancellationToken cancel) => stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
        select profile_id, entered_at from membership
        where segment = {segment} and left_at is null and profile_id > {after ?? default}
        order by profile_id limit {(long)most}
        """), row => (row.ProfileId(0), row.Time(1)), cancel), cancel);

    /// <summary>The names of the segments that a person is in now.</summary>
    public Task<List<string>> OfAsync(ProfileId profile, CancellationToken cancel) => stores.Warehouse.ReadAsync(s => s.ListAsync(
        Sql.Of($"select distinct segment from membership where profile_id = {profile} and left_at is null and entered_at <= {time.GetUtcNow()} order by segment"), row => row.Text(0), cancel), cancel);

    /// <summary>How many members each segment has now.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountsAsync(CancellationToken cancel) => (await stores.Warehouse.ReadAsync(s => s.ListAsync(
        Sql.Of($"select segment, count(*) from membership where left_at is null group by segment"), row => (Name: row.Text(0), Count: row.Long(1)), cancel), cancel)).ToDictionary(c => c.Name, c => c.Count, StringComparer.Ordinal);

    // Who leaves at the moment of entering, or before it, was never in.
    private Task WriteAsync(string segment, List<ProfileId> entered, List<ProfileId> left, DateTimeOffset asOf, CancellationToken cancel) => stores.Warehouse.WriteAsync(async session =>
    {
        if (left.Count > 0)
        {
            var gone = Sql.Of($"segment = {segment} and left_at is null and profile_id in ({FilterSql.People(left)})");
            await session.ExecuteAsync(Sql.Of($"delete from membership where {gone} and entered_at >= {asOf}"), cancel);
            await session.ExecuteAsync(Sql.Of($"update membership set left_at = {asOf} where {gone}"), cancel);
        }
        await session.LoadAsync("membership", ["segment", "profile_id", "entered_at", "left_at"], entered.Select(id => new object?[] { segment, id, asOf, null }), cancel);
    }, cancel);

    public void Dispose() => _refreshing.Dispose();
}
