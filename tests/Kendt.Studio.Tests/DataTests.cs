using Kendt.Studio.Pages.Data;
using Kendt.Studio.Texts;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;

namespace Kendt.Studio.Tests;

public sealed class DataTests : StudioContext
{
    [Fact]
    public void An_import_asks_for_what_is_missing_before_it_starts()
    {
        var form = Render<ImportForm>();
        form.Find("form").Submit();
        Assert.Contains("Choose the source", form.Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void An_import_starts_with_source_file_and_stored_mapping()
    {
        var form = Render<ImportForm>(builder => builder.Add(part => part.Source, "loyalty"));
        Assert.Equal("customers", form.Find("#import-mapping").GetAttribute("value"));
        form.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText("a;b\n1;2\n", "members.csv"));
        form.Find("form").Submit();
        form.WaitForAssertion(() => Assert.Contains("members.csv is being imported", form.Find(".note.good").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_cannot_be_used_is_answered_in_the_words_of_the_rule()
    {
        var form = Render<ImportForm>(builder => builder.Add(part => part.Source, "loyalty"));
        form.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText("x", "members.xlsx"));
        form.Find("form").Submit();
        form.WaitForAssertion(() => Assert.Contains("give a .csv, .ndjson or .parquet file", form.Find(".note.bad").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void A_running_job_can_be_stopped_and_a_failed_one_says_why()
    {
        var page = Open<JobsPage>("/jobs");
        Assert.Contains("guest_email", page.Find(".job-error").TextContent, StringComparison.Ordinal);
        page.Find(".job-foot button").Click();
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".job-foot button")));
    }

    [Theory]
    [InlineData("Read members.csv", "Læser members.csv")]
    [InlineData("Refresh segments", "Opdaterer segmenter")]
    [InlineData("Sort sealed months", "Sort sealed months")]
    [InlineData("Sort", "Sort")]
    public void Steps_are_told_in_the_reader_s_language(string name, string expected)
    {
        Speak("da-DK");
        Assert.Equal(expected, Services.GetRequiredService<Show>().Step(name));
    }

    [Fact]
    public void Dead_letters_are_filtered_by_what_the_address_says()
    {
        Assert.Equal(2, Open<DeadLettersPage>("/data/rejected?source=webshop").FindAll(".letters > li").Count);
        Assert.Contains("booking", Assert.Single(Open<DeadLettersPage>("/data/rejected?q=booking").FindAll(".letters pre")).TextContent, StringComparison.Ordinal);
    }
}
