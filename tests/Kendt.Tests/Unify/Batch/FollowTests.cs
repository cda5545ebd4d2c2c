using Kendt.Model;
using Kendt.Unify.Batch;
using static Kendt.Tests.Unify.LedgerWorld;

namespace Kendt.Tests.Unify.Batch;

/// <summary>What comes after a plan was applied is matched by itself, as a whole run would have matched it.</summary>
public sealed class FollowTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task Adding_in_parts_agrees_with_all_at_once(On on)
    {
        await using var parts = await MatchWorld.OpenAsync(on, 42);
        await using var whole = await MatchWorld.OpenAsync(on);
        Assert.Equal(0, await parts.FollowAsync()); // nothing was applied yet
        await parts.ApplyAsync((await parts.PlanAsync()).Id);
        Assert.Equal(1, await parts.FollowAsync()); // households
        Assert.Equal(0, await parts.FollowAsync());
        await parts.AddAsync(42, 50);
        Assert.Equal(2, await parts.FollowAsync(rows: 40));
        await parts.AddAsync(50, 60);
        await parts.FollowAsync();
        await parts.Ledger.AssertWholeAsync();
        await whole.ApplyAsync((await whole.PlanAsync()).Id);
        var (one, other) = (await parts.OwnersAsync(), await whole.OwnersAsync());
        Assert.Equal(one.Keys.Order(StringComparer.Ordinal), other.Keys.Order(StringComparer.Ordinal));
        Assert.True(BCubed(one, other) > 0.98 && BCubed(other, one) > 0.98, $"{BCubed(one, other)} and {BCubed(other, one)}: {Told(one)} / {Told(other)}");
        var run = (await parts.Runs.ListAsync(1, Cancel))[0];
        Assert.InRange(run.Outcome.Followed, 30, 40); // and who was one with them
        Assert.InRange(one.Keys.Count(k => k.StartsWith("club:c", StringComparison.Ordinal) && one[k] == one["shop:s" + k[6..]]), 38, 40); // two of three of sixty
        // Each link says why, and a new plan has next to nothing to say.
        Assert.InRange((await parts.PlanAsync()).Summary!.LinksAdded, 0, 1);
    }

    [Theory, Engines]
    public async Task Cut_off_anywhere_it_goes_on_and_nothing_is_doubled(On on)
    {
        await using var whole = await MatchWorld.OpenAsync(on);
        await using var killed = await MatchWorld.OpenAsync(on);
        foreach (var world in new[] { whole, killed })
        {
            await world.ApplyAsync((await world.PlanAsync()).Id);
            await world.AddAsync(60, 75);
        }
        await whole.FollowAsync(rows: 40);
        await killed.FollowAsync(rows: 40, killed: true, rest: false);
        Assert.False(Directory.Exists(killed.IndexFolder)); // made anew by each process
        Assert.Equal(await whole.TellAsync(), await killed.TellAsync());
        // The file is behind the ledger, then torn.
        foreach (var world in new[] { whole, killed }) await world.AddAsync(75, 80);
        await killed.FollowAsync(rest: false);
        await whole.FollowAsync();
        foreach (var world in new[] { whole, killed }) await world.AddAsync(80, 85);
        foreach (var file in Directory.GetFiles(whole.IndexFolder)) using (var torn = File.OpenWrite(file)) torn.SetLength(torn.Length / 2);
        await killed.FollowAsync();
        await whole.FollowAsync();
        Assert.Equal(await whole.TellAsync(), await killed.TellAsync());
    }

    [Fact]
    public async Task Decisions_stand_changes_are_followed_and_who_is_forgotten_is_not_in_the_file()
    {
        await using var world = await MatchWorld.OpenAsync(On.Embedded);
        await world.ApplyAsync((await world.PlanAsync()).Id);
        await world.AddAsync(60, 70);
        await world.Ledger.DecideAsync(5000, (d, s, by) => d.ForbidAsync(s, Id("record:shop:s60"), Id("record:club:c60"), by, Cancel));
        await world.FollowAsync();
        var owners = await world.OwnersAsync();
        Assert.NotEqual(owners["shop:s60"], owners["club:c60"]);
        Assert.Equal(owners["shop:s61"], owners["club:c61"]);
        var link = (await world.Ledger.Stores.Ledger.ReadAsync(s => s.ListAsync(Kendt.Store.Sql.Of($"select evidence, detail, weight from link where (left_value like '%c61' or right_value like '%c61') and rule = {Kendt.Unify.Link.Learnt}"), r => (r.Text(0), r.Text(1), r.Double(2)), Cancel), Cancel)).Single();
        Assert.Equal(ApplyPlan.EvidenceOf((await world.Runs.ListAsync(1, Cancel))[0].Id), link.Item1);
        Assert.Contains(Waterfall.Read(link.Item2), b => b.What == "birthDate" && b.Bits > 0);
        Assert.InRange(link.Item3, 0.9, 1);

        // The record turns out to be somebody else's.
        await world.RecordAsync("club", "c61", 9000, new { firstName = "Zebulon", lastName = "Quistgaard", birthday = "1911-11-11", email = "z@quist.example", address = new { street = "Nowhere 1", postalCode = "9999", city = "Skagen" } });
        await world.FollowAsync();
        owners = await world.OwnersAsync();
        Assert.NotEqual(owners["shop:s61"], owners["club:c61"]);
        await world.Ledger.AssertWholeAsync();

        bool IsWritten() => Directory.GetFiles(world.IndexFolder).Any(file => File.ReadAllBytes(file).AsSpan().IndexOf("quistgaard"u8) >= 0);
        Assert.True(IsWritten());
        using var follow = new MatchFollow(world.Ledger.Stores, MatchWorld.Rules, _ => MatchConfig.Default, TimeProvider.System);
        await follow.ForgetAsync([Id("record:club:c61")], Cancel);
        Assert.False(IsWritten());
    }

    [Theory, Engines]
    public async Task Who_lives_together_is_a_household_and_who_moves_out_is_not(On on)
    {
        await using var world = await MatchWorld.OpenAsync(on);
        Task At(string key, string first, string last, string street, object? number = null) =>
            world.RecordAsync("shop", key, 4000 + key[^1], new { firstName = first, lastName = last, birthday = $"19{40 + key[^1] % 50}-01-0{1 + key[^1] % 9}", email = $"{key}@home.example", address = new { street, houseNumber = number, postalCode = "5000", city = "Odense" } });
        async Task<string> HomeAsync(string key)
        {
            var home = await world.Ledger.Stores.Ledger.ReadAsync(async s => await HouseholdBook.FindAsync(s, (await GroupBook.OwnersAsync(s, [Id("record:shop:" + key)], Cancel))[Id("record:shop:" + key)].Id, Cancel), Cancel);
            return home is null ? "alone" : $"{home.Members.Count} {home.Id}";
        }
        await At("f1", "Viggo", "Krag", "Møllegade 5, 1. th");
        await At("f2", "Agnes", "Krag", "Møllegade 5, 1. th");
        await At("f3", "Bjarne", "Krag", "Møllegade 5, 2. tv");
        await world.ApplyAsync((await world.PlanAsync()).Id);
        await world.FollowAsync();
        Assert.Equal(("alone", await HomeAsync("f1")), (await HomeAsync("f3"), await HomeAsync("f2")));
        var first = await HomeAsync("f1");
        Assert.StartsWith("2 ", first, StringComparison.Ordinal);
        await At("f4", "Ellen", "Krag", "Møllegade", "5"); // the number in a field of its own, and no flat
        await At("f5", "Sofus", "Krag", "Møllegade 5, 1. th");
        await world.FollowAsync();
        Assert.Equal("3 " + first[2..], await HomeAsync("f5")); // a household that grows keeps its id
        await At("f2", "Agnes", "Krag", "Engdraget 99");
        await world.FollowAsync();
        Assert.Equal(("alone", "2 " + first[2..]), (await HomeAsync("f2"), await HomeAsync("f1")));
        await world.Ledger.AssertWholeAsync();
        await world.Ledger.Stores.Warehouse.WriteAsync(w => HouseholdBook.CopyAsync(world.Ledger.Stores.Ledger, w, Cancel), Cancel);
        var copied = await world.Ledger.Stores.Warehouse.ReadAsync(s => s.CountAsync(Kendt.Store.Sql.Of($"select count(*) from household where household_id = {Guid.Parse(first[2..])}"), Cancel), Cancel);
        Assert.Equal(2, copied);
    }

    [Fact]
    public async Task What_is_uncertain_is_asked_and_an_index_that_is_too_large_is_not_made()
    {
        await using var world = await MatchWorld.OpenAsync(On.Embedded);
        var plan = await world.PlanAsync();
        await world.ApplyAsync(plan.Id);
        await world.RecordAsync("club", "like", 9000, new { firstName = "Dorte", lastName = "Kjeldsen", birthday = "1953-04-12", email = "d@other.example", address = new { street = "Kirkestien 6", postalCode = "8003", city = "Aarhus" } });
        var before = (await world.Runs.AnswersAsync(plan.Id, Cancel)).Sum(a => a.Pairs);
        using (var small = new MatchFollow(world.Ledger.Stores, MatchWorld.Rules, _ => MatchConfig.Default, TimeProvider.System, mostBytes: 1000))
        {
            Assert.Null(await small.StepAsync((_, _) => Task.CompletedTask, Cancel));
            Assert.Contains("memory", small.State.Why, StringComparison.Ordinal);
        }
        await world.FollowAsync();
        var pairs = await world.Runs.PairsAsync(plan.Id, new(ForReview: true, Limit: 1000), Cancel);
        Assert.True((await world.Runs.AnswersAsync(plan.Id, Cancel)).Sum(a => a.Pairs) >= before);
        Assert.Equal(pairs.Count, pairs.DistinctBy(p => (p.Left, p.Right)).Count());
        var again = new MatchFollow(world.Ledger.Stores, MatchWorld.Rules, _ => MatchConfig.Default, TimeProvider.System);
        Assert.Null(await again.StepAsync((_, _) => Task.CompletedTask, Cancel));
        again.Dispose();
    }

    private static string Told(IReadOnlyDictionary<string, ProfileId> owners) => string.Join(", ", owners.GroupBy(o => o.Value).Select(g => string.Join(" ", g.Select(o => o.Key).Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal));

    // For each record, how much of its profile here is of its profile there.
    private static double BCubed(IReadOnlyDictionary<string, ProfileId> here, IReadOnlyDictionary<string, ProfileId> there)
    {
        var sizes = here.Values.CountBy(p => p).ToDictionary();
        return here.Keys.GroupBy(k => (here[k], there[k])).Sum(g => (double)g.Count() * g.Count() / sizes[g.Key.Item1]) / here.Count;
    }
}
