using System.Globalization;
using System.Text.Json;
using CsCheck;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Merging;
using Kendt.Profiles;
using Kendt.Store;
using Kendt.Unify.Merging;
using Microsoft.Extensions.Time.Testing;

namespace Kendt.Tests.Unify;

/// <summary>One policy, one meaning: the SQL of each engine, the ledger's document and the facts of live segments show the same value.</summary>
public sealed class MergeParityTests
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"], Sources = ["crm", "shop", "web-2"];
    private static readonly string[] Values = ["\"x\"", "\"y\"", "\"Århus\"", "\"\"", "null", "1", "1.0", "{\"city\":\"x\"}", "[\"x\"]"];
    private static readonly MergeWay[] Alone = Enum.GetValues<MergeWay>(), Together = [MergeWay.MostRecent, MergeWay.LeastRecent, MergeWay.Importance];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private sealed record Said(int Person, int Name, int Source, int Record, int Value, int Hour);

    private static Gen<T> Of<T>(params T[] any) => Gen.Int[0, any.Length - 1].Select(i => any[i]);

    private static readonly Gen<IReadOnlyList<string>> Order = Gen.Shuffle(Sources).SelectMany(s => Gen.Int[0, 3].Select(n => (IReadOnlyList<string>)[.. s.Take(n)]));

    private static readonly Gen<MergeConfig> Config =
        Gen.Select(Of(MergeWay.MostRecent, MergeWay.MostRecent, MergeWay.Importance, MergeWay.MostFrequent), Order, Of(Alone).Array[5], Order.Array[5], Gen.Bool.Array[5], Gen.Bool,
            Gen.Int[0, 2], Gen.Select(Of(Together), Order)).Select((byDefault, order, ways, orders, said, rename, members, together) =>
            Made(byDefault, order, [.. Names.Select((n, i) => (n, said[i], new MergeTrait(ways[i], orders[i], null)))], rename, members, new MergeGroup([], together.Item1, together.Item2)));

    private static MergeConfig Made(MergeWay byDefault, IReadOnlyList<string> order, List<(string Name, bool Is, MergeTrait Trait)> said, bool rename, int size, MergeGroup together)
    {
        var traits = said.Where(s => s.Is).ToDictionary(s => s.Name, s => s.Trait);
        var groups = new Dictionary<string, MergeGroup>();
        if (size > 0)
        {
            var members = size == 1 ? new[] { "a", "b" } : ["a", "b", "c"];
            foreach (var member in members) traits.Remove(member);
            groups["g"] = together with { Traits = members };
        }
        if (rename && traits.GetValueOrDefault("a")?.By is not MergeWay.Exclude) traits["e"] = new(MergeWay.MostRecent, [], "a");
        return new() { Default = byDefault, Order = order, Traits = traits, Groups = groups };
    }

    private static readonly Gen<Said> Word = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 4], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 8], Gen.Int[0, 12], (p, n, s, r, v, h) => new Said(p, n, s, r, v, h));

    [Theory, Engines]
    public async Task Sql_document_and_facts_show_the_same(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var noon = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
        var (writer, reader, turn) = (new ProfileWriter(new FakeTimeProvider(noon)), new ProfileReader(test.Stores), 0);
        await Gen.Select(Word.Array[20, 60], Config, Config).SampleAsync(async (words, config, other) =>
        {
            var people = Enumerable.Range(0, 6).Select(p => ProfileId.For(new("user_id", $"{turn}-{p}"), noon)).ToArray();
            turn++;
            var facts = words.Select((w, i) => (Profile: people[w.Person], Fact: new TraitFact(Names[w.Name], JsonElement.Parse(Values[w.Value]), noon.AddHours(w.Hour - 8), i)
            {
                Source = Sources[w.Source],
                Evidence = w.Record < 2 ? $"record:{Sources[w.Source]}:{w.Record}-{w.Person}" : $"message:{Sources[w.Source]}:{i}",
            })).ToList();
            var policy = config.Policy();
            await test.Stores.Warehouse.WriteAsync(async s =>
            {
                await s.ExecuteAsync(Sql.Of($"delete from trait_log"), Cancel);
                await s.LoadAsync("trait_log", ["seq", "written_profile_id", "name", "value", "source", "ts", "evidence", "named_by"],
                    facts.Select(f => new object?[] { f.Fact.Seq, f.Profile, f.Fact.Name, JsonText.Of(f.Fact.Value), f.Fact.Source, f.Fact.At, f.Fact.Evidence, null }), Cancel);
                await MergeSwitch.WriteWarehouseAsync(s, policy, Cancel);
            }, Cancel);
            await test.Stores.Ledger.WriteAsync(async s =>
            {
                foreach (var id in people) await s.ExecuteAsync(Sql.Of($"insert into profile (profile_id, kind, created_at) values ({id}, 'person', {noon}) on conflict do nothing"), Cancel);
                await writer.WriteAsync(s, [.. facts.Select(f => new TraitNews(f.Profile, f.Fact.Source, f.Fact.Evidence, f.Fact.Seq, f.Fact.At, new Dictionary<string, JsonElement> { [f.Fact.Name] = f.Fact.Value }))], [], [], Cancel);
                await s.ExecuteAsync(Sql.Of($"delete from merge_policy"), Cancel);
                await s.ExecuteAsync(Sql.Of($"insert into merge_policy (name, policy) values ('merging', {policy.Write()})"), Cancel);
            }, Cancel);

            foreach (var asOf in new[] { noon, noon.AddDays(1) })
            {
                var expected = Expected(people, facts, policy, asOf);
                Same(expected, await ShownAsync(test, MergeSql.Now(Names, asOf, MergeTables.Stored)), config);
                // One name asked alone is the same as among others.
                Same([.. expected.Where(e => e.Name == "a")], await ShownAsync(test, MergeSql.Now(["a"], asOf, MergeTables.Of(policy))), config);
                Same(Expected(people, facts, other.Policy(), asOf), await ShownAsync(test, MergeSql.Now(Names, asOf, MergeTables.Of(other.Policy()))), other);
            }
            var whole = Expected(people, facts, policy, noon.AddDays(1));
            Same(whole, await ShownAsync(test, Sql.Of($"select profile_id, name, value from trait")), config);
            var documents = await reader.ReadAsync(people, Cancel);
            Same(whole, [.. documents.Values.SelectMany(p => p.Traits.Where(t => t.Value[0].Evidence.Length > 0 || t.Value[0].Value.ValueKind is not JsonValueKind.Null).Select(t => (p.Id, t.Key, JsonText.Of(t.Value[0].Value))))], config);

            // Names that do not differ show the same by both policies.
            var differences = policy.Differences(other.Policy());
            var after = Expected(people, facts, other.Policy(), noon.AddDays(1));
            if (!differences.Contains(MergePolicy.Others)) Assert.Equal(whole.Where(w => !differences.Contains(w.Name)), after.Where(w => !differences.Contains(w.Name)));
        }, iter: 25, seed: "0000Merging00", threads: 1);
    }

    private static List<(ProfileId Profile, string Name, string Value)> Expected(IEnumerable<ProfileId> people, IEnumerable<(ProfileId Profile, TraitFact Fact)> facts, MergePolicy policy, DateTimeOffset asOf)
    {
        var byPerson = facts.ToLookup(f => f.Profile, f => f.Fact);
        return [.. people.SelectMany(p => Names.Select(n => (p, n, Value: new ProfileFacts(byPerson[p], [], []).Value(n, policy, asOf, out _)))).Where(v => v.Value.ValueKind is not JsonValueKind.Undefined)
            .Select(v => (v.p, v.n, JsonText.Of(v.Value))).Order()];
    }

    private static async Task<List<(ProfileId Profile, string Name, string Value)>> ShownAsync(TestStores test, Sql sql) => await test.Stores.Warehouse.ReadAsync(s => s.ListAsync(sql, r => (r.ProfileId(0), r.Text(1), r.Text(2)), Cancel), Cancel);

    private static void Same(List<(ProfileId Profile, string Name, string Value)> expected, List<(ProfileId Profile, string Name, string Value)> shown, MergeConfig config)
    {
        shown.Sort();
        if (expected.SequenceEqual(shown)) return;
        Assert.Fail($"{JsonSerializer.Serialize(config.Policy())}\nexpected {string.Join("; ", expected.Except(shown).Select(Text))}\nshown {string.Join("; ", shown.Except(expected).Select(Text))} of {shown.Count.ToString(CultureInfo.InvariantCulture)}");

        static string Text((ProfileId Profile, string Name, string Value) of) => $"{of.Profile.ToString()[..8]} {of.Name}={of.Value}";
    }
}
