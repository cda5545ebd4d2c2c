using Kendt.Studio.Preview;
using Kendt.Studio.Pages.Activation;
using Microsoft.Extensions.DependencyInjection;

namespace Kendt.Studio.Tests;

public sealed class SubscriptionTests : StudioContext
{
    [Fact]
    public void A_destination_is_told_of_the_segment_in_the_address()
    {
        var page = Open<SubscriptionsPage>("/subscriptions?segment=valuable");
        page.Find("#subscription-purpose").Change("service");
        page.Find("#subscription-name").Change("Wrong");
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.Contains("lower-case", page.Find("form [role=status]").TextContent, StringComparison.Ordinal));
        page.Find("#subscription-name").Change("valuable-to-mail");
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.Contains("valuable-to-mail", page.Find("form [role=status]").TextContent, StringComparison.Ordinal));
        page.FindAll("tbody button")[0].Click();
        page.WaitForAssertion(() => Assert.Equal(["valuable-to-mail: valuable to newsletter for service", "removed changes-to-shop"], Services.GetRequiredService<DesignSubscriptions>().Done));
    }
}
