using Kendt.Model;
using Kendt.Store;
using Kendt.Unify;

namespace Kendt.Tests.Unify;

public sealed class StitchTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Stitch Stitch = new(IdentifierRules.Default, new(IdentifierRules.Default));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task A_sign_in_ties_what_was_anonymous_to_the_person(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var first = await RunAsync(test, See(1, "anonymous_id:a1"), See(2, "anonymous_id:a2"));
        Assert.NotEqual(first.Profiles[0], first.Profiles[1]);
        var second = await RunAsync(test, See(3, "user_id:u1", "anonymous_id:a1"), See(4, "email:a@b.dk", "user_id:u1"), See(5, "anonymous_id:a1"));
        Assert.Single(second.Profiles.Distinct());
        Assert.Equal(first.Profiles[0], second.Profiles[0]);
        var kind = await test.Stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select kind from profile where profile_id = {first.Profiles[0]}"), r => r.Text(0), Cancel), Cancel);
        Assert.Equal("person", kind);
    }

    [Theory, Engines]
    public async Task A_merge_keeps_the_older_id_and_the_younger_resolves_for_ever(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var before = await RunAsync(test, See(1, "anonymous_id:a1"), See(2, "email:a@b.dk"), See(3, "phone:+4520123456"));
        var joined = await RunAsync(test, See(4, "email:a@b.dk", "phone:+4520123456"));
        Assert.Equal(before.Profiles[1], joined.Profiles[0]);
        var again = await RunAsync(test, See(5, "anonymous_id:a1", "email:a@b.dk"));
        Assert.Equal(before.Profiles[0], again.Profiles[0]);
        var resolved = await test.Stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select distinct merged_into from profile where merged_into is not null"), r => r.ProfileId(0), Cancel), Cancel);
        Assert.Equal(before.Profiles[0], Assert.Single(resolved));
        await test.Stores.Warehouse.WriteAsync(w => MergeLog.CopyAsync(test.Stores.Ledger, w, Cancel), Cancel);
        await test.Stores.Warehouse.WriteAsync(w => MergeLog.CopyAsync(test.Stores.Ledger, w, Cancel), Cancel);
        var survivors = await test.Stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"select profile_id, survivor_id from survivor"), r => (r.ProfileId(0), r.ProfileId(1)), Cancel), Cancel);
        Assert.Equal(2, survivors.Count);
        Assert.All(survivors, s => Assert.Equal(before.Profiles[0], s.Item2));
    }

    [Theory, Engines]
    public async Task A_shared_tablet_or_a_junk_address_fuses_nobody(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var result = await RunAsync(test,
            See(1, "user_id:u1", "anonymous_id:tablet", "email:test@test.com"),
            See(2, "user_id:u2", "anonymous_id:tablet", "email:test@test.com"),
            See(3, "user_id:u3", "phone:+4500000000"), See(4, "user_id:u4", "phone:+4500000000"));
        Assert.Equal(4, result.Profiles.Distinct().Count());
        var reasons = await test.Stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select reason, times from left_out where type = 'anonymous_id'"), r => (r.Text(0), r.Long(1)), Cancel), Cancel);
        Assert.Equal([("limit:user_id", 1L)], reasons);
    }

    [Theory, Engines]
    public async Task The_last_batch_may_be_repeated(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        Sighting[] batch = [See(1, "anonymous_id:a1"), See(2, "user_id:u1"), See(3, "user_id:u1", "anonymous_id:a1")];
        var first = await RunAsync(test, batch);
        var counts = await CountsAsync(test);
        var second = await RunAsync(test, batch);
        Assert.Equal(first.Profiles[2], second.Profiles[2]);
        Assert.Equal(counts, await CountsAsync(test));
    }

    private static async Task<(long, long, long, long)> CountsAsync(TestStores test) => await test.Stores.Ledger.ReadAsync(async s => (
        await s.CountAsync(Sql.Of($"select count(*) from profile"), Cancel), await s.CountAsync(Sql.Of($"select count(*) from identifier"), Cancel),
        await s.CountAsync(Sql.Of($"select count(*) from link"), Cancel), await s.CountAsync(Sql.Of($"select count(*) from merge_log"), Cancel)), Cancel);

    private static Task<Stitched> RunAsync(TestStores test, params Sighting[] sightings) =>
        test.Stores.Ledger.WriteAsync(s => Stitch.RunAsync(s, sightings, Cancel), Cancel);

    private static Sighting See(int seconds, params string[] identifiers) => new("web", $"message:web:{seconds}", Start.AddSeconds(seconds),
        [.. identifiers.Select(i => Identifier.TryParse(i, out var parsed) ? parsed : throw new ArgumentException(i))]);
}
