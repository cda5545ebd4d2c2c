using Kendt.Govern;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Tests.Govern;

public sealed class ConsentTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ProfileId Person(int n) => ProfileId.For(new(Identifier.UserId, "u" + n), Noon);

    private static (ProfileId, ConsentDecision, string, string) Says(int person, ConsentState state, int minutes, string evidence = "message:web:1", string purpose = Purposes.EmailMarketing) =>
        (Person(person), new(purpose, state, Noon.AddMinutes(minutes)), "web", evidence);

    private static Task RecordAsync(TestStores test, params (ProfileId, ConsentDecision, string, string)[] decisions) =>
        test.Stores.Ledger.WriteAsync(s => new Consents(test.Stores).RecordAsync(s, [.. decisions.Select(d => new ConsentSaid(d.Item1, d.Item2, d.Item3, d.Item4))], Cancel), Cancel);

    private static Task MergeAsync(TestStores test, int loser, int survivor) => test.Stores.Ledger.WriteAsync(async s =>
    {
        foreach (var n in new[] { loser, survivor })
            await s.ExecuteAsync(Sql.Of($"insert into profile (profile_id, kind, created_at) values ({Person(n)}, {"person"}, {Noon}) on conflict do nothing"), Cancel);
        await s.ExecuteAsync(Sql.Of($"update profile set merged_into = {Person(survivor)}, merged_at = {Noon} where profile_id = {Person(loser)} or merged_into = {Person(loser)}"), Cancel);
    }, Cancel);

    private static async Task<ConsentState> StateAsync(TestStores test, int person) =>
        (await new Consents(test.Stores).StatesAsync(Purposes.EmailMarketing, [Person(person)], Cancel))[Person(person)];

    [Theory, Engines]
    public async Task A_workspace_begins_with_five_purposes_and_takes_more(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var purposes = new Purposes(test.Stores);
        Assert.Equal(Purposes.Defaults.OrderBy(p => p.Name, StringComparer.Ordinal), await purposes.ListAsync(Cancel));
        await purposes.AddAsync(new("post", "Letters", "We send you letters.", LegalBasis.Consent), Cancel);
        Assert.Equal(6, (await new Purposes(test.Stores).ListAsync(Cancel)).Count);
        var fault = await Assert.ThrowsAsync<BadInputException>(() => purposes.AddAsync(new("Post Letters", " ", "", LegalBasis.Consent), Cancel));
        Assert.Equal(3, fault.Message.Split(Environment.NewLine).Length);
        await Assert.ThrowsAsync<BadInputException>(() => purposes.AddAsync(new("post", "Letters", "We send you letters.", LegalBasis.Consent), Cancel));
    }

    [Theory, Engines]
    public async Task The_latest_decision_counts_whenever_it_arrives(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await RecordAsync(test, Says(1, ConsentState.Denied, 10));
        await RecordAsync(test, Says(1, ConsentState.Granted, 5, "message:web:2"), Says(1, ConsentState.Granted, 0, purpose: Purposes.Profiling));
        Assert.Equal(ConsentState.Denied, await StateAsync(test, 1));
        await RecordAsync(test, Says(1, ConsentState.Granted, 11, "message:web:3"));
        Assert.Equal(ConsentState.Granted, await StateAsync(test, 1));
        Assert.Equal(
            [new(Purposes.EmailMarketing, ConsentState.Granted, Noon.AddMinutes(11), "web", "message:web:3"), new(Purposes.Profiling, ConsentState.Granted, Noon, "web", "message:web:1")],
            await new Consents(test.Stores).OfAsync(Person(1), Cancel));
        Assert.Equal(ConsentState.Unknown, await StateAsync(test, 2));
        Assert.Empty(await new Consents(test.Stores).OfAsync(Person(2), Cancel));
    }

    [Theory, Engines]
    public async Task Of_two_at_the_same_time_the_one_that_allows_less_counts(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await RecordAsync(test, Says(1, ConsentState.Denied, 0, "a"), Says(1, ConsentState.Granted, 0, "b"));
        await RecordAsync(test, Says(2, ConsentState.Granted, 0, "b"), Says(2, ConsentState.Denied, 0, "b"));
        await RecordAsync(test, Says(3, ConsentState.Granted, 0, "b"));
        await RecordAsync(test, Says(3, ConsentState.Denied, 0, "b"));
        await RecordAsync(test, Says(3, ConsentState.Granted, 0, "b"));
        foreach (var person in new[] { 1, 2, 3 })
        {
            Assert.Equal(ConsentState.Denied, await StateAsync(test, person));
            Assert.Equal(ConsentState.Denied, (await new Consents(test.Stores).OfAsync(Person(person), Cancel)).Single().State);
        }
    }

    [Theory, Engines]
    public async Task Recording_again_changes_nothing(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var decisions = Enumerable.Range(0, 700).Select(i => Says(i, i % 3 == 0 ? ConsentState.Denied : ConsentState.Granted, i)).ToArray();
        await RecordAsync(test, decisions);
        await RecordAsync(test, [.. decisions, .. decisions.Take(10)]);
        Assert.Equal(700, await test.Stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from consent"), Cancel), Cancel));
        var people = Enumerable.Range(0, 701).Select(Person).ToArray();
        var states = await new Consents(test.Stores).StatesAsync(Purposes.EmailMarketing, people, Cancel);
        Assert.Equal((234, 466, 1), (states.Values.Count(s => s is ConsentState.Denied), states.Values.Count(s => s is ConsentState.Granted), states.Values.Count(s => s is ConsentState.Unknown)));
    }

    [Theory, Engines]
    public async Task Merged_profiles_speak_with_one_voice(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await RecordAsync(test, Says(1, ConsentState.Granted, 0), Says(2, ConsentState.Denied, 5), Says(3, ConsentState.Granted, 1));
        await MergeAsync(test, 2, 3);
        await MergeAsync(test, 3, 1);
        foreach (var person in new[] { 1, 2, 3 })
        {
            Assert.Equal(ConsentState.Denied, await StateAsync(test, person));
            Assert.Equal(Noon.AddMinutes(5), (await new Consents(test.Stores).OfAsync(Person(person), Cancel)).Single().At);
        }
        await RecordAsync(test, Says(1, ConsentState.Granted, 9));
        Assert.All((await new Consents(test.Stores).StatesAsync(Purposes.EmailMarketing, [Person(1), Person(2), Person(3)], Cancel)).Values, s => Assert.Equal(ConsentState.Granted, s));
    }

    [Theory, Engines]
    public async Task Any_order_of_recording_gives_the_same_answer(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var random = new Random(20260301);
        for (var round = 0; round < 200; round += 10)
        {
            var list = Enumerable.Range(0, random.Next(1, 13))
                .Select(_ => (Person: random.Next(5), Minute: random.Next(4), State: (ConsentState)random.Next(3), Evidence: random.Next(3))).ToArray();
            foreach (var (person, minute, state, evidence) in list) await RecordAsync(test, Says(round + person, state, minute, "e" + evidence));
            foreach (var group in list.GroupBy(d => d.Person))
            {
                var expected = group.GroupBy(d => d.Minute).MaxBy(g => g.Key)!.MinBy(d => d.State switch { ConsentState.Denied => 0, ConsentState.Unknown => 1, _ => 2 }).State;
                Assert.Equal(expected, await StateAsync(test, round + group.Key));
            }
        }
    }
}
