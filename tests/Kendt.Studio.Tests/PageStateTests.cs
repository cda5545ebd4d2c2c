using Kendt.Model;
using Kendt.Studio.Data;
using Kendt.Studio.Pages.Activation;
using Kendt.Studio.Pages.Audiences;
using Kendt.Studio.Pages.Data;
using Kendt.Studio.Pages.Governance;
using Kendt.Studio.Pages.People;
using Kendt.Studio.Pages.Segments;
using Kendt.Studio.Pages.Today;
using Kendt.Studio.Pages.Unify;
using Microsoft.AspNetCore.Components;

namespace Kendt.Studio.Tests;

/// <summary>With data, each list page shows them under one heading.</summary>
public sealed class PagesWithDataTests : StudioContext
{
    public static TheoryData<Type, string, string> Pages => new()
    {
        { typeof(PeoplePage), "/people", "Nordlys Arkitekter ApS" },
        { typeof(IdentityBookPage), "/people/identity", "shop-tablet-3" },
        { typeof(UnifyPage), "/unify", "loyaltyPoints" },
        { typeof(MatchPlanPage), "/unify/plan", "Very many records" },
        { typeof(ReviewPage), "/unify/review", "200 left" },
        { typeof(SegmentsPage), "/segments", "Valuable club members" },
        { typeof(DefectsPage), "/segments/defects", "club_tier is" },
        { typeof(DevicesPage), "/devices", "Hiking" },
        { typeof(SourcesPage), "/sources", "newsletter" },
        { typeof(ImportsPage), "/imports", "receipts-2026-11.csv" },
        { typeof(DeadLettersPage), "/data/rejected", "a track needs a name" },
        { typeof(PlansPage), "/data/plans", "webshop-events" },
        { typeof(WebhooksPage), "/data/webhooks", "Stripe-Signature" },
        { typeof(TablesPage), "/data/tables", "public.customer" },
        { typeof(PickupsPage), "/data/pickups", "does not let us in" },
        { typeof(JobsPage), "/jobs", "Import members.csv into loyalty" },
        { typeof(DestinationsPage), "/destinations", "https://hooks.brevkassen.example/kendt" },
        { typeof(SubscriptionsPage), "/subscriptions", "left-a-basket-to-mail" },
        { typeof(DeliveriesPage), "/deliveries", "left-a-basket" },
        { typeof(ConsentPage), "/consent", "Marketing by text message" },
        { typeof(MembersPage), "/members", "Kasper Dahl" },
        { typeof(AuditPage), "/audit", "Delivery started" },
    };

    [Theory, MemberData(nameof(Pages))]
    public void Shows_what_there_is(Type page, string address, string expected)
    {
        var shown = Open<DynamicComponent>(address, (nameof(DynamicComponent.Type), page));
        Assert.Single(shown.FindAll("h1"));
        Assert.Contains(expected, shown.Markup, StringComparison.Ordinal);
        Assert.Empty(shown.FindAll(".empty"));
        Assert.Empty(shown.FindAll("[role=alert]"));
    }

    [Fact]
    public void Details_show_the_one_that_was_asked_for()
    {
        Assert.Contains("club_tier", Open<SegmentPage>("/segments/hikers", ("Name", "hikers")).Find("pre").TextContent, StringComparison.Ordinal);
        Assert.Contains("/v1/track", Open<SourcePage>("/sources/webshop", ("Name", "webshop")).Find("#snippet").TextContent, StringComparison.Ordinal);
        var delivery = Open<DeliveryPage>("/deliveries/x", ("Id", "0192d1a0-0000-7000-8000-0000000000d2"));
        Assert.Equal(["5,091", "3,804", "3,781", "23"], delivery.FindAll(".funnel-row .right").Select(cell => cell.TextContent));
    }

    [Fact]
    public void Details_of_what_is_not_there_say_so()
    {
        Assert.Single(Open<SegmentPage>("/segments/none", ("Name", "none")).FindAll(".empty"));
        Assert.Single(Open<SourcePage>("/sources/none", ("Name", "none")).FindAll(".empty"));
        Assert.Single(Open<DeliveryPage>("/deliveries/none", ("Id", "none")).FindAll(".empty"));
    }
}

