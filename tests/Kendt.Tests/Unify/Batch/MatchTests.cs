using Kendt.Model;
using Kendt.Unify;
using Kendt.Unify.Batch;
using Kendt.Unify.Matching.Rules;
using static Kendt.Tests.Unify.LedgerWorld;

namespace Kendt.Tests.Unify.Batch;

/// <summary>A plan changes nothing; applied it joins what is one, and all of it can be taken back, decided otherwise, cut off and done again.</summary>
public sealed class MatchTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task A_plan_is_looked_at_then_applied_and_a_second_one_has_nothing_to_say(On on)
    {
        await using var world = await MatchWorld.OpenAsync(on);
        var before = await world.TellAsync();
        var plan = await world.PlanAsync();
        Assert.Equal(before, await world.TellAsync());
        Assert.Equal(MatchState.Planned, plan.State);
        var found = plan.Summary!;
        Assert.InRange(found.Merged, 38, 41); // two of three of sixty people are in both
        Assert.Equal((100, 0, found.Before - found.Merged), (found.Units, found.Split, found.After));
        Assert.Contains(found.Fields, f => f is { Source: "club", Field: "address.postalCode", Meaning: Kendt.Unify.Matching.Meaning.Postcode });
        Assert.Equal(found.Merged, Assert.Single(found.Sources, s => (s.Left, s.Right) == ("club", "shop")).Joined);
        var changes = await world.Runs.ChangesAsync(plan.Id, ChangeKind.Merged, false, 0, 100, Cancel);
        Assert.Equal(found.Merged, changes.Count);
        var links = await world.Runs.LinksAsync(plan.Id, [.. changes.Select(c => c.Place)], Cancel);
        Assert.All(links, l => Assert.Contains(l.Bars, b => b.What == "birthDate" && b.Bits > 0));

        var (shop, club) = (await world.Ledger.OwnerAsync("record:shop:s3"), await world.Ledger.OwnerAsync("record:club:c3"));
        var outcome = await world.ApplyAsync(plan.Id);
        Assert.Equal((found.Merged, found.LinksAdded, 0), (outcome.Merged, outcome.LinksAdded, outcome.Skipped));
        await world.Ledger.AssertWholeAsync();
        Assert.Equal(shop, await world.Ledger.OwnerAsync("record:club:c3")); // the older id
        Assert.NotEqual(shop, club);
        Assert.NotEqual(shop, await world.Ledger.OwnerAsync("record:shop:s4"));
        var again = (await world.PlanAsync()).Summary!;
        Assert.Equal((0, 0, 0, 0, found.LinksAdded), (again.Merged, again.Split, again.LinksAdded, again.LinksRevoked, again.LinksKept));
    }

    [Theory, Engines]
    public async Task Cut_off_anywhere_it_goes_on_and_nothing_is_doubled(On on)
    {
        await using var whole = await MatchWorld.OpenAsync(on);
        await using var killed = await MatchWorld.OpenAsync(on);
        await whole.ApplyAsync((await whole.PlanAsync()).Id);
        var plan = await killed.PlanAsync(stagesBeforeKill: 4);
        var outcome = await killed.ApplyAsync(plan.Id, places: 7, killed: true);
        Assert.Equal(plan.Summary!.Merged, outcome.Merged);
        Assert.Equal(await whole.TellAsync(), await killed.TellAsync());
        await Assert.ThrowsAsync<BadInputException>(() => killed.Runs.BeginApplyAsync(plan.Id, Cancel));
    }

    [Theory, Engines]
    public async Task A_stricter_threshold_parts_what_was_joined_and_the_old_ids_come_back(On on)
    {
        await using var world = await MatchWorld.OpenAsync(on);
        var club = await world.Ledger.OwnerAsync("record:club:c3");
        await world.ApplyAsync((await world.PlanAsync()).Id);
        var joined = await world.TellAsync();
        var strict = await world.PlanAsync(new() { Threshold = MatchConfig.MostThreshold });
        Assert.Equal((0, strict.Summary!.LinksRevoked), (strict.Summary.Merged, strict.Summary.Split));
        Assert.InRange(strict.Summary.Split, 38, 41);
        await world.ApplyAsync(strict.Id);
        Assert.Equal(club, await world.Ledger.OwnerAsync("record:club:c3"));
        await world.Ledger.AssertWholeAsync();
        Assert.True(await world.Ledger.Stores.Ledger.ReadAsync(s => Reattribution.LastAsync(s, Cancel), Cancel) >= 2 * strict.Summary.Split);
        await world.ApplyAsync((await world.PlanAsync()).Id);
        Assert.Equal(joined.Split('\n').Where(l => l.StartsWith("profile", StringComparison.Ordinal)), (await world.TellAsync()).Split('\n').Where(l => l.StartsWith("profile", StringComparison.Ordinal)));
    }

    [Theory, Engines]
    public async Task What_people_decide_stands_above_it(On on)
    {
        await using var world = await MatchWorld.OpenAsync(on);
        await world.Ledger.DecideAsync(5000, (d, s, by) => d.ForbidAsync(s, Id("record:shop:s3"), Id("record:club:c3"), by, Cancel));
        await world.Ledger.DecideAsync(5001, (d, s, by) => d.ConfirmAsync(s, Id("record:shop:s2"), Id("record:shop:s5"), by, Cancel));
        var plan = await world.PlanAsync();
        Assert.True(plan.Summary!.Forbidden >= 1);
        // Decided after the plan was made: that change is left out, the others are not.
        await world.Ledger.DecideAsync(5002, (d, s, by) => d.ForbidAsync(s, Id("record:shop:s6"), Id("record:club:c6"), by, Cancel));
        var outcome = await world.ApplyAsync(plan.Id);
        Assert.Equal((1, plan.Summary.Merged - 1), (outcome.Skipped, outcome.Merged));
        Assert.NotEqual(await world.Ledger.OwnerAsync("record:shop:s3"), await world.Ledger.OwnerAsync("record:club:c3"));
        Assert.NotEqual(await world.Ledger.OwnerAsync("record:shop:s6"), await world.Ledger.OwnerAsync("record:club:c6"));
        Assert.Equal(await world.Ledger.OwnerAsync("record:shop:s2"), await world.Ledger.OwnerAsync("record:shop:s5"));
        // What matching joined, a person can part, and no later plan joins it again.
        Assert.Equal(await world.Ledger.OwnerAsync("record:shop:s9"), await world.Ledger.OwnerAsync("record:club:c9"));
        await world.Ledger.DecideAsync(5003, (d, s, by) => d.ForbidAsync(s, Id("record:shop:s9"), Id("record:club:c9"), by, Cancel));
        await world.ApplyAsync((await world.PlanAsync()).Id);
        Assert.NotEqual(await world.Ledger.OwnerAsync("record:shop:s9"), await world.Ledger.OwnerAsync("record:club:c9"));
        await world.Ledger.AssertWholeAsync();
    }

    [Theory, Engines]
    public async Task Rules_join_by_name_and_mix_with_what_is_learnt(On on)
    {
        await using var world = await MatchWorld.OpenAsync(on);
        var rule = new MatchRule { Name = "born and lives", All = [new("birthDate"), new("street"), new("postcode")], Unless = [new("givenName", Likeness.Different)] };
        var alone = (await world.PlanAsync(new() { Learns = false, Rules = [rule] }));
        Assert.InRange(alone.Summary!.Merged, 38, 41);
        var changes = await world.Runs.ChangesAsync(alone.Id, null, false, 0, 1, Cancel);
        var link = Assert.Single(await world.Runs.LinksAsync(alone.Id, [changes[0].Place], Cancel));
        Assert.Equal(("rule:born and lives", 1.0), (link.Rule, link.Weight));
        await world.ApplyAsync(alone.Id);
        await world.Ledger.AssertWholeAsync();
        // Learning may take their place: the same profiles hang together, and so the links stay.
        var mixed = (await world.PlanAsync(new() { Rules = [rule] })).Summary!;
        Assert.Equal((0, 0, alone.Summary.LinksAdded), (mixed.Split, mixed.LinksRevoked, mixed.LinksKept));
        var without = (await world.PlanAsync(new() { Learns = false, Rules = [rule with { All = [new("phone")] }] })).Summary!;
        Assert.Equal((0, alone.Summary.Merged), (without.Merged, without.Split));
    }

    [Theory, Engines]
    public async Task Sources_can_be_left_out_and_held_for_clean(On on)
    {
        await using var world = await MatchWorld.OpenAsync(on);
        await world.RecordAsync("shop", "twice", 3000, new { firstName = "Anna", lastName = "Hansen", birthday = "1950-01-01", email = "anna@third.example", address = new { street = "Bakkevej 3", postalCode = "8000", city = "Aarhus" } });
        var plain = (await world.PlanAsync()).Summary!;
        var clean = (await world.PlanAsync(new() { Sources = new Dictionary<string, MatchSource> { ["shop"] = new() { HasDuplicates = false } } })).Summary!;
        Assert.Equal(plain.Merged - 1, clean.Merged);
        var without = (await world.PlanAsync(new() { Sources = new Dictionary<string, MatchSource> { ["club"] = new() { Use = false } } })).Summary!;
        Assert.Equal((61, 1), (without.Units, without.Merged));
    }

    [Fact]
    public async Task Uncertain_pairs_are_asked_about_and_a_newer_plan_takes_the_place_of_an_older()
    {
        await using var world = await MatchWorld.OpenAsync(On.Embedded);
        var plan = await world.PlanAsync();
        var pairs = await world.Runs.PairsAsync(plan.Id, new(ForReview: true, OnlyOpen: true), Cancel);
        Assert.Equal(plan.Summary!.ToReview > 50 ? 50 : plan.Summary.ToReview, pairs.Count);
        Assert.All(await world.Runs.PairsAsync(plan.Id, new(ForReview: false, From: 3, To: 4), Cancel), p => Assert.InRange(p.Bits, 3, 4));
        var values = await UnitValues.ReadAsync(world.Ledger.Stores.Warehouse, [Id("record:shop:s3")], Cancel);
        Assert.Equal("Bakkevej 3", (await UnitValues.ReadAsync(world.Ledger.Stores.Warehouse, [Id("record:shop:s0")], Cancel))[Id("record:shop:s0")]["address.street"]);
        Assert.Equal("Dorte", values[Id("record:shop:s3")]["firstName"]);
        var newer = await world.PlanAsync();
        Assert.Equal(MatchState.Replaced, (await world.Runs.FindAsync(plan.Id, Cancel))!.State);
        Assert.Contains("newer plan", (await Assert.ThrowsAsync<BadInputException>(() => world.Runs.BeginApplyAsync(plan.Id, Cancel))).Message, StringComparison.Ordinal);
        await world.Runs.BeginApplyAsync(newer.Id, Cancel);
        // While one is being applied, none is applied beside it; a run that was stopped is known by the next.
        var stopped = await world.Runs.AddAsync("", "ida", Cancel);
        world.Pass(TimeSpan.FromSeconds(1));
        var third = await world.PlanAsync();
        await world.Runs.BeginAsync(third.Id, Cancel);
        Assert.Equal(MatchState.Failed, (await world.Runs.FindAsync(stopped, Cancel))!.State);
        Assert.Contains(newer.Id.ToString(), (await Assert.ThrowsAsync<BadInputException>(() => world.Runs.BeginApplyAsync(third.Id, Cancel))).Message, StringComparison.Ordinal);
    }
}
