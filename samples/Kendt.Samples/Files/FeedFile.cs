using ParquetSharp;

namespace Kendt.Samples;

/// <summary>
/// The audience feed of a data broker: devices without names. Two in a hundred are devices of the webshop, and what the
/// broker says of them follows the tastes of their owners.
/// </summary>
internal static class FeedFile
{
    private static readonly string[] Elsewhere =
    [
        "Sports|Football", "Sports|Running", "Sports|Cycling", "Sports|Golf", "Home & Garden|Gardening", "Home & Garden|Interior",
        "Technology|Consumer Electronics", "Technology|Gaming", "Automotive|Electric Cars", "Automotive|Used Cars", "Pets|Dogs",
        "Pets|Cats", "Personal Finance|Pensions", "Personal Finance|Mortgages", "Music|Festivals", "Movies|Streaming", "Books|Crime Fiction",
        "Health|Fitness", "Health|Nutrition", "Family & Parenting|Babies", "Travel|Beach Holidays", "Travel|City Breaks",
    ];

    private static readonly (string Country, string[] Regions)[] Lands =
    [
        ("DK", ["Hovedstaden", "Midtjylland", "Syddanmark", "Sjælland", "Nordjylland"]), ("GB", ["England", "Scotland", "Wales"]),
        ("SE", ["Skåne", "Stockholm", "Västra Götaland"]), ("NO", ["Oslo", "Vestland", "Trøndelag"]),
        ("DE", ["Schleswig-Holstein", "Hamburg"]),
    ];

    public static DemoFile Write(Export export, IReadOnlyList<(Device Device, Tastes Tastes)> visitors)
    {
        const string name = "audience-feed.parquet";
        var dice = Dice.For(export.Options.Seed, "feed");
        var known = visitors.ToList();
        dice.Shuffle(known);
        var shared = Math.Min(known.Count, export.Options.Devices / 50);
        var rows = new List<Row>(export.Options.Devices);
        for (var n = 0; n < export.Options.Devices; n++)
        {
            var (device, tastes) = n < shared ? known[n] : (Devices.New(dice), Taste.Draw(dice));
            rows.Add(Draw(export, device, tastes, dice));
        }

        dice.Shuffle(rows);
        ParquetFile.Write(
            export.PathOf(name),
            [
                new Column<string>("device_id"), new Column<string>("device_type"), new Column<string>("country"),
                new Column<string>("region"), new Column<string>("audiences"),
                new Column<DateTime>("observed_at", ParquetFile.UtcMilliseconds), new Column<double>("score"),
            ],
            ParquetFile.Part(rows, row => row.Id),
            ParquetFile.Part(rows, row => row.Type),
            ParquetFile.Part(rows, row => row.Country),
            ParquetFile.Part(rows, row => row.Region),
            ParquetFile.Part(rows, row => row.Audiences),
            ParquetFile.Part(rows, row => row.ObservedAt),
            ParquetFile.Part(rows, row => row.Score));
        return Export.Entry(name, "audience-feed", rows.Count);
    }

    /// <summary>A third of all devices belong to people who like the outdoors; of the webshop's devices, most are found out.</summary>
    private static Row Draw(Export export, Device device, Tastes tastes, Dice dice)
    {
        var audiences = new SortedSet<string>(StringComparer.Ordinal);
        var visits = dice.Chance(0.34);
        foreach (var favourite in tastes.Favourites)
            if (visits && dice.Chance(0.7)) audiences.Add(Catalogue.Categories[favourite].Audience);
        for (var left = dice.Between(visits ? 1 : 2, visits ? 3 : 5); left > 0; left--) audiences.Add(dice.PickEarly(Elsewhere, 1.3));
        var (country, regions) = Lands[dice.Weighted([0.7, 0.12, 0.08, 0.06, 0.04])];
        var observed = export.Calendar.Closes.AddSeconds(-dice.Below(90 * 86_400) - 1);
        var score = Math.Round(Math.Clamp(dice.Normal(visits ? 0.62 : 0.45, 0.18), 0, 1), 3);
        var region = dice.PickEarly(regions, 1.4);
        return new Row(device.AnonymousId, device.Kind.Type, country, region, string.Join(';', audiences), observed, score);
    }

    private sealed record Row(string Id, string Type, string Country, string Region, string Audiences, DateTime ObservedAt, double Score);
}
