using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Segments;

namespace Kendt.Tests.Segments;

public sealed class RuleFileTests
{
    private static string Nest(int depth) => string.Concat(Enumerable.Repeat("{\"not\":{\"all\":[", depth / 2)) + "{\"trait\":\"plan\",\"is\":\"gold\"}" + string.Concat(Enumerable.Repeat("]}}", depth / 2));

    [Theory]
    [InlineData("""{"trait": "plan", "equals": "gold"}""", "trait.equals")]
    [InlineData("""{"all": [], "some": []}""", "some")]
    [InlineData("""{"any": [{"all": []}, {"traits": "plan", "is": "gold"}]}""", "any[1]", "traits")]
    [InlineData("""{"all": [{"trait": "plan"}]}""", "all[0].trait", "plan")]
    [InlineData("""{"all": [{"trait": "plan", "is": "x"}, {"not": {"trait": "points", "above": "5"}}]}""", "all[1].not.trait.above")]
    [InlineData("""{"trait": "plan", "is": null}""", "trait.is", "exists")]
    [InlineData("""{"any": [{"trait": "city", "contains": 5}]}""", "any[0].trait.contains")]
    [InlineData("""{"trait": "city", "exists": "yes"}""", "trait.exists")]
    [InlineData("""{"trait": "city", "in": "Odense"}""", "trait.in")]
    [InlineData("""{"trait": "city", "in": ["a", null]}""", "trait.in[1]")]
    [InlineData("""{"all": [{"trait": "points", "between": [1, 2, 3]}]}""", "all[0].trait.between")]
    [InlineData("""{"trait": "points", "between": [5, 1]}""", "trait.between")]
    [InlineData("""{"trait": "joined", "before": "yesterday"}""", "trait.before")]
    [InlineData("""{"trait": "joined", "before": "2023-02-29"}""", "trait.before")]
    [InlineData("""{"all": [{"event": "E"}, {"event": "E", "within": "-5d"}]}""", "all[1].event.within")]
    [InlineData("""{"event": "E", "within": "0d"}""", "event.within")]
    [InlineData("""{"event": "E", "within": "365250d"}""", "event.within")]
    [InlineData("""{"event": "E", "within": "99999999999999999999s"}""", "event.within")]
    [InlineData("""{"trait": "joined", "withinLast": "90 days"}""", "trait.withinLast")]
    [InlineData("""{"any": [{"event": "E", "within": "5d", "from": "2024-01-01"}]}""", "any[0].event.within", "from")]
    [InlineData("""{"all": [{"all": [{"event": "E", "count": {"is": 1}, "sum": {"of": "revenue", "is": 1}}]}]}""", "all[0].all[0].event.sum")]
    [InlineData("""{"all": [{"event": "V"}, {"event": "E", "count": {"atLeast": "many"}}]}""", "all[1].event.count.atLeast")]
    [InlineData("""{"event": "E", "count": 5}""", "event.count")]
    [InlineData("""{"event": "E", "count": {"exists": true}}""", "event.count.exists")]
    [InlineData("""{"event": "E", "sum": {"above": 5}}""", "event.sum", "of")]
    [InlineData("""{"event": "E", "sum": {"of": "revenue"}}""", "event.sum")]
    [InlineData("""{"event": "E", "first": {"above": 5}}""", "event.first.above")]
    [InlineData("""{"event": "E", "where": [{"property": "sku", "is": 1}, {"is": 1}]}""", "event.where[1]", "property")]
    [InlineData("""{"event": "E", "where": {"property": "sku", "is": 1}}""", "event.where")]
    [InlineData("""{"all": [{"sequence": []}]}""", "all[0].sequence")]
    [InlineData("""{"sequence": [{"event": "V"}, {"event": "E", "after": "soon"}]}""", "sequence[1].event.after")]
    [InlineData("""{"sequence": [{"event": "V", "after": "1d"}, {"event": "E"}]}""", "sequence[0].event.after")]
    [InlineData("""{"sequence": [{"event": "V"}, {"event": "E"}], "without": {"where": []}}""", "sequence.without")]
    [InlineData("""{"any": [{"trait": "plan", "is": "x"}, {}]}""", "any[1]")]
    [InlineData("{}", "The rule")]
    [InlineData("""[{"trait": "plan", "is": "x"}]""", "The rule", "list")]
    [InlineData("7", "The rule", "number")]
    [InlineData("""{"all": {"trait": "plan", "is": "x"}}""", "all")]
    [InlineData("""{"all": [{"trait": "plan", "event": "E", "is": "x"}]}""", "all[0]")]
    [InlineData("""{"trait": "a..b", "is": 1}""", "trait")]
    [InlineData("""{"trait": "a", "is": 1, "is": 2}""", "is", "twice")]
    [InlineData("""{"trait": "a", "is": 1e999}""", "trait.is", "large")]
    [InlineData("""{"trait": "a", "is": "x\u0000"}""", "trait.is", "NUL")]
    [InlineData("""{"trait": "a", "is": "\ud800"}""", "trait.is", "Unicode")]
    [InlineData("""{"consent": "email", "is": "maybe"}""", "consent.is", "maybe")]
    [InlineData("""{"all": [{"sample": "s"}]}""", "all[0].sample", "operator")]
    [InlineData("""{"sample": "s", "contains": "5"}""", "sample.contains")]
    [InlineData("""{"trait": "born", "anniversaryIn": "367d"}""", "trait.anniversaryIn", "366d")]
    [InlineData("""{"event": "E", "weeks": {"atLeast": "two"}}""", "event.weeks.atLeast")]
    [InlineData("""{"all": [""", "JSON")]
    [InlineData("", "empty")]
    [InlineData("  \n", "empty")]
    [InlineData("\u0000\u0001\u0002", "rule")]
    [InlineData("all: [\n  {trait: plan, is: *x}]", "anchors")]
    [InlineData("all:\n- &a {trait: plan, is: x}\n", "anchors")]
    [InlineData("trait: plan\nis: [", "YAML")]
    public void A_fault_is_named_by_its_way_from_the_root(string rule, params string[] parts)
    {
        var fault = Assert.Throws<BadInputException>(() => RuleFile.Parse(rule));
        Assert.All(parts, part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
        Assert.InRange(fault.Message.Length, 10, 700);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void Groups_may_lie_sixty_deep_and_twenty_thousand_are_refused()
    {
        Assert.Equal(Nest(60), FilterJson.Write(RuleFile.Parse(Nest(60))));
        Assert.Throws<BadInputException>(() => RuleFile.Parse(Nest(120)));
        Assert.Throws<BadInputException>(() => RuleFile.Parse(Nest(20_000)));
        Assert.Throws<BadInputException>(() => RuleFile.Parse(string.Concat(Enumerable.Repeat("- ", 20_000)) + "x"));
    }

    [Fact]
    public void A_random_rule_reads_back_as_it_was_written()
    {
        foreach (var rule in new RandomWorld(7).Rules(300, ["a"]))
        {
            var text = FilterJson.Write(rule);
            Assert.Equal(text, FilterJson.Write(RuleFile.Parse(text)));
            Assert.Equal(text, FilterJson.Tree(rule).GetRawText());
            Assert.NotEmpty(FilterSentence.English(rule));
            Assert.NotEmpty(FilterSentence.Danish(rule));
        }
    }

    [Fact]
    public void Yaml_is_the_same_tree()
    {
        var yaml = """
            # people who ordered boots
            all:
              - event: Order Completed
                within: 90d
                where:
                  - {property: item.category, in: [boots, "1", 1, true, no]}
                sum: {of: revenue, atLeast: 1e3}
              - not: {trait: joined, before: 2024-01-01}
            """;
        Assert.Equal(FilterJson.Write(FilterJson.Parse("""
            {"all":[{"event":"Order Completed","where":[{"property":"item.category","in":["boots","1",1,true,"no"]}],"within":"90d","sum":{"of":"revenue","atLeast":1000}},
             {"not":{"trait":"joined","before":"2024-01-01"}}]}
            """)), FilterJson.Write(RuleFile.Parse(yaml)));
    }

    [Fact]
    public void A_line_of_many_rules_has_a_name()
    {
        var named = RuleFile.ParseNamed("""{"name": "gold", "rule": {"trait": "plan", "is": "gold"}}""");
        Assert.Equal(("gold", """{"trait":"plan","is":"gold"}"""), (named.Name, FilterJson.Write(named.Rule)));
        foreach (var bad in new[] { "", "7", "{}", """{"name": 1, "rule": {}}""", """{"name": "a", "rule": {"all": []}, "x": 1}""" }) Assert.Throws<BadInputException>(() => RuleFile.ParseNamed(bad));
        Assert.Contains("'b'", Assert.Throws<BadInputException>(() => RuleFile.ParseNamed("""{"name": "b", "rule": {}}""")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"all":[{"trait":"plan","is":"gold"},{"event":"Order Completed","within":"90d"}]}""",
        "plan is \"gold\" and at least one \"Order Completed\" in the last 90 days", "plan er \"gold\" og mindst én \"Order Completed\" inden for de seneste 90 dage")]
    [InlineData("""{"not":{"any":[{"segment":"vip"},{"trait":"age","between":[1.5,20]}]}}""",
        "not (is in the segment \"vip\" or age is between 1.5 and 20)", "ikke (er i segmentet \"vip\" eller age er mellem 1,5 og 20)")]
    [InlineData("""{"event":"Order","where":[{"property":"total","above":100}],"sum":{"of":"total","atLeast":500}}""",
        "the sum of total over \"Order\" where total is above 100 is at least 500", "summen af total over \"Order\" hvor total er over 100 er mindst 500")]
    [InlineData("""{"sequence":[{"event":"View"},{"event":"Buy","after":"1d"}],"without":{"event":"Remove"},"within":"1w"}""",
        "\"View\", then \"Buy\" at most 1 day, without \"Remove\" between them, begun in the last 1 week", "\"View\", derefter \"Buy\" højst 1 dag, uden \"Remove\" imellem, begyndt inden for de seneste 1 uge")]
    [InlineData("""{"any":[{"identifier":"email","endsWith":"@b.dk"},{"identifier":"loyalty_no","count":{"is":0}}]}""",
        "has an identifier \"email\" that ends with \"@b.dk\" or the number of identifiers \"loyalty_no\" is 0", "har en identifikator \"email\" der ender på \"@b.dk\" eller antallet af identifikatorer \"loyalty_no\" er 0")]
    public void A_rule_reads_as_a_sentence(string rule, string english, string danish)
    {
        var filter = FilterJson.Parse(rule);
        Assert.Equal(english, FilterSentence.English(filter));
        Assert.Equal(danish, FilterSentence.Danish(filter));
    }
}