/// <summary>Without data, each page says what is missing and leads on; none is blank.</summary>
public sealed class PagesWithoutDataTests() : StudioContext(empty: true)
{
    public static TheoryData<Type, string> Pages => new()
    {
        { typeof(PeoplePage), "/people" }, { typeof(IdentityBookPage), "/people/identity" }, { typeof(UnifyPage), "/unify" }, { typeof(MatchPlanPage), "/unify/plan" }, { typeof(ReviewPage), "/unify/review" }, { typeof(HouseholdsPage), "/unify/households" }, { typeof(SegmentsPage), "/segments" }, { typeof(DefectsPage), "/segments/defects" }, { typeof(DevicesPage), "/devices" }, { typeof(SourcesPage), "/sources" },
        { typeof(ImportsPage), "/imports" }, { typeof(DeadLettersPage), "/data/rejected" }, { typeof(JobsPage), "/jobs" },
        { typeof(PlansPage), "/data/plans" }, { typeof(WebhooksPage), "/data/webhooks" }, { typeof(TablesPage), "/data/tables" }, { typeof(PickupsPage), "/data/pickups" },
        { typeof(DestinationsPage), "/destinations" }, { typeof(SubscriptionsPage), "/subscriptions" }, { typeof(DeliveriesPage), "/deliveries" }, { typeof(ConsentPage), "/consent" },
        { typeof(MembersPage), "/members" }, { typeof(AuditPage), "/audit" },
    };

    [Theory, MemberData(nameof(Pages))]
    public void Says_what_is_missing(Type page, string address)
    {
        var shown = Open<DynamicComponent>(address, (nameof(DynamicComponent.Type), page));
        var empty = shown.Find(".empty");
        Assert.NotEqual("", empty.QuerySelector("h2")!.TextContent);
        Assert.True(empty.QuerySelector("p")!.TextContent.Length > 20);
        Assert.Empty(shown.FindAll("tbody tr"));
    }

    [Fact]
    public void Today_says_what_each_question_needs_and_where_to_go()
    {
        var today = Open<TodayPage>("/");
        var cards = today.FindAll(".answer");
        Assert.Equal(8, cards.Count);
        Assert.All(cards, card =>
        {
            Assert.Contains("Needs", card.QuerySelector(".answer-needs")!.TextContent, StringComparison.Ordinal);
            Assert.StartsWith("/", card.QuerySelector(".answer-foot a")!.GetAttribute("href"), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_customer_who_is_not_known_is_not_an_error() =>
        Assert.Contains("No such customer", Open<ProfilePage>("/people/x", ("Id", "x")).Markup, StringComparison.Ordinal);
}

/// <summary>When something cannot be read, the page says so in its place, and can be asked again.</summary>
public sealed class PagesThatFailTests : StudioContext
{
    [Fact]
    public void Says_it_in_plain_words_with_a_number_for_the_log_and_tries_again()
    {
        var reader = new Failing(new InvalidOperationException("secret detail"));
        Instead<ISegmentReader>(reader);
        var page = Open<SegmentsPage>("/segments");
        Assert.Contains("Something went wrong", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Matches("[0-9a-f]{32}", page.Find("[role=alert] code").TextContent);
        Assert.DoesNotContain("secret detail", page.Markup, StringComparison.Ordinal);

        reader.Fault = null;
        page.Find("[role=alert] button").Click();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".empty")));
    }

    [Fact]
    public void Shows_a_user_s_mistake_as_it_was_worded()
    {
        Instead<ISegmentReader>(new Failing(new BadInputException("rule of 'hikers': 'withn' is not known; did you mean 'within'?")));
        var alert = Open<SegmentsPage>("/segments").Find("[role=alert]");
        Assert.Contains("did you mean 'within'?", alert.TextContent, StringComparison.Ordinal);
        Assert.Null(alert.QuerySelector("code"));
    }

    [Fact]
    public void Shows_bones_while_it_reads()
    {
        var reader = new Slow();
        Instead<ISegmentReader>(reader);
        var page = Open<SegmentsPage>("/segments");
        Assert.NotEmpty(page.FindAll(".bone"));
        reader.Answer.SetResult([]);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".bone")));
    }

    private sealed class Failing(Exception fault) : ISegmentReader
    {
        public Exception? Fault { get; set; } = fault;

        public Task<IReadOnlyList<SegmentRow>> ListAsync(CancellationToken cancel) => Fault is null ? Task.FromResult<IReadOnlyList<SegmentRow>>([]) : throw Fault;
        public Task<SegmentView?> FindAsync(string name, CancellationToken cancel) => Task.FromResult<SegmentView?>(null);
    }

    private sealed class Slow : ISegmentReader
    {
        public TaskCompletionSource<IReadOnlyList<SegmentRow>> Answer { get; } = new();

        public Task<IReadOnlyList<SegmentRow>> ListAsync(CancellationToken cancel) => Answer.Task;
        public Task<SegmentView?> FindAsync(string name, CancellationToken cancel) => Task.FromResult<SegmentView?>(null);
    }
}
