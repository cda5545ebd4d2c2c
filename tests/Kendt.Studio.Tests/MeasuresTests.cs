using Kendt.Studio.Pages.Measures;
using Kendt.Studio.Pages.Query;

namespace Kendt.Studio.Tests;

public sealed class MeasuresTests : StudioContext
{
    [Fact]
    public void A_measure_that_is_ready_fills_the_form_and_says_what_it_gives()
    {
        var page = Open<MeasureEditPage>("/measures/new?from=lifetime-spend");
        Assert.Equal("lifetime-spend", page.Find("#measure-name").GetAttribute("value"));
        Assert.Equal(("sum", "total"), (page.Find("#measure-kind option[selected]").GetAttribute("value"), page.Find("#measure-of").GetAttribute("value")));
        Assert.Contains("18,204", page.Markup, StringComparison.Ordinal);
        page.Find("#measure-of").Input("");
        Time.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Contains("sum.of", page.Find("[role=alert]").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        Assert.Equal("true", page.Find("#measure-of").GetAttribute("aria-invalid"));
        Assert.True(page.Find("button.primary").HasAttribute("disabled"));
        Assert.Equal(2, Open<MeasureEditPage>("/measures/new?from=open-rate").FindAll("fieldset").Count);
    }

    [Fact]
    public void Every_measure_that_is_ready_fits_the_fields_and_is_not_changed_by_them()
    {
        foreach (var ready in Kendt.Model.Measures.MeasureTemplates.All)
        {
            var measure = Kendt.Model.Measures.MeasureJson.Parse(ready.Json);
            var form = MeasureForm.Read($$"""{"title":"T","level":"profile","measure":{{Kendt.Model.Measures.MeasureJson.Write(measure)}}}""");
            using var written = System.Text.Json.JsonDocument.Parse(form!.Write());
            Assert.Equal(measure, Kendt.Model.Measures.MeasureJson.Parse(written.RootElement.GetProperty("measure")), (a, b) => Kendt.Model.Measures.MeasureJson.Write(a) == Kendt.Model.Measures.MeasureJson.Write(b));
        }
        Assert.Null(MeasureForm.Read("event: Order Completed"));
    }

    [Fact]
    public void A_measure_leads_to_its_people_and_its_sql()
    {
        var page = Open<MeasurePage>("/measures/lifetime-spend", ("Name", "lifetime-spend"));
        Assert.Equal(2, page.FindAll("tbody a[href^='/people/']").Count);
        Assert.Single(page.FindAll("a[href^='/query?q=select']"));
        Assert.Single(Open<MeasurePage>("/measures/none", ("Name", "none")).FindAll(".empty"));
        Assert.Contains("open-rate", Open<MeasuresPage>("/measures").Find(".readies").InnerHtml, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_has_its_files_and_a_refusal_its_reason()
    {
        var page = Open<QueryPage>("/query?q=select%201");
        Assert.Equal(2, page.FindAll("tbody tr").Count);
        Assert.Equal(["/v1/sql?format=csv&query=select%201", "/v1/sql?format=parquet&query=select%201"], page.FindAll("form a[download]").Select(a => a.GetAttribute("href")!));
        Assert.Contains("/v1/exports/tables/event?format=parquet", page.FindAll("a[download]").Select(a => a.GetAttribute("href")));
        Assert.Contains("begins with SELECT", Open<QueryPage>("/query?q=drop").Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }
}
