using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Segments;
using Kendt.Store;
using Microsoft.Extensions.Time.Testing;

namespace Kendt.Tests.Segments;

public sealed class SegmentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly DateTimeOffset Noon = RandomWorld.Noon;

    private static ProfileId Id(string user) => ProfileId.For(new("user_id", user), Noon);

    private static RandomWorld.Person Person(string user, string plan, params (string Name, string Properties, DateTimeOffset At)[] events) =>
        new(Id(user), [("plan", plan, Noon.AddDays(-9), 1)], [.. events]);

    private static Filter Rule(string json) => FilterJson.Parse(json);

    [Theory, Engines]
    public async Task A_stored_segment_is_found_listed_replaced_and_removed(On on)
    {
        var time = new FakeTimeProvider(Noon);
        await using var test = await TestStores.OpenAsync(on, time);
        var catalogue = new Catalogue(test.Stores, time);
        await catalogue.PutAsync("gold", null, Rule("""{"trait":"plan","is":"gold"}"""), Cancel);
        time.Advance(TimeSpan.FromHours(1));
        await catalogue.PutAsync("gold", "Golden people", Rule("""{"trait":"plan","is":"Gold"}"""), Cancel);
        await catalogue.PutAsync("gold", null, Rule("""{"trait":"plan","in":["gold"]}"""), Cancel);
        var found = await catalogue.FindAsync("gold", Cancel);
        Assert.Equal(("gold", "Golden people", Noon, Noon.AddHours(1)), (found!.Name, found.Title, found.CreatedAt, found.UpdatedAt));
        Assert.Equal("""{"trait":"plan","in":["gold"]}""", FilterJson.Write(found.Rule));
        Assert.Equal(["gold"], (await catalogue.ListAsync(Cancel)).Select(s => s.Name));
        Assert.True(await catalogue.RemoveAsync("gold", Cancel));
        Assert.False(await catalogue.RemoveAsync("gold", Cancel));
        Assert.Null(await catalogue.FindAsync("gold", Cancel));
    }

    [Theory, Engines]
    public async Task Unknown_segments_cycles_and_bad_names_are_refused_with_their_place(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var catalogue = new Catalogue(test.Stores, TimeProvider.System);
        await catalogue.PutAsync("victim", null, Rule("""{"trait":"vip","is":true}"""), Cancel);
        await catalogue.PutAsync("third", null, Rule("""{"all":[{"segment":"victim"}]}"""), Cancel);
        await catalogue.PutAsync("second", null, Rule("""{"any":[{"segment":"third"}]}"""), Cancel);
        async Task RefusedAsync(string name, string rule, params string[] parts)
        {
            var fault = await Assert.ThrowsAsync<BadInputException>(() => catalogue.PutAsync(name, null, Rule(rule), Cancel));
            Assert.All(parts, p => Assert.Contains(p, fault.Message, StringComparison.Ordinal));
        }
        await RefusedAsync("victim", """{"any":[{"segment":"victim"}]}""", "any[0].segment", "victim");
        await RefusedAsync("victim", """{"not":{"all":[{"segment":"second"}]}}""", "not.all[0].segment", "victim", "second -> third -> victim");
        await RefusedAsync("victim", """{"all":[{"segment":"nobody-made-this"}]}""", "all[0].segment", "nobody-made-this");
        foreach (var name in new[] { "", " a", "a\n", new string('a', 101), "overlap", "New" }) await RefusedAsync(name, """{"all":[]}""", "name");
        Assert.Equal("""{"trait":"vip","is":true}""", FilterJson.Write((await catalogue.FindAsync("victim", Cancel))!.Rule));
        Assert.Contains("third", (await Assert.ThrowsAsync<BadInputException>(() => catalogue.RemoveAsync("victim", Cancel))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BadInputException>(() => new Evaluate(test.Stores).MembersAsync(Rule("""{"segment":"nobody"}"""), Noon, Cancel));
    }

    [Theory, Engines]
    public async Task Members_enter_leave_and_come_back(On on)
    {
        var time = new FakeTimeProvider(Noon);
        await using var test = await TestStores.OpenAsync(on, time);
        using var world = new LiveWorld(test, time, Cancel);
        using var membership = new Membership(test.Stores);
        world.Start();
        foreach (var (user, at) in new[] { ("a", Noon.AddDays(-1)), ("a", Noon.AddDays(3)), ("b", Noon) }) world.Event(Id(user), "Buy", "{}", at);
        world.Trait(Id("c"), "plan", "null", Noon);
        await world.DeliverAsync();
        await world.PutAsync("buyers", Rule("""{"event":"Buy","within":"2d"}"""));
        await world.PutAsync("others", Rule("""{"not":{"segment":"buyers"}}"""));
        await world.CheckAsync("two rules");
        Assert.Equal([("buyers", Noon)], await membership.OfAsync(Id("a"), Cancel));
        time.SetUtcNow(Noon.AddDays(1));
        await world.CheckAsync("a day");
        Assert.Equal([("others", Noon.AddDays(1))], await membership.OfAsync(Id("a"), Cancel));
        time.SetUtcNow(Noon.AddDays(3));
        await world.CheckAsync("three days");
        Assert.Equal([(Id("a"), Noon.AddDays(3))], await membership.CurrentAsync("buyers", null, 10, Cancel));
        Assert.Empty(await membership.CurrentAsync("buyers", Id("a"), 10, Cancel));
        Assert.Equal(new Dictionary<string, long> { ["buyers"] = 1, ["others"] = 2 }, await membership.CountsAsync(Cancel));
        Assert.Equal(3, await StaysAsync("buyers"));
        Assert.Equal(2, await new Evaluate(test.Stores).CountAsync(Rule("""{"segment":"others"}"""), Noon.AddDays(3), Cancel));
        // Replaced and put back at one moment: nobody left, nobody came.
        await world.PutAsync("buyers", Rule("""{"any":[]}"""));
        await world.CheckAsync("a rule for nobody");
        await world.PutAsync("buyers", Rule("""{"event":"Buy","within":"2d"}"""));
        await world.CheckAsync("the rule as it was");
        await membership.CopyAsync(Cancel);
        Assert.Equal(3, await StaysAsync("buyers"));

        Task<long> StaysAsync(string segment) => test.Stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from membership where segment = {segment}"), Cancel), Cancel);
    }

    [Theory, Engines]
    public async Task Lists_of_many_values_consents_and_merged_people(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var evaluate = new Evaluate(test.Stores);
        await Warehouse.LoadAsync(test.Stores, [Person("a", "\"v7\""), Person("b", "1234.5"), Person("c", "\"1234.5\""), Person("d", "true", ("Buy", "{}", Noon.AddDays(-1)))], Cancel);
        var many = string.Join(',', Enumerable.Range(0, 10_000).Select(i => FormattableString.Invariant($"\"v{i}\",{i / 2.0}")));
        Assert.Equal([Id("a"), Id("b")], (await evaluate.MembersAsync(Rule($$"""{"trait":"plan","in":[{{many}}]}"""), Noon, Cancel)).Order());
        Assert.Equal(new[] { Id("c"), Id("d") }.Order(), await evaluate.MembersAsync(Rule($$"""{"trait":"plan","notIn":[{{many}}]}"""), Noon, Cancel));

        await test.Stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"""
            insert into consent (profile_id, purpose, state, at, source, evidence, seq) values
                ({Id("a")}, 'email', 'granted', {Noon.AddDays(-2)}, 'test', '1', 1), ({Id("a")}, 'email', 'denied', {Noon.AddDays(1)}, 'test', '2', 2),
                ({Id("b")}, 'email', 'granted', {Noon}, 'test', '3', 3), ({Id("b")}, 'email', 'denied', {Noon}, 'test', '4', 4), ({Id("c")}, 'sms', 'granted', {Noon}, 'test', '5', 5)
            """), Cancel), Cancel);
        foreach (var (state, people) in new[] { ("granted", new[] { "a" }), ("denied", ["b"]), ("unknown", ["c", "d"]) })
            Assert.Equal(people.Select(Id).Order(), await evaluate.MembersAsync(Rule($$"""{"consent":"email","is":"{{state}}"}"""), Noon, Cancel));

        await test.Stores.Warehouse.WriteAsync(s => s.ExecuteAsync(Sql.Of($"insert into profile_merge (seq, profile_id, survivor_id, merged_at) values (1, {Id("d")}, {Id("a")}, {Noon})"), Cancel), Cancel);
        Assert.Equal([Id("a")], await evaluate.MembersAsync(Rule("""{"event":"Buy"}"""), Noon, Cancel));
        Assert.Equal(3, await evaluate.CountAsync(Rule("""{"all":[]}"""), Noon, Cancel));
        var why = await new Explain(test.Stores).RunAsync(Rule("""{"all":[{"event":"Buy"},{"consent":"email","is":"granted"}]}"""), Id("a"), Noon, Cancel);
        Assert.True(why.Member);
        Assert.Equal(Noon.AddDays(1), why.Until);
        Assert.Equal(["granted"], why.Conditions[1].Seen);
    }

    [Theory, Engines]
    public async Task Many_rules_give_what_each_gives_alone_and_as_explained(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var world = new RandomWorld(42);
        var people = world.People(60);
        await Warehouse.LoadAsync(test.Stores, people, Cancel);
        var catalogue = new Catalogue(test.Stores, TimeProvider.System);
        await catalogue.PutAsync("s", null, world.Rules(1, [])[0], Cancel);
        var rules = world.Rules(30, ["s"]).Select((r, i) => new NamedRule($"r{i}", r)).ToList();
        var (evaluate, explain) = (new Evaluate(test.Stores), new Explain(test.Stores));
        var many = await evaluate.MembersManyAsync(rules, Noon, Cancel);
        foreach (var rule in rules.Take(10))
        {
            Assert.Equal(await evaluate.MembersAsync(rule.Rule, Noon, Cancel), many[rule.Name]);
            var person = people[rule.Name.Length * 7 % people.Count].Id;
            Assert.Equal(many[rule.Name].Contains(person), (await explain.RunAsync(rule.Rule, person, Noon, Cancel)).Member);
        }
        await Assert.ThrowsAsync<BadInputException>(() => evaluate.MembersManyAsync([rules[0], rules[0]], Noon, Cancel));
    }
}
