using ParquetSharp;

namespace Kendt.Samples;

/// <summary>What the newsletter system sent, and what became of it.</summary>
internal static class NewsletterFile
{
    public static DemoFile Write(Export export)
    {
        const string name = "newsletter.parquet";
        var rows = export.World.Lives.SelectMany(life => life.Mail).OrderBy(row => row.At).ToList();
        var ids = Enumerable.Range(1, rows.Count).Select(n => $"N{n:D7}").ToList();
        ParquetFile.Write(
            export.PathOf(name),
            [
                new Column<string>("id"), new Column<string>("email"), new Column<string>("campaign"), new Column<string>("action"),
                new Column<DateTime>("at", ParquetFile.UtcMilliseconds), new Column<string?>("url"),
            ],
            ParquetFile.Part(ids, id => id),
            ParquetFile.Part(rows, row => row.Email),
            ParquetFile.Part(rows, row => row.Campaign.Name),
            ParquetFile.Part(rows, row => row.Action),
            ParquetFile.Part(rows, row => row.At),
            ParquetFile.Part(rows, Url));
        foreach (var row in rows) export.Truth.Email(row.Person.Id, row.Email);
        return Export.Entry(name, "newsletter", rows.Count);
    }

    private static string? Url(MailAction row) => row.Action == "clicked"
        ? $"{Site.Root}/{row.Campaign.Topic.Slug}?utm_source=newsletter&utm_medium=email&utm_campaign={row.Campaign.Slug}"
        : null;
}
