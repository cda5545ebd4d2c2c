using Kendt.Studio.Data;
using Kendt.Studio.Pages.People;

namespace Kendt.Studio.Tests;

/// <summary>Who is who: seen, explained, decided with a look at what would move first.</summary>
public sealed class IdentityTests : StudioContext
{
    private string Profile => Design.People[4].Id.ToString();

    [Fact]
    public void Chosen_identifiers_are_parted_after_a_look_and_with_a_reason()
    {
        var page = Open<IdentityPage>($"/people/{Profile}/identity", ("Id", Profile));
        Assert.True(page.FindAll("button.small").First(b => b.TextContent == "Part from the rest").HasAttribute("disabled"));
        page.FindAll("input[type=checkbox]")[1].Change(true);
        page.FindAll("button.small").First(b => b.TextContent == "Part from the rest").Click();
        Assert.Contains("1 identifiers, 41 events and 2 consents go to", page.Find("[aria-live]").TextContent, StringComparison.Ordinal);
        Assert.True(Design.Ordered!.IsPreview);
        page.Find("#decide-why").Change("her son");
        page.Find("[aria-live] button.primary").Click();
        Assert.Equal((IdentityVerb.Split, "her son", false), (Design.Ordered!.Verb, Design.Ordered.Reason, Design.Ordered.IsPreview));
        Assert.Equal(["user_id:u-20417"], Design.Ordered.Identifiers.Select(i => i.ToString()));
        Assert.Empty(page.FindAll("[aria-live]"));
    }

    [Fact]
    public void Another_customer_is_confirmed_and_a_decision_undone()
    {
        var page = Open<IdentityPage>($"/people/{Profile}/identity", ("Id", Profile));
        page.Find("#other").Input("email:x@example.com");
        page.FindAll("button.small").First(b => b.TextContent == "They are one").Click();
        Assert.Equal((IdentityVerb.Confirm, "email:x@example.com"), (Design.Ordered!.Verb, Design.Ordered.Other));
        page.FindAll("button.small").First(b => b.TextContent == "Undo").Click();
        Assert.Equal((IdentityVerb.Undo, 2L), (Design.Ordered!.Verb, Design.Ordered.Decision));
    }

    [Fact]
    public void The_past_and_the_path_stand_in_the_address_and_cannot_be_changed()
    {
        var page = Open<IdentityPage>($"/people/{Profile}/identity?asOf=2026-01-31&left=email:a@b.dk&right=user_id:u-20417", ("Id", Profile));
        Assert.Empty(page.FindAll("input[type=checkbox]"));
        Assert.Contains("They are one customer", page.Markup, StringComparison.Ordinal);
        Assert.Contains("message:webshop:88213", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Not known then", Open<IdentityPage>($"/people/{Profile}/identity?asOf=2001-01-31", ("Id", Profile)).Markup, StringComparison.Ordinal);
        Assert.Contains("No customer has that identifier", Open<IdentityPage>($"/people/{Profile}/identity?left=a&right=nobody", ("Id", Profile)).Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }
}
