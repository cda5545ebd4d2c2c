using System.Text;
using System.Text.Json;
using Kendt.Model;
using Kendt.Model.Merging;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Store;
using Kendt.Unify.Batch;
using Kendt.Unify.Matching;
using Kendt.Unify.Merging;
using Microsoft.Extensions.Time.Testing;

namespace Kendt.Tests.Unify;

/// <summary>The part of a matching configuration that says which values are shown, and putting it into force.</summary>
public sealed class MergeConfigTests
{
    private const string Whole = """
        merge:
          default: importance
          order: [crm, web-shop]
          traits:
            interests: combine
            legacyId: exclude
            mobil: { as: phone }
            phone: { by: mostFrequent }
            "score 2": { by: importance, order: [web-shop] }
          groups:
            home: { traits: [street, city], by: leastRecent }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static MatchConfig Read(string yaml)
    {
        using var tree = JsonDocument.Parse(YamlTree.ToJson(yaml));
        return MatchConfigFile.Read(tree.RootElement);
    }

    [Fact]
    public void A_file_is_read_as_it_was_written()
    {
        var config = Read(Whole);
        var written = MatchConfigFile.Write(config);
        Assert.Equal(written, MatchConfigFile.Write(Read(written)));
        Assert.Equal(config.Merge.Policy().Write(), Read(written).Merge.Policy().Write());
        var rules = config.Merge.Policy().Rules.ToDictionary(r => r.Name);
        Assert.Equal(("phone", "phone", MergeWay.MostFrequent), (rules["mobil"].Shown, rules["mobil"].Unit, rules["mobil"].Way));
        Assert.Equal(rules["street"].Unit, rules["city"].Unit);
        Assert.Equal(["interests", "score 2"], Read(Whole).Merge.Policy().Differences(Read(Whole.Replace("combine", "separate", StringComparison.Ordinal).Replace("[web-shop]", "[crm]", StringComparison.Ordinal)).Merge.Policy()).Order());
    }

    [Fact]
    public void An_order_of_importance_names_sources_that_are_there()
    {
        var config = Read(Whole + "\n    away: { traits: [zip, state], by: importance, order: [post] }");
        var fault = Assert.Throws<BadInputException>(() => MatchConfigFile.CheckSources(config, ["shop", "crm"]));
        Assert.Equal("The matching configuration cannot be used: merge.order names 'web-shop', and there is no such source: name one of crm, shop. "
            + "merge.traits.score 2.order names 'web-shop', and there is no such source: name one of crm, shop. merge.groups.away.order names 'post', and there is no such source: name one of crm, shop.", fault.Message);
        MatchConfigFile.CheckSources(config, ["crm", "web-shop", "post"]);
        Assert.Contains("there is none yet", Assert.Throws<BadInputException>(() => MatchConfigFile.CheckSources(config, [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_that_say_nothing_or_stand_for_others_are_told_before_values_are_compared()
    {
        var config = Read("""
            ignore: [n/a, 000000]
            aliases: { givenName: { Bob: robert }, street: { "allé": alle } }
            sources: { crm: { country: Sverige } }
            """);
        Assert.Equal(MatchConfigFile.Write(config), MatchConfigFile.Write(Read(MatchConfigFile.Write(config))));
        string Made(Meaning meaning, string value) => new SaidValues(config).Of("crm", meaning) is { } read ? Encoding.UTF8.GetString(read.Make(Encoding.UTF8.GetBytes(value))) : value;
        Assert.Equal("", Made(Meaning.City, " N/A"));
        Assert.Equal("robert Erik", Made(Meaning.GivenName, "BOB Erik"));
        Assert.Equal("Bob", Made(Meaning.Surname, "Bob"));
        Assert.Equal("Bøge alle 4", Made(Meaning.Street, "Bøge Allé 4"));
        Assert.Equal("+46701234567", Made(Meaning.Phone, "070-123 45 67"));
        Assert.Null(new SaidValues(MatchConfig.Default).Of("crm", Meaning.Phone));
        foreach (var (yaml, fault) in new[] { ("ignore: x", "ignore must be a list"), ("aliases: { shoe: { a: b } }", "aliases.shoe is no meaning"), ("aliases: { city: { a: [b] } }", "aliases.city must be words"), ("sources: { crm: { country: Atlantis } }", "sources.crm.country is 'Atlantis'") })
            Assert.Contains(fault, Assert.Throws<BadInputException>(() => Read(yaml)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_needs_no_rule_has_none() => Assert.Empty(Read("merge: { order: [crm], traits: { phone: mostRecent } }").Merge.Policy().Rules);

    [Theory]
    [InlineData("merge: { default: combine }", "merge.default is 'combine'")]
    [InlineData("merge: { default: importance }", "no order of sources")]
    [InlineData("merge: { traits: { address.city: mostRecent } }", "first word of its path")]
    [InlineData("merge: { traits: { a: { as: b }, b: exclude } }", "itself renamed or excluded")]
    [InlineData("merge: { traits: { a: { as: b, by: mostRecent } } }", "goes by what is said of that one")]
    [InlineData("merge: { traits: { a: mostRecent }, groups: { g: { traits: [a, b] } } }", "say it once")]
    [InlineData("merge: { groups: { g: { traits: [a, b], by: combine } } }", "merge.groups.g.by is 'combine'")]
    [InlineData("merge: { groups: { g: { traits: [a] } } }", "two or more")]
    [InlineData("merge: { groups: { g: { traits: [a, b] }, h: { traits: [b, c] } } }", "stands twice")]
    [InlineData("merge: { sources: [crm] }", "'sources' in merge is not known")]
    [InlineData("merge: { order: [crm, crm] }", "names one twice")]
    [InlineData("merge: { order: crm }", "must be a list")]
    public void A_fault_is_told_by_its_place(string yaml, string fault) => Assert.Contains(fault, Assert.Throws<BadInputException>(() => Read(yaml)).Message, StringComparison.Ordinal);

    [Theory, Engines]
    public async Task A_policy_that_was_cut_off_goes_on_and_marks_whom_it_changes(On on)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
        await using var test = await TestStores.OpenAsync(on, time);
        var (writer, reader, feed) = (new ProfileWriter(time), new ProfileReader(test.Stores), new ProfileFeed(test.Stores, time));
        var (one, two) = (ProfileId.For(new("user_id", "1"), time.GetUtcNow()), ProfileId.For(new("user_id", "2"), time.GetUtcNow()));
        TraitNews Word(ProfileId profile, string source, string value, long seq) =>
            new(profile, source, $"record:{source}:{profile}", seq, time.GetUtcNow().AddHours(seq - 10), new Dictionary<string, JsonElement> { ["phone"] = JsonElement.Parse($"\"{value}\"") });
        TraitNews[] news = [Word(one, "crm", "11", 1), Word(one, "shop", "22", 2), Word(two, "crm", "33", 3), Word(two, "shop", "33", 4)];
        await test.Stores.Warehouse.WriteAsync(s => WarehouseWriter.WriteTraitsAsync(s, news, Cancel), Cancel);
        await test.Stores.Ledger.WriteAsync(async s =>
        {
            foreach (var id in new[] { one, two }) await s.ExecuteAsync(Sql.Of($"insert into profile (profile_id, kind, created_at) values ({id}, 'person', {time.GetUtcNow()})"), Cancel);
            await writer.WriteAsync(s, news, [], [], Cancel);
        }, Cancel);
        time.Advance(TimeSpan.FromMinutes(1));
        var from = feed.Now;
        time.Advance(TimeSpan.FromMinutes(1));

        var policy = Read("merge: { traits: { phone: { by: importance, order: [crm] } } }").Merge;
        var effect = await MergeEffects.FindAsync(test.Stores.Warehouse, MergePolicy.MostRecent, policy.Policy(), time.GetUtcNow(), Cancel);
        Assert.Equal((1, 2, 1, 1), (effect.Profiles, effect.Traits[0].Profiles, effect.Traits[0].Contested, effect.Traits[0].Changed));
        Assert.Equal([one.ToString()], effect.Traits[0].Examples);

        var change = new MergeSwitch(test.Stores, time);
        Assert.True(await change.BeginAsync(policy.Policy(), Cancel));
        await Assert.ThrowsAsync<InvalidOperationException>(() => change.RunAsync((_, _) => throw new InvalidOperationException(), _ => { }, Cancel));
        Assert.True(await change.BeginAsync(policy.Policy(), Cancel)); // it was cut off, and goes on
        await change.RunAsync((s, some) => writer.MarkAsync(s, some, Cancel), _ => { }, Cancel);
        Assert.False(await change.BeginAsync(policy.Policy(), Cancel));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([one], (await feed.ReadAsync(from, 10, Cancel)).Select(c => c.Profile));
        var shown = (await reader.ReadAsync(one.ToString(), Cancel))!.Traits["phone"];
        Assert.Equal(["11", "22"], shown.Select(w => w.Value.GetString()));
        Assert.Equal("11", await test.Stores.Warehouse.ReadAsync(s => s.FirstAsync(Sql.Of($"select value from trait where profile_id = {one}"), r => r.Text(0).Trim('"'), Cancel), Cancel));
    }
}
