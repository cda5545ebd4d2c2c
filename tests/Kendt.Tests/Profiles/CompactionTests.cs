using Kendt.Model;
using Kendt.Profiles;
using Kendt.Store;

namespace Kendt.Tests.Profiles;

public sealed class CompactionTests
{
    private const int Events = 3000;

    private static readonly DateTimeOffset Start = new(2026, 1, 20, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task Sorting_changes_no_answer_even_when_it_is_cut_off(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var people = Enumerable.Range(0, 20).Select(i => new ProfileId(Guid.CreateVersion7(Start.AddMinutes(i)))).ToList();
        await WriteAsync(test.Stores, 0, people);
        await MergeAsync(test.Stores, people[7], people[3]);
        var (before, timeline) = (await EventsAsync(test.Stores), await TimelineAsync(test.Stores, people[3]));

        var compaction = new Compaction(test.Stores, slice: 100);
        var due = await compaction.DueAsync(1, Cancel);
        if (on is On.Postgres)
        {
            Assert.Empty(due);
            return;
        }
        Assert.Equal([1, 2, 3], due.Select(d => d.Month.Month));
        await Assert.ThrowsAsync<OperationCanceledException>(() => compaction.SortAsync(due[1], done => throw new OperationCanceledException($"cut off after {done}"), Cancel));
        Assert.Equal(before, await EventsAsync(test.Stores));
        await test.ReopenAsync();
        compaction = new Compaction(test.Stores, slice: 100);
        Assert.Equal(3, (await compaction.DueAsync(1, Cancel)).Count);
        foreach (var month in await compaction.DueAsync(1, Cancel)) await compaction.SortAsync(month, _ => { }, Cancel);

        Assert.Empty(await compaction.DueAsync(1, Cancel));
        Assert.Equal(before, await EventsAsync(test.Stores));
        Assert.Equal(timeline, await TimelineAsync(test.Stores, people[3]));
        // The merge is folded in, and February lies in the order of profiles and times.
        Assert.Equal(0, await test.Stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from event_log where written_profile_id = {people[7]}"), Cancel), Cancel));
        Assert.Equal(0, await test.Stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"""
            select count(*) from (select profile_key, ts, lag(profile_key) over (order by rowid) as k, lag(ts) over (order by rowid) as t from event_log where ts >= '2026-02-01' and ts < '2026-03-01') as rows
            where k > profile_key or (k = profile_key and t > ts)
            """), Cancel), Cancel));
        // What came a second ago is on the timeline beside what lies sorted.
        await WriteAsync(test.Stores, Events, people);
        Assert.True((await TimelineAsync(test.Stores, people[3])).Count > timeline.Count);
        Assert.Empty(await compaction.DueAsync(Events * 2, Cancel));
    }

    [Theory, Engines]
    public async Task A_sorted_event_may_get_another_owner(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var people = Enumerable.Range(0, 3).Select(i => new ProfileId(Guid.CreateVersion7(Start.AddMinutes(i)))).ToList();
        await WriteAsync(test.Stores, 0, people);
        foreach (var id in people) await KnowAsync(test.Stores, id, null);
        var compaction = new Compaction(test.Stores);
        foreach (var month in await compaction.DueAsync(1, Cancel)) await compaction.SortAsync(month, _ => { }, Cancel);
        var all = (await TimelineAsync(test.Stores, people[0])).Concat(await TimelineAsync(test.Stores, people[1])).Order().ToList();
        await test.Stores.Warehouse.WriteAsync(s => s.ExecuteAsync(Sql.Of($"update event_log set written_profile_id = {people[0]}{OwnEvents.Moved} where written_profile_id = {people[1]}"), Cancel), Cancel);
        Assert.Equal(all, (await TimelineAsync(test.Stores, people[0])).Order());
        Assert.Empty(await TimelineAsync(test.Stores, people[1]));
    }

    // Some name nobody, as receipts without a card do.
    private static Task WriteAsync(Stores stores, int from, List<ProfileId> people) => stores.Warehouse.WriteAsync(w => WarehouseWriter.WriteEventsAsync(w, Enumerable.Range(from, Events).Select(i => new OwnedHappening(
        new Happening
        {
            Seq = i,
            Source = "web",
            MessageId = "m" + i,
            Type = MessageType.Track,
            Name = "Looked",
            At = Start.AddMinutes(i % Events * 20),
            ReceivedAt = Start,
            Properties = "{}",
            Context = "{}",
            Identifiers = [],
        }, i % 11 == 0 ? null : people[i * 7 % people.Count])), Cancel), Cancel);

    private static async Task MergeAsync(Stores stores, ProfileId loser, ProfileId survivor)
    {
        await KnowAsync(stores, survivor, null);
        await KnowAsync(stores, loser, survivor);
        await stores.Warehouse.WriteAsync(s => s.LoadAsync("profile_merge", ["seq", "profile_id", "survivor_id", "merged_at"], [[1L, loser, survivor, Start]], Cancel), Cancel);
    }

    private static Task KnowAsync(Stores stores, ProfileId id, ProfileId? survivor) => stores.Ledger.WriteAsync(s => s.LoadAsync(
        "profile", ["profile_id", "kind", "created_at", "merged_into", "merged_at"], [[id, "person", Start, survivor, survivor is null ? null : Start]], Cancel), Cancel);

    private static Task<List<(long, ProfileId?, DateTimeOffset)>> EventsAsync(Stores stores) => stores.Warehouse.ReadAsync(s => s.ListAsync(
        Sql.Of($"select seq, profile_id, ts from event order by seq"), r => (r.Long(0), r.ProfileIdOrNull(1), r.Time(2)), Cancel), Cancel);

    private static async Task<List<long>> TimelineAsync(Stores stores, ProfileId id) => [.. (await new Timeline(stores).ReadAsync(id, new(), null, Events, Cancel)).Events.Select(e => e.Seq)];
}
