using Kendt.Studio.Pages.Measures;
using Kendt.Studio.Pages.Query;

namespace Kendt.Studio.Tests;

public sealed class MeasuresTests : StudioContext
{
    [Fact]
    public void A_measure_that_is_ready_fills_the_form_and_says_what_it_gives()
    {
        var page = Open<MeasuresPage>("/measures?from=lifetime-spend");
        Assert.Equal("lifetime-spend", page.Find("#measure-name").GetAttribute("value"));
        Assert.Contains("18,204", page.Find("[role=status]").TextContent, StringComparison.Ordinal);
        page.Find("#measure-text").Input("nothing");
        page.WaitForAssertion(() => Assert.Contains("needs 'event'", page.Find("[role=status]").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        Assert.True(page.Find("button[type=submit]").HasAttribute("disabled"));
    }

    [Fact]
    public void An_answer_has_its_files_and_a_refusal_its_reason()
    {
        var page = Open<QueryPage>("/query?q=select%201");
        Assert.Equal(2, page.FindAll("tbody tr").Count);
        Assert.Equal(["/v1/sql?format=csv&query=select%201", "/v1/sql?format=parquet&query=select%201"], page.FindAll("a[download]").Select(a => a.GetAttribute("href")!));
        Assert.Contains("begins with SELECT", Open<QueryPage>("/query?q=drop").Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }
}
