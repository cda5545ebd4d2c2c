using Kendt.Studio.Layout;
using Kendt.Studio.Pages.People;

namespace Kendt.Studio.Tests;

public sealed class PeopleTests : StudioContext
{
    [Fact]
    public void Typing_puts_the_text_into_the_address_after_a_pause()
    {
        var page = Open<PeoplePage>("/people?page=3");
        page.Find(".search input").Input("maja");
        Assert.Equal("/people?page=3", Address);
        Time.Advance(TimeSpan.FromMilliseconds(250));
        page.WaitForAssertion(() => Assert.Equal("/people?q=maja", Address));
    }

    [Fact]
    public void The_address_says_what_is_shown()
    {
        var page = Open<PeoplePage>("/people?q=nordlys&kind=Company");
        Assert.Equal("Nordlys Arkitekter ApS", Assert.Single(page.FindAll("tbody tr a.to")).TextContent);
        Assert.Equal("Companies", page.Find(".choice a[aria-current]").TextContent);
    }

    [Fact]
    public void Pages_lead_forward_and_back()
    {
        var page = Open<PeoplePage>("/people?page=2");
        Assert.Contains("26–50 of 240", page.Find(".pager").TextContent, StringComparison.Ordinal);
        Assert.EndsWith("/people?page=3", page.Find("a[rel=next]").GetAttribute("href"), StringComparison.Ordinal);
        Assert.EndsWith("/people", page.Find("a[rel=prev]").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_found_offers_to_show_everybody() =>
        Assert.Equal("/people", Open<PeoplePage>("/people?q=zzzz").Find(".empty a").GetAttribute("href"));

    [Fact]
    public void The_360_degree_page_shows_values_with_source_runners_up_and_evidence()
    {
        var person = Design.People[10];
        var page = Open<ProfilePage>($"/people/{person.Id}", ("Id", person.Id.ToString()));
        Assert.Equal(person.Name, page.Find("h1").TextContent);
        Assert.Contains("Left something in the basket", page.Find(".next").TextContent, StringComparison.Ordinal);
        Assert.Equal("/measures/lifetime-spend", page.FindComponent<FiguresCard>().Find("a").GetAttribute("href"));
        Assert.Equal(["Granted", "Denied", "Granted", "Not asked"], page.FindComponent<ConsentsCard>().FindAll(".badge").Select(badge => badge.TextContent));
        var facts = Open<ProfilePage>($"/people/{person.Id}?tab=facts", ("Id", person.Id.ToString()));
        Assert.Contains("Anne S. Jensen", facts.Find(".runners").TextContent, StringComparison.Ordinal);
        Assert.Contains("record:loyalty:4711", facts.Markup, StringComparison.Ordinal);
        Assert.Contains("Revoked", facts.Find(".revoked").TextContent, StringComparison.Ordinal);
        Assert.Contains("Also known as", facts.Markup, StringComparison.Ordinal);
        Assert.Single(Open<ProfilePage>($"/people/{person.Id}?tab=measures", ("Id", person.Id.ToString())).FindAll("tbody tr"));
    }

    [Fact]
    public void A_company_shows_its_contacts()
    {
        var company = Design.People[0];
        var page = Open<ProfilePage>($"/people/{company.Id}", ("Id", company.Id.ToString()));
        Assert.Equal(5, page.FindComponent<ContactsCard>().FindAll("li").Count);
    }

    [Fact]
    public void A_merged_id_leads_to_its_survivor()
    {
        Open<ProfilePage>($"/people/{Design.Merged}", ("Id", Design.Merged.ToString()));
        Assert.Equal($"/people/{Design.People[4].Id}?from={Design.Merged}", Address);
    }

    [Fact]
    public void The_timeline_filters_by_kind_and_goes_on_by_cursor()
    {
        var person = Design.People[10];
        var all = Open<TimelineCard>($"/people/{person.Id}", (nameof(TimelineCard.Id), person.Id));
        Assert.Equal(40, all.FindAll(".happening").Count);
        Assert.Contains("older=40", all.FindAll("a.button")[^1].GetAttribute("href"), StringComparison.Ordinal);

        var orders = Open<TimelineCard>($"/people/{person.Id}?show=Order", (nameof(TimelineCard.Id), person.Id));
        Assert.NotEmpty(orders.FindAll(".kind-order"));
        Assert.Equal(orders.FindAll(".happening").Count, orders.FindAll(".kind-order").Count);
        Assert.NotEmpty(orders.FindAll(".order td"));
    }

    [Fact]
    public void The_search_of_the_frame_is_a_combobox_for_the_keyboard()
    {
        var find = Render<FindPeople>();
        find.Find("input").Input("ida");
        Time.Advance(TimeSpan.FromMilliseconds(200));
        find.WaitForAssertion(() => Assert.True(find.FindAll("[role=option]").Count > 1));
        Assert.Equal("find-0", find.Find("input").GetAttribute("aria-activedescendant"));
        find.Find("input").KeyDown("ArrowDown");
        Assert.Equal("true", find.Find("#find-1").GetAttribute("aria-selected"));
        find.Find("input").KeyDown("Enter");
        var second = Design.People.Where(person => $"{person.Name} {person.Email} {person.City}".Contains("ida", StringComparison.OrdinalIgnoreCase)).ElementAt(1);
        Assert.Equal($"/people/{second.Id}", Address);
        Assert.Equal("false", find.Find("input").GetAttribute("aria-expanded"));
    }

    [Fact]
    public void The_search_says_when_nobody_is_found()
    {
        var find = Render<FindPeople>();
        find.Find("input").Input("zzzz");
        Time.Advance(TimeSpan.FromMilliseconds(200));
        find.WaitForAssertion(() => Assert.Contains("Nobody found", find.Find("[role=status]").TextContent, StringComparison.Ordinal));
    }
}
