namespace Kendt.Samples;

/// <summary>Draws the people of the demo, household by household.</summary>
internal sealed class Population
{
    private readonly DemoOptions options;
    private readonly Calendar calendar;
    private readonly Mailboxes mailboxes;
    private readonly List<Person> people;

    private Population(DemoOptions options, Calendar calendar, Mailboxes mailboxes)
    {
        this.options = options;
        this.calendar = calendar;
        this.mailboxes = mailboxes;
        people = new List<Person>(options.People);
    }

    public static IReadOnlyList<Person> Draw(DemoOptions options, Calendar calendar, Mailboxes mailboxes)
    {
        var population = new Population(options, calendar, mailboxes);
        for (var household = 1; population.people.Count < options.People; household++)
            population.Settle(household, Dice.For(options.Seed, "household", household));
        return population.people;
    }

    /// <summary>One household: a single, a couple, or a family with one or two parents and one or two older children.</summary>
    private void Settle(int number, Dice dice)
    {
        var danish = dice.Chance(0.755);
        var (parents, children) = dice.Weighted([0.42, 0.29, 0.22, 0.07]) switch
        {
            0 => (1, 0),
            1 => (2, 0),
            2 => (2, dice.Between(1, 2)),
            _ => (1, dice.Between(1, 2)),
        };
        var family = Family(danish, dice);
        var home = Home(number, danish, family, parents + children, dice);
        var year = calendar.End.Year - (int)Math.Clamp(children > 0 ? dice.Normal(47, 5) : dice.Normal(44, 16), children > 0 ? 37 : 20, 84);
        var firstFemale = dice.Chance(0.5);
        var elder = new Draft(danish, firstFemale, Given(danish, firstFemale, dice), family, year, Child: false);
        var drafts = new List<Draft> { elder };
        if (parents == 2)
        {
            var female = firstFemale == dice.Chance(0.04);
            var mixed = dice.Chance(0.05) ? !danish : danish;
            var name = mixed == danish && dice.Chance(0.72) ? family : Family(mixed, dice);
            var born = Math.Min(year + dice.Between(-4, 4), calendar.End.Year - 20);
            drafts.Add(new Draft(mixed, female, Given(mixed, female, dice), name, born, Child: false));
        }

        for (var i = 0; i < children; i++)
        {
            var female = dice.Chance(0.5);
            var namesake = drafts[0].Female == female && dice.Chance(0.04);
            var born = Math.Clamp(year + dice.Between(24, 34), calendar.End.Year - 26, calendar.End.Year - 13);
            drafts.Add(new Draft(danish, female, namesake ? drafts[0].Given : Given(danish, female, dice), family, born, Child: true));
        }

        foreach (var draft in drafts.Take(options.People - people.Count)) people.Add(Grow(draft, home, dice));
    }

    private Household Home(int number, bool danish, string family, int size, Dice dice)
    {
        DanishPlace? place = null;
        Address Find() => danish || dice.Chance(0.2) ? Addresses.Danish(dice, out place) : Addresses.British(dice);
        var before = dice.Chance(0.2) ? Find() : null;
        var address = Find();
        while (before is not null && before.Country != address.Country) before = Find();
        var landline = place is not null && address.Country == "DK" && dice.Chance(0.22) ? Phones.Landline(place.Landline, dice) : null;
        var shared = size > 1 && dice.Chance(0.07) ? mailboxes.Family(family, danish, dice) : null;
        var tablet = size > 1 && dice.Chance(0.16) ? Devices.Tablet(dice) : null;
        var moved = calendar.Opens.AddDays(dice.Between(-400, calendar.Days));
        return new Household($"H{number:D6}", address, before, moved, landline, shared, tablet);
    }

    private Person Grow(Draft draft, Household home, Dice dice)
    {
        var (danish, female, given, family, year, child) = draft;
        var birthday = new DateOnly(year, 1, 1).AddDays(dice.Below(365));
        string NewEmail() => mailboxes.New(given, family, year, danish, dice);
        var email = home.Address.Country != "DK" || dice.Chance(child ? 0.7 : 0.97) ? NewEmail() : null;
        var old = email is not null && dice.Chance(0.2) ? NewEmail() : null;
        if (home.SharedEmail is not null && dice.Chance(0.7)) (email, old) = (home.SharedEmail, email);
        var devices = Enumerable.Range(0, 1 + dice.Weighted([0.45, 0.4, 0.15])).Select(_ => Devices.New(dice)).ToList();
        if (home.SharedDevice is not null) devices.Add(home.SharedDevice);
        var mobile = dice.Chance(0.97) ? Phones.Mobile(danish || (home.Address.Country == "DK" && dice.Chance(0.5)), dice) : null;
        return new Person(
            people.Count + 1, danish, female, given, family, female && !child && dice.Chance(0.05) ? Family(danish, dice) : null,
            birthday, child, home, email, old, mobile, Taste.Draw(dice), Nature(child, home, dice), Life(dice), devices);
    }

    private static Habits Nature(bool child, Household home, Dice dice)
    {
        var online = home.Address.Country != "DK" ? 1 : dice.Weighted([0.6, 0.31, 0.09]) switch
        {
            0 => 0,
            1 => dice.Between(0.05, 0.55),
            _ => dice.Between(0.8, 1.0),
        };
        var evening = dice.Chance(0.65) ? dice.Normal(20, 1.2) : dice.Chance(0.5) ? dice.Normal(12, 1.0) : dice.Normal(8, 1.0);
        return new Habits(
            YearlyPurchases: dice.Gamma(0.9, (child ? 1.1 : 2.75) * (home.Address.Country == "DK" ? 1 : 0.45)),
            WebShare: child ? Math.Max(online, 0.5) : online,
            PriceLevel: Math.Clamp(dice.Normal(child ? 1.2 : 2.0, 1.1), 0, 4),
            Opens: Math.Clamp(dice.Normal(0.32, 0.2), 0.02, 0.9),
            Clicks: Math.Clamp(dice.Normal(0.14, 0.08), 0.01, 0.5),
            Hour: Math.Clamp(evening, 6, 22.5),
            Care: dice.Between(0.5, 1.8));
    }

    /// <summary>Six in ten were customers before the first day; people leave at a constant hazard unless something happens.</summary>
    private Lifespan Life(Dice dice)
    {
        var since = dice.Chance(0.6)
            ? calendar.Opens.AddDays(-Math.Min(2200, 10 + dice.Exponential(700)))
            : calendar.Opens.AddDays(dice.Unit() * (calendar.Days - 5));
        var start = since > calendar.Opens ? since : calendar.Opens;
        return new Lifespan(since, start.AddDays(Math.Min(20_000, 20 + dice.Exponential(1500))));
    }

    private static string Given(bool danish, bool female, Dice dice) => dice.PickEarly(
        (danish, female) switch
        {
            (true, true) => Names.DanishWomen,
            (true, false) => Names.DanishMen,
            (false, true) => Names.EnglishWomen,
            (false, false) => Names.EnglishMen,
        },
        1.4);

    private static string Family(bool danish, Dice dice) => dice.PickEarly(danish ? Names.DanishFamilies : Names.EnglishFamilies, 1.7);

    private sealed record Draft(bool Danish, bool Female, string Given, string Family, int Year, bool Child);
}
