using System.Reflection;
using Kendt.Studio.Layout;
using Kendt.Studio.Pages.Entry;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace Kendt.Studio.Tests;

public sealed class NavigationTests : StudioContext
{
    private static readonly List<Type> Pages = [.. typeof(App).Assembly.GetTypes().Where(type => type.GetCustomAttributes<RouteAttribute>().Any())];

    [Fact]
    public void Every_entry_of_the_menu_is_a_page()
    {
        var routes = Pages.SelectMany(page => page.GetCustomAttributes<RouteAttribute>()).Select(route => route.Template).ToHashSet(StringComparer.Ordinal);
        Assert.All(Navigation.Menu.SelectMany(group => group.Entries), entry => Assert.Contains(entry.Address, routes));
    }

    [Fact]
    public void Every_page_asks_who_one_is_but_those_of_the_entrance()
    {
        string[] open = ["SignIn", "NotFound", "Error"];
        Assert.All(Pages, page => Assert.Equal(open.Contains(page.Name), page.GetCustomAttributes<AllowAnonymousAttribute>().Any()));
        Assert.All(Pages, page => Assert.NotEmpty(page.GetCustomAttributes<AuthorizeAttribute>()));
    }

    [Theory]
    [InlineData("Admin", "Audit", true)]
    [InlineData("Analyst", "Query", true)]
    [InlineData("Analyst", "Audit", false)]
    [InlineData("Analyst", "Identity", false)]
    [InlineData("Service", "Customers", true)]
    [InlineData("Service", "Destinations", false)]
    [InlineData("Marketing", "DeadLetters", true)]
    [InlineData("nobody", "Customers", false)]
    public void The_menu_offers_what_the_role_may_see(string role, string key, bool shown)
    {
        AddAuthorization().SetAuthorized("Signe Holm").SetRoles(role);
        var address = Navigation.Menu.SelectMany(group => group.Entries).Single(entry => entry.Key == key).Address;
        var menu = Render<CascadingAuthenticationState>(state => state.AddChildContent<Menu>());
        menu.WaitForAssertion(() => Assert.Equal(shown, menu.FindAll("a").Any(a => a.GetAttribute("href") == address)));
    }

    [Fact]
    public void What_changes_or_shows_more_than_everybody_may_says_so()
    {
        string[] forEverybody = ["TodayPage", "SegmentsPage", "SegmentPage", "MeasuresPage", "SourcesPage", "SourcePage", "LivePage", "PlansPage", "ConsentPage", "UnifyPage", "MatchPlanPage"];
        var open = Pages.Where(page => !page.GetCustomAttributes<AllowAnonymousAttribute>().Any() && !page.GetCustomAttributes<NeedsAttribute>().Any()).Select(page => page.Name);
        Assert.Equal(forEverybody.Order(StringComparer.Ordinal), open.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "Today")]
    [InlineData("people?q=x", "Customers")]
    [InlineData("people/0192", "Customers")]
    [InlineData("people/0192/identity", "Customers")]
    [InlineData("people/identity", "Identity")]
    [InlineData("segments/hikers#top", "Segments")]
    [InlineData("sign-in", null)]
    public void An_address_belongs_to_its_entry(string address, string? key) => Assert.Equal(key, Navigation.Of(address)?.Key);

    [Fact]
    public void The_menu_marks_where_one_is_and_follows()
    {
        var menu = Open<Menu>("/segments/hikers");
        Assert.Equal("Segments", menu.Find("[aria-current=page]").TextContent);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/jobs");
        menu.WaitForAssertion(() => Assert.Equal("Jobs", menu.Find("[aria-current=page]").TextContent));
    }

    [Theory]
    [InlineData("/people", "/people")]
    [InlineData("//evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("", "/")]
    public void Signing_in_leads_back_to_this_server_only(string asked, string expected)
    {
        var page = Open<SignIn>($"/sign-in?returnUrl={Uri.EscapeDataString(asked)}");
        Assert.Equal(expected, page.Find("input[name=returnUrl]").GetAttribute("value"));
        Assert.Equal("/auth/sign-in", page.Find("form").GetAttribute("action"));
    }

    [Fact]
    public void A_failed_sign_in_says_what_to_do() =>
        Assert.Contains("Check both", Open<SignIn>("/sign-in?fault=password").Find("[role=alert]").TextContent, StringComparison.Ordinal);
}
