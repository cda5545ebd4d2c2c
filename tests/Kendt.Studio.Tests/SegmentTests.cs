using Kendt.Model.Filters;
using Kendt.Studio.Pages.Segments;

namespace Kendt.Studio.Tests;

/// <summary>Rules opened, changed and saved as cards; a segment's life and its reasons.</summary>
public sealed class SegmentTests : StudioContext
{
    [Theory]
    [InlineData("""{"all":[{"trait":"plan","is":"gold"},{"trait":"zip","in":["8000",8000,true]},{"trait":"points","between":[1,2.5]},{"trait":"city","exists":false}]}""")]
    [InlineData("""{"any":[{"not":{"any":[{"segment":"hikers"},{"consent":"profiling","is":"denied"}]}},{"sample":"spring","below":10}]}""")]
    [InlineData("""{"all":[{"event":"Buy","where":[{"property":"item.sku","contains":"ski"},{"property":"total","above":100}],"within":"30d","sum":{"of":"total","atLeast":500}}]}""")]
    [InlineData("""{"all":[{"event":"Buy","last":{"withinLast":"7d"}},{"event":"Visit","within":"8w","weeks":{"atLeast":4}},{"trait":"born","anniversaryIn":"7d"}]}""")]
    [InlineData("""{"all":[{"event":"Buy","from":"2026-01-01","count":{"above":1,"below":9}},{"sequence":[{"event":"A"},{"event":"B","after":"1d"}],"within":"7d"},{"trait":"n","above":1,"below":5}]}""")]
    [InlineData("""{"all":[{"identifier":"loyalty_no"},{"identifier":"email","endsWith":"@example.com","count":{"between":[2,5]}},{"identifier":"phone","is":"4520123456","count":{"atLeast":1}},{"identifier":"user_id","in":["1","02"]}]}""")]
    [InlineData("""{"all":[{"identifier":"club","in":["a, b","c"]},{"identifier":"email","contains":"a","endsWith":"b"},{"identifier":"email","count":{"above":1,"below":4}}]}""")]
    [InlineData("""{"all":[]}""")]
    public void A_rule_is_the_same_after_it_was_opened(string json) =>
        Assert.Equal(FilterWriter.Write(FilterJson.Parse(json)), FilterWriter.Write(FilterJson.Parse(RuleNode.Read(json).Write())));

    [Fact]
    public void What_has_no_fields_of_its_own_keeps_its_meaning()
    {
        Assert.Equal("""{"all":[{"trait":"a","is":"1"}]}""", RuleNode.Read("""{"trait":"a","is":"1"}""").Write());
        Assert.Equal("""{"not":{"any":[{"segment":"a"}]}}""", RuleNode.Read("""{"not":{"segment":"a"}}""").Write());
    }

    [Fact]
    public void Identifiers_are_asked_for_on_a_card_of_their_own()
    {
        var page = Open<SegmentEditPage>("/segments/valuable-club/edit", ("Name", "valuable-club"));
        page.Find(".rule-add").QuerySelectorAll("button").First(b => b.TextContent.Contains("Identifier", StringComparison.Ordinal)).Click();
        page.Find("input[list=identifiers]").Input("loyalty_no");
        page.Find("select[aria-label='Comparison of how many']").Change("above");
        page.Find("button.primary").Click();
        page.WaitForAssertion(() => Assert.Contains("""{"identifier":"loyalty_no","count":{"above":1}}""", Design.Saved!.Value.Json, StringComparison.Ordinal));
    }

    [Fact]
    public void A_rule_is_changed_card_by_card_counted_and_saved()
    {
        var page = Open<SegmentEditPage>("/segments/valuable-club/edit", ("Name", "valuable-club"));
        Assert.Contains("862", page.Find(".rule-told").TextContent, StringComparison.Ordinal);
        Assert.Equal(2, page.FindAll(".rule-group").Count); // all, and what is not
        page.FindAll(".rule-add button")[^1].Click(); // a group
        page.FindAll(".rule-group")[^1].QuerySelectorAll(".rule-add button").First(b => b.TextContent.Contains("Trait", StringComparison.Ordinal)).Click();
        page.FindAll("input[list=traits]")[^1].Input("city");
        Time.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Contains("city is", page.Find(".rule-told").TextContent, StringComparison.Ordinal));
        page.Find("button.primary").Click();
        page.WaitForAssertion(() => Assert.Contains("\"city\"", Design.Saved!.Value.Json, StringComparison.Ordinal));
        Assert.Equal("/segments/valuable-club", Address);
    }

    [Fact]
    public void What_is_wrong_is_said_by_its_place_and_not_saved()
    {
        var page = Open<SegmentEditPage>("/segments/new");
        page.FindAll(".rule-add button").First(b => b.TextContent.Contains("Event", StringComparison.Ordinal)).Click();
        Time.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Contains("all[0].event", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.True(page.Find("button.primary").HasAttribute("disabled"));
        page.Find("input[list=events]").Input("Order Completed");
        Time.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[role=alert]")));
        page.Find("button.primary").Click();
        page.WaitForAssertion(() => Assert.Contains("1 to 100 characters", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Null(Design.Saved);
    }

    [Fact]
    public void A_segment_shows_who_came_and_went_and_why_somebody_is_not_in_it()
    {
        var page = Open<SegmentPage>("/segments/left-a-basket?who=anna", ("Name", "left-a-basket"));
        Assert.Contains("12,000 of 20,400", page.Markup, StringComparison.Ordinal);
        Assert.Contains("event: Order Completed", page.Markup, StringComparison.Ordinal);
        Assert.Contains("is not in this segment", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Bronze", page.Find(".whys").TextContent, StringComparison.Ordinal);
        Assert.Contains("Nobody is known by that", Open<SegmentPage>("/segments/hikers?who=nobody", ("Name", "hikers")).Markup, StringComparison.Ordinal);
    }
}
