using Kendt.Studio.Pages.Insight;
using Kendt.Studio.Pages.Segments;

namespace Kendt.Studio.Tests;

/// <summary>What segments tell, with a link to the people behind each number.</summary>
public sealed class InsightTests : StudioContext
{
    [Fact]
    public void What_sets_members_apart_leads_to_the_people_and_the_rule_s_own_conditions_stand_apart()
    {
        var page = Open<InsightPage>("/segments/hikers/insight", ("Name", "hikers"));
        Assert.Contains("862 members among 20,400", page.Markup, StringComparison.Ordinal);
        Assert.Equal(4, page.FindAll("section.table-wrap")[0].QuerySelectorAll("tbody tr").Length);
        Assert.Contains("Gold", page.Find("details").TextContent, StringComparison.Ordinal);
        Assert.All(page.FindAll("tbody a"), a => Assert.Matches("^/(segments/new[?]rule=|query[?]q=)", a.GetAttribute("href")!));
        Assert.Single(Open<InsightPage>("/segments/none/insight", ("Name", "none")).FindAll(".empty"));
    }

    [Fact]
    public void Two_segments_are_compared_and_a_trend_is_drawn()
    {
        var page = Open<InsightPage>("/segments/hikers/insight?show=compare&with=gold-members&of=measure:lifetime-spend", ("Name", "hikers"));
        Assert.Contains("1,122", page.Markup, StringComparison.Ordinal);
        Assert.Contains("+19 (+16 … +22)", page.Markup, StringComparison.Ordinal);
        Assert.Equal(3, Open<InsightPage>("/segments/hikers/insight?show=trend", ("Name", "hikers")).FindAll("figure").Count);
    }

    [Fact]
    public void Overlap_shows_every_combination_and_circles_of_two_or_three()
    {
        Assert.Empty(Open<OverlapPage>("/segments/overlap").FindAll("svg.venn"));
        Assert.Equal(2, Open<OverlapPage>("/segments/overlap?of=hikers&of=gold-members").FindAll("svg.venn circle").Count);
        var page = Open<OverlapPage>("/segments/overlap?of=hikers&of=gold-members&of=left-a-basket");
        Assert.Equal(3, page.FindAll("svg.venn circle").Count);
        Assert.Equal(3, page.FindAll("table")[1].QuerySelectorAll("tbody tr").Length);
        Assert.Contains("2 to 12", Open<OverlapPage>("/segments/overlap?of=hikers").Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_suggestion_becomes_a_segment_by_one_click_and_replaces_none()
    {
        var page = Open<SuggestedPage>("/segments/suggested");
        Assert.Contains("Slipping away", page.Markup, StringComparison.Ordinal);
        page.Find("tbody button").Click();
        page.WaitForAssertion(() => Assert.Equal("champions", Design.Saved!.Value.Name));
        Assert.Equal("/segments/champions", Address);
        Assert.Contains("5,904", Open<SuggestedPage>("/segments/suggested?kind=subgroups&measure=orders").Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_funnel_and_cohorts_lead_to_their_people_and_mistakes_are_said()
    {
        var funnel = Open<FunnelPage>("/funnels?step=Product+Viewed&step=&step=Order+Completed&span=7d&by=hikers");
        Assert.Equal(2, funnel.FindAll("tbody tr").Count);
        Assert.Equal(3, funnel.FindAll("tbody a").Count);
        Assert.Contains("two steps", Open<FunnelPage>("/funnels?step=Product+Viewed").Find("[role=alert]").TextContent, StringComparison.Ordinal);
        var cohorts = Open<CohortPage>("/cohorts?first=Order+Completed");
        Assert.Equal(7, cohorts.FindAll("tbody tr").Count);
        Assert.Contains("goes-on", cohorts.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_segment_can_begin_with_a_rule()
    {
        Assert.Contains("city is", Open<SegmentEditPage>("/segments/new?rule=" + Uri.EscapeDataString("""{"trait":"city","is":"Odense"}""")).Find(".rule-told").TextContent, StringComparison.Ordinal);
        Assert.Contains("everybody", Open<SegmentEditPage>("/segments/new?rule=cut{").Find(".rule-told").TextContent, StringComparison.Ordinal);
    }
}
