using CsCheck;
using Kendt.Model.Filters;
using Kendt.Segments;
using Kendt.Store;

namespace Kendt.Tests.Segments;

/// <summary>One rule, one meaning: the SQL of each engine gives exactly those for whom the predicate holds.</summary>
public sealed class ParityTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task The_sql_of_random_rules_finds_those_for_whom_the_predicate_holds(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await Gen.Int[0, 1_000_000].SampleAsync(async seed =>
        {
            var world = new RandomWorld(seed);
            var people = world.People(150);
            await test.Stores.Warehouse.WriteAsync(async s =>
            {
                await s.ExecuteAsync(Sql.Of($"delete from trait_log"), Cancel);
                await s.ExecuteAsync(Sql.Of($"delete from event_log"), Cancel);
            }, Cancel);
            await Warehouse.LoadAsync(test.Stores, people, Cancel);
            await test.Stores.Ledger.WriteAsync(async s =>
            {
                await s.ExecuteAsync(Sql.Of($"delete from identifier"), Cancel);
                await s.LoadAsync("identifier", ["type", "value", "profile_id", "source", "first_seen"], people.SelectMany(p => p.Facts.Identifiers.Select(i => new object?[] { i.Type, i.Value, p.Id, "test", i.At })), Cancel);
            }, Cancel);
            var stored = new Dictionary<string, Filter>(StringComparer.Ordinal);
            foreach (var name in new[] { "a", "b", "c" }) stored[name] = world.Rules(1, [.. stored.Keys])[0];
            var rules = world.Rules(60, [.. stored.Keys]);
            var known = world.KnownBy(20);
            foreach (var (asOf, part) in new[] { (RandomWorld.Noon, rules.Take(40).Concat(known.Take(10))), (RandomWorld.Spring, rules.Skip(40).Concat(known.Skip(10))) })
            {
                var identifiers = new Dictionary<string, Sql>(StringComparer.Ordinal);
                foreach (var rule in part.SelectMany(r => FilterLeaves.Of(r)).Select(l => l.Leaf).OfType<IdentifierRule>()) identifiers[FilterWriter.Write(rule)] = await IdentifierFacts.OfEverybodyAsync(test.Stores, rule, asOf, Cancel);
                var sources = FilterSources.None with { Segment = name => stored[name], Identifier = rule => identifiers[FilterWriter.Write(rule)] };
                foreach (var chunk in part.Chunk(10))
                {
                    var found = chunk.Select(_ => new HashSet<Kendt.Model.ProfileId>()).ToArray();
                    await test.Stores.Warehouse.ReadAsync(async s =>
                    {
                        await foreach (var row in s.QueryAsync(FilterSql.Table(chunk, sources, asOf), r => (Id: r.ProfileId(0), Holds: chunk.Select((_, i) => r.Bool(i + 1)).ToArray()), Cancel))
                            for (var i = 0; i < chunk.Length; i++)
                                if (row.Holds[i]) Assert.True(found[i].Add(row.Id), "listed twice");
                    }, Cancel);
                    for (var i = 0; i < chunk.Length; i++)
                    {
                        var expected = people.Where(p => new FilterPredicate(p.Facts, n => stored[n], asOf).Judge(chunk[i]).Holds).Select(p => p.Id).ToHashSet();
                        if (expected.SetEquals(found[i])) continue;
                        var odd = people.First(p => expected.Contains(p.Id) != found[i].Contains(p.Id));
                        Assert.Fail($"{expected.Except(found[i]).Count()} missing, {found[i].Except(expected).Count()} too many of {expected.Count} at {asOf:O}: {FilterWriter.Write(chunk[i])}\n"
                            + $"traits {string.Join("; ", odd.Traits)}\nevents {string.Join("; ", odd.Events.OrderBy(e => e.At))}");
                    }
                    var alone = await test.Stores.Warehouse.ReadAsync(s => s.ListAsync(FilterSql.Members(chunk[0], sources, asOf), r => r.ProfileId(0), Cancel), Cancel);
                    Assert.Equal(found[0].Order(), alone.Order());
                }
            }
        }, iter: 4, seed: "0000Segments0", threads: 1);
    }
}
