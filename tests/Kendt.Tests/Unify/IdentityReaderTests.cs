using Kendt.Model;
using Kendt.Profiles;
using Kendt.Unify;
using static Kendt.Tests.Unify.LedgerWorld;

namespace Kendt.Tests.Unify;

public sealed class IdentityReaderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task The_path_between_two_is_the_shortest_and_a_profile_is_shown_as_it_was(On on)
    {
        await using var world = await OpenAsync(on);
        await world.SeeAsync(See(10, "user_id:u", "anonymous_id:a"), See(20, "email:e@b.dk", "phone:+4520123451"), See(30, "user_id:u", "email:e@b.dk"), See(40, "user_id:u", "phone:+4520123451"));
        var reader = new IdentityReader(world.Stores, IdentifierRules.Default);
        var why = await reader.WhyAsync("anonymous_id:a", "phone:+4520123451", Cancel);
        Assert.True(why.AreOne);
        Assert.Equal(["message:web:10", "message:web:40"], why.Path.Select(l => l.Evidence));

        var (older, younger) = (await world.OwnerAsync("user_id:u"), ProfileId.For(Id("email:e@b.dk"), Start.AddSeconds(20)));
        Assert.Equal(["anonymous_id:a", "user_id:u"], await AsOfAsync(reader, older, 25));
        Assert.Equal(["email:e@b.dk", "phone:+4520123451"], await AsOfAsync(reader, younger, 25));
        Assert.Equal(4, (await AsOfAsync(reader, older, 35)).Count);
        Assert.Equal(older, (await reader.ShowAsync(younger, Start.AddSeconds(35), Cancel))!.KnownAs);
        Assert.Null(await reader.ShowAsync(older, Start.AddSeconds(5), Cancel));

        await world.DecideAsync(50, (d, s, by) => d.SplitAsync(s, older, [Id("phone:+4520123451"), Id("email:e@b.dk")], by, Cancel));
        await world.DecideAsync(60, (d, s, by) => d.UndoAsync(s, 1, by, Cancel));
        foreach (var (seconds, count) in new[] { (15, 2), (45, 4), (55, 2), (65, 4) }) Assert.Equal(count, (await AsOfAsync(reader, older, seconds)).Count);
        var changes = (await reader.ShowAsync(older, null, Cancel))!.History.Select(h => h.Change);
        Assert.Equal([IdentityChange.Created, IdentityChange.Merged, IdentityChange.Decided, IdentityChange.Parted, IdentityChange.Undone, IdentityChange.Merged], changes);
    }

    [Theory, Engines]
    public async Task Why_two_are_not_one_names_the_limit_the_decision_or_nothing(On on)
    {
        await using var world = await OpenAsync(on);
        await world.SeeAsync(See(1, "user_id:u1", "anonymous_id:tablet"), See(2, "user_id:u2", "anonymous_id:tablet"), See(3, "user_id:u3", "anonymous_id:c"));
        var reader = new IdentityReader(world.Stores, IdentifierRules.Default);
        var limit = await reader.WhyAsync("user_id:u1", "user_id:u2", Cancel);
        Assert.Equal(("anonymous_id:tablet", "user_id:u2", "limit:user_id"), (limit.LeftOut.Single().Identifier.ToString(), limit.LeftOut.Single().With.ToString(), limit.LeftOut.Single().Reason));
        Assert.Equal("one customer would have more than 1 of user_id", LeftOut.English(limit.LeftOut.Single().Reason, IdentifierRules.Default));
        Assert.True((await reader.WhyAsync("user_id:u1", "user_id:u3", Cancel)).IsNoTie);
        await world.DecideAsync(4, (d, s, by) => d.RemoveAsync(s, Id("anonymous_id:c"), by, Cancel));
        var decided = await reader.WhyAsync("user_id:u3", "anonymous_id:c", Cancel);
        Assert.Equal((1, 1, false), (decided.Decisions.Count, decided.Revoked.Count, decided.AreOne));
        await Assert.ThrowsAsync<BadInputException>(() => reader.WhyAsync("user_id:u1", "user_id:nobody", Cancel));
    }

    [Theory, Engines]
    public async Task A_person_of_several_companies_and_a_company_of_a_group_follow_who_named_them(On on)
    {
        await using var world = await OpenAsync(on);
        var seen = await world.SeeAsync(See(1, "user_id:u", "email:e@b.dk"), Company(2, "c1"), Company(3, "c2"), Company(4, "group"));
        var (person, one, two, group) = (seen.Profiles[0]!.Value, seen.Profiles[1]!.Value, seen.Profiles[2]!.Value, seen.Profiles[3]!.Value);
        await world.Stores.Ledger.WriteAsync(s => Accounts.BelongAsync(s,
        [
            new(person, one, "crm", "record:crm:1", Start, Id("user_id:u"), Id("account_no:c1")), new(person, two, "crm", "record:crm:2", Start, Id("email:e@b.dk"), Id("account_no:c2")),
            new(one, group, "erp", "record:erp:1", Start, Id("account_no:c1"), Id("account_no:group")),
        ], Cancel), Cancel);
        Assert.Equal([(one, true, "record:crm:1"), (two, true, "record:crm:2")], (await TiesAsync(world, person, Cancel)).Select(t => (t.Other, t.IsAbove, t.Evidence)).OrderBy(t => t.Evidence, StringComparer.Ordinal));
        Assert.Equal([(person, false, false), (group, true, true)], (await TiesAsync(world, one, Cancel)).Select(t => (t.Other, t.IsAbove, t.IsCompany)).OrderBy(t => t.IsAbove));

        await world.DecideAsync(5, (d, s, by) => d.RemoveAsync(s, Id("email:e@b.dk"), by, Cancel));
        var waiting = await world.Stores.Ledger.ReadAsync(s => Reattribution.ReadAsync(s, 0, Cancel), Cancel);
        for (var times = 0; times < 2; times++) await world.Stores.Ledger.WriteAsync(s => Accounts.MoveAsync(s, waiting!, Cancel), Cancel);
        Assert.Equal([one], (await TiesAsync(world, person, Cancel)).Select(t => t.Other));
        Assert.Equal([two], (await TiesAsync(world, await world.OwnerAsync("email:e@b.dk"), Cancel)).Select(t => t.Other));
    }

    private static async Task<IReadOnlyList<AccountTie>> TiesAsync(LedgerWorld world, ProfileId id, CancellationToken cancel) => (await new ProfilePages(world.Stores).ReadAsync(id.ToString(), cancel))!.Ties;

    private static async Task<IReadOnlyList<string>> AsOfAsync(IdentityReader reader, ProfileId id, int seconds) =>
        [.. (await reader.ShowAsync(id, Start.AddSeconds(seconds), Cancel))!.Identifiers.Select(i => i.Identifier.ToString()).Order(StringComparer.Ordinal)];

    private static Sighting Company(int seconds, string number) => See(seconds, "account_no:" + number) with { IsAccount = true };
}
