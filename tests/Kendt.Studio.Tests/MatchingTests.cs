using Kendt.Studio.Pages.Unify;
using Kendt.Studio.Preview;
using Kendt.Model.Merging;
using Kendt.Unify.Matching;
using Microsoft.Extensions.DependencyInjection;

namespace Kendt.Studio.Tests;

/// <summary>The four steps of matching, its plan and the questions that it asks.</summary>
public sealed class MatchingTests : StudioContext
{
    private DesignMatching Desk => Services.GetRequiredService<DesignMatching>();

    [Fact]
    public void What_a_field_means_and_which_sources_take_part_is_changed_in_place()
    {
        var page = Open<UnifyPage>("/unify");
        page.Find("select[aria-label='What loyaltyPoints means']").Change("surname");
        Assert.Equal(Meaning.Surname, Desk.Config.Of("loyalty").Map["loyaltyPoints"]);
        Open<UnifyPage>("/unify?step=clean").Find("input[aria-label='webshop may hold a customer twice']").Change(false);
        Assert.False(Desk.Config.Of("webshop").HasDuplicates);
        Assert.Equal(Meaning.Surname, Desk.Config.Of("loyalty").Map["loyaltyPoints"]);
    }

    [Fact]
    public void The_threshold_moves_counts_at_once_and_stands_in_the_address()
    {
        var page = Open<UnifyPage>("/unify?step=match");
        Assert.Contains("1.9 bits (79% sure)", page.Markup, StringComparison.Ordinal);
        var before = page.Find(".weights").QuerySelectorAll(".in").Length;
        page.Find("#bits").Input("12");
        Assert.Equal(before - 11, page.Find(".weights").QuerySelectorAll(".in").Length);
        page.Find("#bits").Change("12");
        Assert.EndsWith("bits=12", Address, StringComparison.Ordinal);
        page.FindAll("button").First(b => b.TextContent == "Fix this threshold").Click();
        Assert.Equal(12, Desk.Config.Threshold);
    }

    [Fact]
    public void A_plan_is_made_looked_at_and_applied()
    {
        var page = Open<UnifyPage>("/unify?step=merge");
        page.FindAll("button.primary").First(b => b.TextContent == "Make a plan").Click();
        page.FindAll("button.primary").First(b => b.TextContent == "Apply the plan").Click();
        Open<MatchPlanPage>("/unify/plan").Find("button.primary").Click();
        Assert.Equal(["plan", "apply", "apply"], Desk.Done);
    }

    [Fact]
    public void Which_value_is_shown_is_changed_in_place_and_seen_on_people()
    {
        var page = Open<UnifyPage>("/unify?step=merge");
        Assert.Contains("+45 21 22 23 24", page.Find("s").TextContent, StringComparison.Ordinal);
        page.Find("select[aria-label='What is shown of phone']").Change("importance");
        Assert.Equal(MergeWay.Importance, Desk.Config.Merge.Traits["phone"].By);
        Assert.Equal(["crm", "loyalty", "webshop"], Desk.Config.Merge.Order); // importance needs an order
        page = Open<UnifyPage>("/unify?step=merge&trait=address");
        page.Find("button[aria-label='Move loyalty up']").Click();
        page.Find("input[aria-label='The name that gender is shown under']").Change("sex");
        page.Find("input[aria-label='Name of the group']").Change("home");
        page.Find("input[aria-label='Traits, with commas']").Change("street, city");
        page.Find("form.row").Submit();
        Assert.Equal(["loyalty", "crm", "webshop"], Desk.Config.Merge.Order);
        Assert.Equal("sex", Desk.Config.Merge.Traits["gender"].As);
        Assert.Equal(["street", "city"], Desk.Config.Merge.Groups["home"].Traits);
    }

    [Fact]
    public void Pairs_are_answered_by_keys()
    {
        var page = Open<ReviewPage>("/unify/review");
        foreach (var key in new[] { "s", "D", "x", "k" }) page.Find("section.card").KeyDown(key);
        page.FindAll("button").First(b => b.TextContent.StartsWith("Same", StringComparison.Ordinal)).Click();
        Assert.Equal(["0 same", "1 different", "2 skip", "3 same"], Desk.Done);
    }
}
