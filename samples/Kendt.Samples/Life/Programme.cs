namespace Kendt.Samples;

/// <summary>What the company plans: a newsletter a month, and outings from its shops, both by week.</summary>
internal sealed class Programme
{
    private static readonly (string Name, string Place, int Category)[] Ideas =
    [
        ("Vandretur", "Rold Skov", 3), ("Vandretur", "Mols Bjerge", 3), ("Skismøringsaften", "butikken", 7), ("Shelternat", "Gudenåen", 1),
        ("Klatreaften", "klatrehallen", 6), ("Familiedag med telte", "stranden", 0), ("Kort og kompas", "skoven", 10),
        ("Bålmad for begyndere", "skoven", 8), ("Backpacking workshop", "the shop", 2), ("Winter walk", "the coast", 5),
    ];

    private readonly ILookup<int, Outing> outings;
    private readonly ILookup<int, Campaign> campaigns;

    public Programme(DemoOptions options, Calendar calendar)
    {
        var dice = Dice.For(options.Seed, "programme");
        Campaigns = Newsletters(calendar, dice);
        campaigns = Campaigns.ToLookup(campaign => calendar.WeekOf(campaign.SentAt));
        outings = Walks(calendar, dice).ToLookup(outing => (outing.Date.DayNumber - calendar.Start.DayNumber) / 7);
    }

    public IReadOnlyList<Campaign> Campaigns { get; }

    public IEnumerable<Outing> In(int week) => outings[week];

    public IEnumerable<Campaign> SentIn(int week) => campaigns[week];

    private static List<Campaign> Newsletters(Calendar calendar, Dice dice)
    {
        var letters = new List<Campaign>();
        for (var first = new DateOnly(calendar.Start.Year, calendar.Start.Month, 1); first <= calendar.End; first = first.AddMonths(1))
        {
            var day = first.AddDays(dice.Between(4, 18));
            var topic = Catalogue.Categories[dice.Weighted([.. Catalogue.Categories.Select(category => category.Months[first.Month - 1])])];
            var sent = Copenhagen.ToUtc(day.ToDateTime(new TimeOnly(7, 0)));
            if (!calendar.Holds(sent)) continue;
            letters.Add(new Campaign(letters.Count + 1, $"{first:yyyy-MM} {topic.Name}", $"nl-{first:yyyy-MM}-{topic.Slug}", topic, sent));
        }

        return letters;
    }

    /// <summary>Each shop has about five outings in two years.</summary>
    private static List<Outing> Walks(Calendar calendar, Dice dice)
    {
        var walks = new List<Outing>();
        for (var week = 0; week < calendar.Weeks; week++)
        {
            foreach (var shop in Places.Shops)
            {
                var date = calendar.Monday(week).AddDays(dice.Between(0, 6));
                var (name, place, category) = dice.Pick(Ideas);
                if (dice.Chance(5.0 / 104) && date <= calendar.End)
                    walks.Add(new Outing(walks.Count + 1, $"{name}, {place} ({shop.City})", date, shop, Catalogue.Categories[category]));
            }
        }

        return walks;
    }
}

/// <summary>What every life shares.</summary>
internal sealed record Setting(DemoOptions Options, Calendar Calendar, Catalogue Catalogue, Programme Programme)
{
    /// <summary>A moment in a week, near an hour by the clock of Copenhagen; weekends are livelier.</summary>
    public DateTime Moment(int week, double hour, double spread, Dice dice)
    {
        var day = Calendar.Monday(week).AddDays(dice.Below(7));
        if (day.DayOfWeek is DayOfWeek.Tuesday or DayOfWeek.Wednesday && dice.Chance(0.35))
            day = Calendar.Monday(week).AddDays(dice.Below(7));
        var seconds = Math.Clamp(dice.Normal(hour, spread), 0, 23.6) * 3600;
        return Copenhagen.ToUtc(day.ToDateTime(TimeOnly.MinValue).AddMilliseconds(Math.Floor(seconds * 1000)));
    }
}
