using CsCheck;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Merging;
using Kendt.Segments;
using Kendt.Store;
using Kendt.Unify.Merging;
using Microsoft.Extensions.Time.Testing;

namespace Kendt.Tests.Segments;

/// <summary>Live membership is what the rules say, whatever happens in whatever order, and however often it is cut off.</summary>
public sealed class LiveTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly DateTimeOffset Noon = RandomWorld.Noon;

    private static ProfileId Id(string user) => ProfileId.For(new("user_id", user), Noon);

    private static readonly MergeConfig[] Policies =
    [
        MergeConfig.None,
        new() { Traits = new Dictionary<string, MergeTrait> { ["plan"] = new(MergeWay.Importance, ["shop", "crm"], null), ["city"] = new(MergeWay.MostFrequent, [], null), ["note"] = new(MergeWay.MostRecent, [], "city") } },
        new() { Default = MergeWay.LeastRecent, Groups = new Dictionary<string, MergeGroup> { ["g"] = new(["city", "points", "vip"], MergeWay.Importance, ["web", "crm"]) } },
        new() { Traits = new Dictionary<string, MergeTrait> { ["plan"] = new(MergeWay.Separate, [], null), ["points"] = new(MergeWay.Combine, [], null), ["joined"] = new(MergeWay.Exclude, [], null) } },
    ];

    private static Filter Rule(string json) => FilterJson.Parse(json);

    [Theory, Engines]
    public Task Everybody_is_in_what_the_rules_say_whatever_happens(On on) => Gen.Int[0, 1_000_000].SampleAsync(async seed =>
    {
        var (random, made) = (new Random(seed), new RandomWorld(seed));
        var time = new FakeTimeProvider(RandomWorld.Spring.AddDays(-20));
        await using var test = await TestStores.OpenAsync(on, time);
        using var world = new LiveWorld(test, time, Cancel);
        world.Start();
        var people = made.People(25);
        var happenings = people.SelectMany(p => p.Traits.Select(t => (Action)(() => world.Trait(p.Id, t.Name, t.Value, t.At, random.Next(3) == 0)))
            .Concat(p.Events.TakeLast(30).Select(e => (Action)(() => world.Event(p.Id, e.Name, e.Properties, e.At)))).Append(() => world.Page(p.Id, Noon))).ToArray();
        random.Shuffle(happenings);
        await world.PutAsync("a", made.Rules(1, [])[0]);
        await world.PutAsync("b", made.Rules(1, ["a"])[0]);
        await world.PutAsync("named", Rule("""{"any":[{"identifier":"email","endsWith":"5@b.dk"},{"all":[{"identifier":"email","count":{"atLeast":2}},{"not":{"segment":"a"}}]}]}"""));
        await world.PutAsync("opted", Rule("""{"all":[{"consent":"email","is":"granted"},{"not":{"segment":"b"}}]}"""));
        var queue = new Queue<Action>(happenings);
        for (var step = 0; queue.Count > 0; step++)
        {
            string what;
            switch (random.Next(11))
            {
                case 10:
                    what = "somebody was known by more";
                    await world.NameAsync(people[random.Next(people.Count)].Id, random.Next(3) == 0 ? "phone" : "email", $"e{step}@b.dk", time.GetUtcNow().AddMinutes(random.Next(-100, 100)), byRecord: random.Next(2) == 0);
                    await world.DeliverAsync();
                    break;
                case 0:
                    what = "a rule was put";
                    await world.PutAsync($"r{random.Next(8)}", made.Rules(1, ["a", "b", "opted"])[0]);
                    break;
                case 1:
                    what = "time passed";
                    time.Advance(TimeSpan.FromHours(random.Next(1, 24 * 20)));
                    break;
                case 2 when world.Live.NextDue is { } due && due > time.GetUtcNow():
                    what = "time passed to the next change";
                    time.SetUtcNow(due);
                    break;
                case 3:
                    what = "two became one";
                    await world.MergeAsync(people[random.Next(people.Count)].Id, people[random.Next(people.Count)].Id);
                    break;
                case 4:
                    what = "somebody decided";
                    await world.ConsentAsync(people[random.Next(people.Count)].Id, "email", (ConsentState)random.Next(3), time.GetUtcNow().AddMinutes(random.Next(-100, 100)));
                    break;
                case 5 when random.Next(2) == 0:
                    what = "another policy";
                    await world.MergingAsync(Policies[random.Next(Policies.Length)].Policy());
                    break;
                case 6 when world.Records(people[random.Next(people.Count)].Id).Any():
                    what = "a record went";
                    await world.DeliverAsync();
                    var loser = people.First(p => world.Records(p.Id).Any());
                    await world.WithdrawAsync(world.Records(loser.Id).First());
                    break;
                case 5:
                    what = "a restart";
                    world.Start();
                    break;
                default:
                    what = "something came";
                    for (var n = random.Next(1, 120); n > 0 && queue.TryDequeue(out var happening); n--) happening();
                    await world.DeliverAsync();
                    break;
            }
            await world.CheckAsync($"step {step}, {what}");
        }
        await world.Live.RebuildAsync([.. people.Select(p => p.Id)], Cancel);
        await world.CheckAsync("a rebuild");
        foreach (var name in world.Rules.Keys.Where(n => n.StartsWith('r')).ToList())
        {
            world.Rules.Remove(name);
            await world.Catalogue.RemoveAsync(name, Cancel);
        }
        await world.CheckAsync("segments were removed");

        // The warehouse's stays, the counts and the log of changes tell the same.
        using var membership = new Membership(test.Stores);
        await membership.CopyAsync(Cancel);
        var members = await world.MembersAsync();
        var stays = await test.Stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"select segment, profile_id from membership where left_at is null"), r => (r.Text(0), r.ProfileId(1)), Cancel), Cancel);
        Assert.Equal(members.Order(), stays.Order());
        Assert.Equal(members.GroupBy(m => m.Segment).Select(g => (g.Key, (long)g.Count())).Order(), (await membership.CountsAsync(Cancel)).Where(c => c.Value > 0).Select(c => (c.Key, c.Value)).Order());
        foreach (var segment in world.Rules.Keys)
        {
            var inside = new HashSet<ProfileId>();
            foreach (var change in await membership.ChangesAsync(segment, 0, 100_000, Cancel)) Assert.True(change.Entered ? inside.Add(change.Profile) : inside.Remove(change.Profile));
            Assert.Equal(members.Where(m => m.Segment == segment).Select(m => m.Profile).Order(), inside.Order());
        }
    }, iter: on is On.Embedded ? 6 : 2, seed: "0000Segments0", threads: 1);

    [Theory, Engines]
    public async Task A_change_says_what_caused_it(On on)
    {
        var time = new FakeTimeProvider(Noon);
        await using var test = await TestStores.OpenAsync(on, time);
        using var world = new LiveWorld(test, time, Cancel);
        world.Start();
        await world.PutAsync("buyers", Rule("""{"event":"Buy","within":"2d"}"""));
        await world.PutAsync("others", Rule("""{"not":{"segment":"buyers"}}"""));
        await world.PutAsync("gold", Rule("""{"all":[{"trait":"plan","is":"gold"},{"consent":"email","is":"granted"}]}"""));
        await world.CheckAsync("three rules");
        world.Page(Id("a"), Noon);
        await world.DeliverAsync();
        await world.CheckAsync("a page");
        world.Event(Id("a"), "Buy", "{}", Noon);
        world.Trait(Id("a"), "plan", "\"gold\"", Noon);
        await world.DeliverAsync();
        await world.ConsentAsync(Id("a"), "email", ConsentState.Granted, Noon);
        await world.CheckAsync("buying");
        Assert.Equal(Noon.AddDays(2), world.Live.NextDue);
        time.SetUtcNow(Noon.AddDays(2));
        await world.CheckAsync("two days");
        world.Page(Id("b"), Noon);
        await world.DeliverAsync();
        await world.CheckAsync("another");
        await world.MergeAsync(Id("a"), Id("b"));
        await world.CheckAsync("a merge");
        await world.PutAsync("gold", Rule("""{"any":[]}"""));
        await world.CheckAsync("a rule");

        using var membership = new Membership(test.Stores);
        async Task<string> ToldAsync(string segment) => string.Join("; ", (await membership.ChangesAsync(segment, 0, 100, Cancel)).Select(c => $"{(c.Profile == Id("a") ? "a" : "b")} {(c.Entered ? "in" : "out")} {c.Cause} {c.Subject} {c.Evidence}".TrimEnd()));
        Assert.Equal("a in event Buy 2; a out time", await ToldAsync("buyers"));
        Assert.Equal("a in seen; a out event Buy 2; a in time; b in seen; a out merge", await ToldAsync("others"));
        Assert.Equal("a in consent email 1; a out merge; b in merge; b out rule", await ToldAsync("gold"));
        Assert.Equal([("others", Noon.AddDays(2))], await membership.OfAsync(Id("b"), Cancel));
    }

    [Theory, Engines]
    public async Task A_record_that_brings_an_identifier_and_nothing_else_is_noticed_at_once(On on)
    {
        var time = new FakeTimeProvider(Noon);
        await using var test = await TestStores.OpenAsync(on, time);
        using var world = new LiveWorld(test, time, Cancel);
        world.Start();
        var (anna, bo) = (new ProfileId(Guid.CreateVersion7(Noon)), new ProfileId(Guid.CreateVersion7(Noon.AddMinutes(1))));
        await world.PutAsync("reachable", Rule("""{"identifier":"email"}"""));
        world.Page(anna, Noon);
        world.Page(bo, Noon);
        await world.DeliverAsync();
        await world.CheckAsync("they were seen");
        Assert.Empty(await world.MembersAsync());
        await world.NameAsync(anna, "email", "a@b.dk", Noon, byRecord: true);
        await world.DeliverAsync();
        await world.CheckAsync("a record named one");
        Assert.Equal([("reachable", anna)], await world.MembersAsync());
        // Named as one who was merged away since.
        await world.MergeAsync(anna, bo);
        await world.Live.CatchUpAsync(Cancel);
        await world.PutAsync("called", Rule("""{"identifier":"phone"}"""));
        await world.CheckAsync("another rule");
        await world.NameAsync(anna, "phone", "+4520304050", Noon, byRecord: true);
        await world.DeliverAsync();
        await world.CheckAsync("a record named the survivor");
        Assert.Contains(("called", bo), await world.MembersAsync());
    }

    [Theory, Engines]
    public async Task What_differs_from_a_full_evaluation_is_found_explained_and_mended(On on)
    {
        var time = new FakeTimeProvider(Noon);
        await using var test = await TestStores.OpenAsync(on, time);
        using var world = new LiveWorld(test, time, Cancel);
        world.Start();
        await world.PutAsync("buyers", Rule("""{"all":[{"event":"Buy","within":"2d"},{"trait":"plan","isNot":"gold"}]}"""));
        foreach (var user in new[] { "a", "b", "c" }) world.Event(Id(user), "Buy", "{}", Noon.AddDays(-1));
        world.Trait(Id("c"), "plan", "\"gold\"", Noon);
        await world.DeliverAsync();
        await world.CheckAsync("buying");
        var check = new SegmentCheck(test.Stores, world.Catalogue, world.Live, time);
        var sound = await check.RunAsync(null, Cancel);
        Assert.Equal((1, 2L, 0), (sound.Segments, sound.Memberships, sound.Defects.Count));

        // Something that should have been remembered was not, and somebody is in who should not be.
        await test.Stores.Ledger.WriteAsync(async s =>
        {
            await s.ExecuteAsync(Sql.Of($"delete from live_fact where profile_id = {Id("a")}"), Cancel);
            await s.ExecuteAsync(Sql.Of($"delete from segment_member where profile_id = {Id("a")}"), Cancel);
            await s.ExecuteAsync(Sql.Of($"insert into segment_member (profile_id, segment, entered_at) values ({Id("c")}, 'buyers', {Noon})"), Cancel);
        }, Cancel);
        var found = (await check.RunAsync(null, Cancel)).Defects.OrderBy(d => d.Live).ToList();
        Assert.Equal([(Id("a"), false, true, true), (Id("c"), true, false, false)], found.Select(d => (d.Profile, d.Live, d.ByPredicate, d.BySql)));
        Assert.Equal([("all[0].event", true, true), ("all[1].trait", false, false)], found[1].Conditions.Select(c => (c.Path, c.ByPredicate, c.BySql)));
        Assert.Equal(2, (await check.DefectsAsync(10, Cancel)).Count);
        await world.CheckAsync("the defects were mended");
        Assert.Empty((await check.RunAsync(null, Cancel)).Defects);
        time.Advance(TimeSpan.FromDays(1));
        await world.Live.PruneAsync(Cancel);
        await world.CheckAsync("a day");
        Assert.Equal(1, await test.Stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from live_fact"), Cancel), Cancel));
    }
}
