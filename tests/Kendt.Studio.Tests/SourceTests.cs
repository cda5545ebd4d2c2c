using Kendt.Studio.Pages.Data;

namespace Kendt.Studio.Tests;

public sealed class SourceTests : StudioContext
{
    [Fact]
    public void A_source_is_made_in_three_clicks_and_turns_green_with_its_first_event()
    {
        var list = Open<SourcesPage>("/sources");
        Assert.Equal("/sources/new", list.Find("a.button.primary").GetAttribute("href")); // one
        var page = Open<NewSourcePage>("/sources/new");
        Assert.Contains("kind=website", page.Find(".kind").GetAttribute("href"), StringComparison.Ordinal); // two
        page = Open<NewSourcePage>("/sources/new?kind=website");
        Assert.Equal("website", page.Find("#new-name").GetAttribute("value"));
        page.Find("form").Submit(); // three
        page.WaitForAssertion(() => Assert.Contains("data-key=\"Ww3xT9b", page.Find("#snippet-website").TextContent, StringComparison.Ordinal));
        Assert.NotNull(page.Find("details").GetAttribute("open"));
        Assert.Contains("-u Ww3xT9b", page.Find("#snippet").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_taken_is_answered_in_words()
    {
        var page = Open<NewSourcePage>("/sources/new?kind=server");
        page.Find("#new-name").Change("webshop");
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.Contains("There is a source 'webshop' already", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void The_first_event_turns_it_green()
    {
        var waiting = Render<FirstEvent>(builder => builder.Add(part => part.Source, "webshop"));
        waiting.WaitForAssertion(() => Assert.Contains("The first event has come: Home", waiting.Find(".note.good").TextContent, StringComparison.Ordinal));
        Assert.Contains("Waiting for the first event", Render<FirstEvent>(builder => builder.Add(part => part.Source, "shops")).Find(".note").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_is_disabled_only_when_one_is_sure()
    {
        var page = Open<SourcePage>("/sources/webshop", ("Name", "webshop"));
        page.FindAll("button").Single(button => button.TextContent == "Disable").Click();
        Assert.Contains("turned away at once", page.Markup, StringComparison.Ordinal);
        page.FindAll("button").Single(button => button.TextContent == "New key").Click();
        page.WaitForAssertion(() => Assert.Contains("Ww3xT9b", page.Find("#made-key").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void A_limit_is_set_lifted_and_refused_in_words()
    {
        var page = Open<SourcePage>("/sources/webshop", ("Name", "webshop"));
        Assert.Equal("500", page.Find("#limit-rate").GetAttribute("value"));
        page.Find("#limit-rate").Change("-1");
        page.Find("form.limit").Submit();
        page.WaitForAssertion(() => Assert.Contains("perSecond", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        page.Find("#limit-rate").Change("");
        page.Find("form.limit").Submit();
        page.WaitForAssertion(() => Assert.Contains("No limit of its own", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void Who_may_change_nothing_finds_no_buttons()
    {
        Design.LooksOnly = true;
        var page = Open<SourcePage>("/sources/webshop", ("Name", "webshop"));
        Assert.Empty(page.FindAll("form.limit"));
        Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent is "Disable" or "New key" or "Switch off");
    }

    [Fact]
    public void The_address_opens_the_properties_of_an_event()
    {
        var page = Open<SourcePage>("/sources/webshop?type=track&event=Product%20Added&per=minute", ("Name", "webshop"));
        Assert.Equal("Minute", page.Find(".choice [aria-current]").TextContent);
        Assert.Equal(["product_id", "price", "email"], page.FindAll(".schema code").Select(code => code.TextContent));
        Assert.Contains("number, text", page.Find(".schema").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Live_shows_the_newest_first_and_keeps_still_when_paused()
    {
        var page = Open<LivePage>("/data/live?source=webshop");
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".letters > li")));
        Time.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Equal(["Product Added", "Home"], page.FindAll(".live-row .strong").Select(row => row.TextContent)));
        page.FindAll("button").Single(button => button.TextContent == "Pause").Click();
        Time.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Contains("1 not shown", page.Find(".live-state").TextContent, StringComparison.Ordinal));
        Assert.Equal(2, page.FindAll(".letters > li").Count);
    }

    [Fact]
    public void Live_waits_for_what_the_address_asks_for()
    {
        var page = Open<LivePage>("/data/live?source=shops");
        Assert.Contains("Nothing has come yet", page.Find(".empty").TextContent, StringComparison.Ordinal);
        Assert.Equal("shops", page.Find("select option[selected]").GetAttribute("value"));
    }
}
