using System.Text.Json;
using Kendt.Model;
using Kendt.Segments;
using Kendt.Unify.Batch;
using Kendt.Unify.Matching;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Tests.Unify.Batch;

/// <summary>The file of the configuration: all faults at once, and what is written is read as it was.</summary>
public sealed class MatchConfigTests
{
    private static MatchConfig Read(string yaml)
    {
        using var tree = JsonDocument.Parse(YamlTree.ToJson(yaml));
        return MatchConfigFile.Read(tree.RootElement);
    }

    [Fact]
    public void What_is_written_is_read_as_it_was()
    {
        var config = new MatchConfig
        {
            Threshold = 7.5,
            Rules = [new() { Name = "club: card", All = [new("email"), new("givenName", Likeness.Fuzzy, 0.85)], Unless = [new("birthDate", Likeness.Different)], Within = "club" }],
            Sources = new Dictionary<string, MatchSource>
            {
                ["club"] = new() { HasDuplicates = false, Map = new Dictionary<string, Meaning> { ["født: år"] = Meaning.BirthDate, ["address.street"] = Meaning.Nothing } },
                ["2 partners"] = new() { Use = false },
            },
        };
        var read = Read(MatchConfigFile.Write(config));
        Assert.Equal(MatchConfigFile.Write(config), MatchConfigFile.Write(read));
        Assert.Equal((7.5, Meaning.BirthDate, false), (read.Threshold, read.Of("club").Map["født: år"], read.Of("2 partners").Use));
        Assert.Null(Read(MatchConfigFile.Write(MatchConfig.Default)).Threshold);
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var told = Assert.Throws<BadInputException>(() => Read("""
            threshold: high
            learnt: maybe
            rules:
              - name: a
                all: [{ field: shoe }, { field: email, is: near }]
              - all: { field: email }
              - name: a
                all: [{ field: email, is: alike, atLeast: 7 }]
            treshold: 3
            sources:
              club: { use: perhaps, map: { name: fornavn } }
              shop: 7
            """)).Message;
        foreach (var part in new[] { "threshold is 'high'", "'treshold' in the file is not known", "learnt in the file is 'maybe'", "rules[0].all[0].field is 'shoe'", "rules[0].all[1].is is 'near'", "rules[1].name is missing", "rules[1].all must be a list", "rules[2].name is 'a'", "rules[2].all[0].atLeast is '7'", "sources.club.use is 'perhaps'", "sources.club.map.name is 'fornavn'", "sources.shop must be a table" })
            Assert.Contains(part, told, StringComparison.Ordinal);
    }
}
