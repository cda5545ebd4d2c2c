using Kendt.Studio.Pages.Data;
using Kendt.Studio.Preview;
using Microsoft.Extensions.DependencyInjection;

namespace Kendt.Studio.Tests;

public sealed class ContractTests : StudioContext
{
    private DesignDesks Desks => Services.GetRequiredService<DesignDesks>();

    [Fact]
    public void Letters_are_taken_again_one_some_or_all_that_are_found()
    {
        var page = Open<DeadLettersPage>("/data/rejected?source=webshop");
        page.FindAll(".tools .end .button")[0].Click();
        page.WaitForAssertion(() => Assert.Equal(["replay all of webshop"], Desks.Done));
        page.Find(".letters input[type=checkbox]").Change(true);
        page.Find(".tools .button.primary").Click();
        page.WaitForAssertion(() => Assert.Equal("replay 1", Desks.Done[^1]));
    }

    [Fact]
    public void Discarding_is_asked_about_first()
    {
        var page = Open<DeadLettersPage>("/data/rejected");
        page.Find(".letters input[type=checkbox]").Change(true);
        page.FindAll(".tools .end .button")[1].Click();
        Assert.Empty(Desks.Done);
        page.Find("[role=alert] .button").Click();
        page.WaitForAssertion(() => Assert.Equal(["discard 1"], Desks.Done));
    }

    [Fact]
    public void A_letter_is_mended_tried_and_taken_again()
    {
        var page = Open<DeadLetterPage>("/data/rejected/x", ("Id", Guid.Empty));
        Assert.Contains("is no date", page.Find(".note.warn").TextContent, StringComparison.Ordinal);
        page.Find("#letter-body").Input("""{"no":"004812","birthday":"1980-02-28"}""");
        page.FindAll(".row .button")[0].Click();
        page.WaitForAssertion(() => Assert.Contains("1980-02-28", page.Find("pre.wraps").TextContent, StringComparison.Ordinal));
        page.Find(".button.primary").Click();
        page.WaitForAssertion(() => Assert.Equal("/data/rejected", Address));
        Assert.Equal("""mend {"no":"004812","birthday":"1980-02-28"}""", Desks.Done[0]);
    }

    [Fact]
    public void The_plan_editor_says_line_and_column()
    {
        var page = Open<PlanPage>("/data/plans/webshop-events", ("Name", "webshop-events"));
        page.Find("textarea").Input("plan: a\nsources: [web]\nmode: strict\n");
        page.FindAll(".row .button")[1].Click();
        page.WaitForAssertion(() => Assert.Contains("line 3, column 7", page.Find(".note.bad").TextContent, StringComparison.Ordinal));
        Assert.Single(Open<PlanPage>("/data/plans/none", ("Name", "none")).FindAll(".empty"));
        Assert.Contains("plan: newsletter", Open<PlanPage>("/data/plans/new?source=newsletter", ("Name", "new")).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_webhook_shows_what_a_body_becomes_and_a_table_is_read_when_asked()
    {
        var webhook = Open<WebhookPage>("/data/webhooks/payments", ("Source", "payments"));
        webhook.FindAll("button").Single(b => b.TextContent == "Show what it becomes").Click();
        webhook.WaitForAssertion(() => Assert.Contains("Payment Made", webhook.Find("pre.wraps").TextContent, StringComparison.Ordinal));
        Assert.Contains("public.customer", Open<TablePage>("/data/tables/crm", ("Source", "crm")).Markup, StringComparison.Ordinal);
        Open<TablesPage>("/data/tables").Find("tbody .button").Click();
        Assert.Equal(["sync crm"], Desks.Done);
    }

    [Fact]
    public void A_place_is_tried_before_it_is_kept_and_what_is_wrong_is_said()
    {
        var pickups = Services.GetRequiredService<DesignPickups>();
        var page = Open<PickupPage>("/data/pickups/new?kind=sftp", ("Source", "new"));
        Assert.Equal("password", page.Find("#pickup-password").GetAttribute("type"));
        page.Find("#pickup-source").Change("partner");
        page.Find("#pickup-host").Change("nobody");
        page.FindAll("form .button")[0].Click();
        page.WaitForAssertion(() => Assert.Contains("does not let us in", page.Find(".note.bad").TextContent, StringComparison.Ordinal));
        page.Find("#pickup-host").Change("sftp.example");
        page.FindAll("form .button")[0].Click();
        page.WaitForAssertion(() => Assert.Contains("2 files are there: a.csv, b.csv", page.Find(".note.good").TextContent, StringComparison.Ordinal));
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.Equal("/data/pickups/partner", Address));
        Assert.Equal(["put partner Sftp host=sftp.example"], pickups.Done);
    }

    [Fact]
    public void A_place_is_paused_and_its_mapping_changed()
    {
        var pickups = Services.GetRequiredService<DesignPickups>();
        var page = Open<PickupPage>("/data/pickups/loyalty", ("Source", "loyalty"));
        Assert.Contains("keeps no mapping that fits", page.Markup, StringComparison.Ordinal);
        page.FindAll(".page-head .button, header .button").Single(b => b.TextContent == "Pause").Click();
        page.FindAll("button").Last(b => b.TextContent == "Keep").Click();
        page.WaitForAssertion(() => Assert.Equal(["off loyalty", "mapping loyalty"], pickups.Done));
        Assert.Single(Open<PickupPage>("/data/pickups/none", ("Source", "none")).FindAll(".empty"));
    }
}
