namespace Kendt.Samples;

/// <summary>Everything that happened, before any source has seen it.</summary>
internal sealed class World
{
    private readonly Dictionary<Purchase, string> numbers = new(ReferenceEqualityComparer.Instance);

    private World(Setting setting, IReadOnlyList<Person> people, IReadOnlyList<Company> companies, IReadOnlyList<Chronicle> lives)
    {
        Setting = setting;
        People = people;
        Companies = companies;
        Lives = lives;
        CompanyVisits = [.. Kendt.Samples.Companies.Visits(setting, companies)];
        WalkIns = [.. Strangers.WalkIn(setting)];
        Tablets = [.. Places.Shops.Select(shop => Kendt.Samples.Tablets.Of(setting.Options.Seed, shop))];
        Count();
    }

    public Setting Setting { get; }

    public IReadOnlyList<Person> People { get; }

    public IReadOnlyList<Company> Companies { get; }

    public IReadOnlyList<Chronicle> Lives { get; }

    public IReadOnlyList<(Person Person, Visit Visit)> CompanyVisits { get; }

    /// <summary>Purchases over the counter of which nobody will ever know whose they are.</summary>
    public IReadOnlyList<Purchase> WalkIns { get; }

    /// <summary>The tablets of the shops.</summary>
    public IReadOnlyList<Device> Tablets { get; }

    public static World Create(DemoOptions options, CancellationToken cancel)
    {
        var calendar = Calendar.Ending(options.End);
        var setting = new Setting(options, calendar, new Catalogue(options.Seed), new Programme(options, calendar));
        var mailboxes = new Mailboxes();
        var people = Population.Draw(options, calendar, mailboxes);
        var holdings = Accounts.Open(people, options, calendar);
        var companies = Kendt.Samples.Companies.Draw(options, calendar, people, mailboxes);
        var lives = new List<Chronicle>(people.Count);
        foreach (var person in people)
        {
            cancel.ThrowIfCancellationRequested();
            lives.Add(LifeStory.Tell(setting, person, holdings[person.Number - 1]));
        }

        return new World(setting, people, companies, lives);
    }

    /// <summary>The number of a receipt or an order.</summary>
    public string NumberOf(Purchase purchase) => numbers[purchase];

    /// <summary>Receipts are counted in each shop, orders in the webshop, both in order of time.</summary>
    private void Count()
    {
        var counts = new int[Places.Shops.Length + 1];
        var purchases = Lives.SelectMany(life => life.Purchases)
            .Concat(WalkIns)
            .Concat(CompanyVisits.Select(entry => entry.Visit.Purchase!))
            .OrderBy(purchase => purchase.At);
        foreach (var purchase in purchases)
        {
            var shop = purchase.Shop?.Number ?? 0;
            var count = ++counts[shop];
            numbers[purchase] = shop == 0 ? $"O{100_000 + count}" : $"{shop:D2}-{count:D6}";
        }
    }
}
