using Kendt.Collect;
using Kendt.Studio.Data;
using Kendt.Studio.Pages.Data;
using Kendt.Studio.Preview;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;

namespace Kendt.Studio.Tests;

public sealed class FileImportTests : StudioContext
{
    private const string Members = "Kundenr;Navn;E-mail;Født\n1;Åse;aase@example.dk;13-05-1980\n2;Bo;bo@example.dk;01-02-1975\n";

    private DesignFiles Files => (DesignFiles)Services.GetRequiredService<IFileDesk>();

    [Fact]
    public void A_file_is_brought_seen_corrected_and_imported()
    {
        var page = Open<FileImportPage>("/data/import");
        page.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(Members, "members.csv"));
        page.WaitForAssertion(() => Assert.StartsWith("/data/import?file=", Address, StringComparison.Ordinal));
        page = Open<FileImportPage>(Address);
        page.WaitForAssertion(() => Assert.Equal(4, page.FindAll("select[aria-label^='Meaning of']").Count));
        Assert.Equal("Email", page.Find("select[aria-label='Meaning of E-mail']").GetAttribute("value"));
        Assert.Equal("dd-MM-yyyy", page.Find("#f-dates").GetAttribute("value"));
        page.Find("select[aria-label='Meaning of Kundenr']").Change(nameof(Meaning.LoyaltyNo));
        page.Find("#w-source").Change("loyalty");
        page.Find("button.primary").Click();
        page.WaitForAssertion(() => Assert.Contains("members.csv is being imported", page.Find(".note.good").TextContent, StringComparison.Ordinal));
        var mapping = MappingFile.Parse(Assert.Single(Files.Imported));
        Assert.Equal(("loyalty", "Kundenr"), (mapping.Source, mapping.Key[0]));
        Assert.Equal("loyalty_no", mapping.Columns.Single(c => c.Name == "Kundenr").Identifier);
    }

    [Fact]
    public void What_does_not_go_together_is_said_and_stops_the_import()
    {
        var page = Begun(Members);
        page.Find("#w-what").Change(nameof(RowsAre.Devices));
        Assert.Contains("identifier: device", page.Find(".note.bad").TextContent, StringComparison.Ordinal);
        Assert.True(page.Find("button.primary").HasAttribute("disabled"));
        page.Find("#w-what").Change(nameof(RowsAre.Records));
        Assert.Empty(page.FindAll(".note.bad"));
        page.Find("textarea").Change("source: x\nrows: nothing\n");
        Assert.Contains("line 2", page.Find(".note.bad").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_cut_gives_other_columns()
    {
        var page = Begun(Members);
        page.Find("#f-delimiter").Change(",");
        page.WaitForAssertion(() => Assert.Single(page.FindAll("select[aria-label^='Meaning of']")));
    }

    [Fact]
    public void Danish_readers_are_told_in_danish()
    {
        Speak("da-DK");
        var page = Begun("dato;email\n01/02/2026;a@b.dk\n02/03/2026;c@d.dk\n");
        Assert.Contains("dag og måned kan være begge dele", page.Find(".note.warn").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_gone_is_said_to_be() => Assert.Single(Open<FileImportPage>($"/data/import?file={Guid.Empty}").FindAll(".empty"));

    private IRenderedComponent<FileImportPage> Begun(string text)
    {
        var id = Files.StageAsync("file.csv", new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), CancellationToken.None).GetAwaiter().GetResult();
        return Open<FileImportPage>($"/data/import?file={id}");
    }
}
