namespace Kendt.Samples;

/// <summary>
/// Draws the business customers. Their contacts are people of the demo, who are customers privately too: the name and
/// sometimes the mobile are the same, the e-mail and the webshop account are others.
/// </summary>
internal static class Companies
{
    public static IReadOnlyList<Company> Draw(
        DemoOptions options, Calendar calendar, IReadOnlyList<Person> people, Mailboxes mailboxes)
    {
        var dice = Dice.For(options.Seed, "companies");
        var candidates = people.Where(person => !person.Child && person.LivesInDenmark).ToList();
        dice.Shuffle(candidates);
        var next = 0;
        var companies = new List<Company>(options.Companies);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var accounts = 0;
        for (var number = 1; number <= options.Companies; number++)
        {
            var (word, industry) = dice.Pick(CompanyWords.Kinds);
            var stem = $"{dice.Pick(CompanyWords.Firsts)} {word}";
            while (!names.Add(stem)) stem = $"{dice.Pick(CompanyWords.Firsts)} {word} {dice.PickEarly(Places.Denmark, 1).City}";
            var name = stem + dice.Pick(CompanyWords.Forms);
            var domain = $"{Mailboxes.Ascii(stem)}.example";
            var created = calendar.Opens.AddDays(dice.Between(-900.0, 300));
            var parent = companies.Count > 4 && dice.Chance(0.12) ? dice.Pick(companies) : null;
            var contacts = new List<Contact>();
            for (var left = 1 + dice.Weighted([0.2, 0.35, 0.3, 0.15]); left > 0 && next < candidates.Count; left--)
            {
                var person = candidates[next++];
                var email = mailboxes.Work(person.Given, person.Family, domain, dice);
                var (title, role) = dice.Pick(CompanyWords.Titles);
                WebAccount? account = null;
                if (contacts.Count == 0 || role == "buyer")
                    account = new WebAccount($"B{++accounts:D5}", person, created, Forms.Fill(person, Form.Webshop, created, dice, email));
                contacts.Add(new Contact($"{10_000 + number}-{contacts.Count + 1}", person, email, title, role, account));
            }

            companies.Add(new Company(
                number, name, $"{dice.Between(2, 4)}{dice.Below(10_000_000):D7}", domain, Addresses.Danish(dice, out _),
                (int)Math.Clamp(Math.Exp(dice.Normal(3.4, 1.2)), 2, 4000), industry, parent, created, contacts));
        }

        return companies;
    }

    /// <summary>The visits in which companies order: the same kinds of goods again, several of each.</summary>
    public static IEnumerable<(Person Person, Visit Visit)> Visits(Setting setting, IReadOnlyList<Company> companies)
    {
        foreach (var company in companies)
        {
            var dice = Dice.For(setting.Options.Seed, "company", company.Number);
            var buyers = company.Contacts.Where(contact => contact.Account is not null).ToList();
            if (buyers.Count == 0) continue;
            var tastes = Taste.Draw(dice);
            var devices = buyers.ConvertAll(_ => Devices.New(dice));
            var weekly = dice.Gamma(1.5, 4.5) / 52;
            for (var week = Math.Max(0, setting.Calendar.WeekOf(company.CreatedAt)); week < setting.Calendar.Weeks; week++)
            {
                for (var orders = dice.Poisson(weekly); orders > 0; orders--)
                {
                    var at = setting.Moment(week, 11, 2, dice);
                    if (!setting.Calendar.Holds(at) || at < company.CreatedAt) continue;
                    var buyer = dice.Below(buyers.Count);
                    var lines = Enumerable.Range(0, 1 + dice.Poisson(0.8))
                        .Select(_ => setting.Catalogue.Choose(Taste.Category(tastes, at.Month, dice), 2.5, dice)).Distinct()
                        .Select(product => new Line(product, dice.Between(2, 15), product.Price * 0.8m, product.Price * 0.2m)).ToList();
                    yield return (buyers[buyer].Person, new Visit(
                        at, devices[buyer], Errand.Order, SignIn.During, buyers[buyer].Account, "", [.. lines.Select(line => line.Product)])
                    {
                        Purchase = new Purchase(at, null, lines, ""),
                        Company = company,
                    });
                }
            }
        }
    }
}
