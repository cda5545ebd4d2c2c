namespace Kendt.Samples;

/// <summary>How one person uses the webshop: anonymous on each device until they sign in there, and now and then after.</summary>
internal sealed class Browsing(Setting setting, Chronicle chronicle, Dice dice)
{
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    private Person Person => chronicle.Person;

    /// <summary>The last product that was looked at; people often buy it.</summary>
    public Product? Wanted { get; set; }

    /// <summary>The way in: a few anonymous visits, then the account is made, if that happens within the 24 months.</summary>
    public void Arrive()
    {
        foreach (var account in chronicle.Holdings.Accounts)
        {
            if (!setting.Calendar.Holds(account.CreatedAt))
            {
                known.Add(Person.Devices[0].AnonymousId);
                continue;
            }

            for (var visits = dice.Poisson(0.7); visits > 0; visits--)
            {
                var before = account.CreatedAt.AddDays(-dice.Exponential(9));
                if (setting.Calendar.Holds(before)) Add(before, Person.Devices[0], SignIn.Never, null, Look(before, 2));
            }

            var visit = new Visit(account.CreatedAt, Person.Devices[0], Errand.SignUp, SignIn.During, account, "", []);
            chronicle.Visits.Add(visit);
            known.Add(Person.Devices[0].AnonymousId);
        }

        var consent = chronicle.Decisions.Find(d => d is { Purpose: "email_marketing", State: "granted", Channel: "webshop" });
        if (consent is not null && setting.Calendar.Holds(consent.At) && dice.Chance(0.5))
        {
            var at = consent.At.AddMinutes(4);
            chronicle.Visits.Add(new Visit(at, Person.Devices[0], Errand.Subscribe, SignIn.Never, null, consent.Email, []));
        }
    }

    /// <summary>Looking around, more for those who buy much and those who like to be online.</summary>
    public void Week(int week, double interest, double weeklyPurchases)
    {
        var online = Math.Max(Person.Habits.WebShare, 0.12);
        for (var visits = dice.Poisson(interest * online * (0.006 + 0.85 * weeklyPurchases)); visits > 0; visits--)
        {
            var at = setting.Moment(week, Person.Habits.Hour, 1.6, dice);
            if (!setting.Calendar.Holds(at) || at < Person.Lifespan.Since) continue;
            Add(at, Device(), null, null, Look(at, 1 + dice.Poisson(0.9)));
        }
    }

    /// <summary>A click in a newsletter.</summary>
    public void Follow(Campaign campaign, DateTime at)
    {
        var products = Enumerable.Range(0, dice.Between(1, 2)).Select(_ => Choose(campaign.Topic.Number)).ToList();
        Add(at.AddSeconds(2), Device(), null, campaign, products);
    }

    /// <summary>The visit in which something is ordered. Whoever has no account leaves an e-mail.</summary>
    public void Order(Purchase purchase)
    {
        var device = Device();
        var account = chronicle.Holdings.AccountAt(purchase.At);
        var already = account is not null && known.Contains(device.AnonymousId) && dice.Chance(0.6);
        if (account is not null) known.Add(device.AnonymousId);
        var viewed = purchase.Lines.Select(line => line.Product).ToList();
        if (dice.Chance(0.4)) viewed.Insert(0, Choose(viewed[0].Category.Number));
        var email = account is null ? Forms.Mail(Person, purchase.At, dice) : "";
        var visit = new Visit(purchase.At, device, Errand.Order, already ? SignIn.Already : SignIn.During, account, email, viewed);
        chronicle.Visits.Add(visit with { Purchase = purchase });
    }

    /// <summary>On the tablet of a shop, which many sign in on.</summary>
    public void AtCounter(Device tablet, Purchase purchase)
    {
        if (chronicle.Holdings.AccountAt(purchase.At) is not { } account) return;
        var product = purchase.Lines[0].Product;
        chronicle.Visits.Add(new Visit(purchase.At.AddMinutes(-12), tablet, Errand.Browse, SignIn.During, account, "", [product]));
    }

    private Device Device() => dice.PickEarly(Person.Devices, 1.5);

    private List<Product> Look(DateTime at, int count)
    {
        int Category() => Taste.Category(Person.Tastes, at.Month, dice);
        var first = Category();
        return [.. Enumerable.Range(0, count).Select(_ => Choose(dice.Chance(0.7) ? first : Category()))];
    }

    private Product Choose(int category) => setting.Catalogue.Choose(category, Person.Habits.PriceLevel, dice);

    private void Add(DateTime at, Device device, SignIn? signIn, Campaign? campaign, List<Product> viewed)
    {
        var account = signIn == SignIn.Never ? null : chronicle.Holdings.AccountAt(at);
        var how = account is null ? SignIn.Never
            : known.Contains(device.AnonymousId) && dice.Chance(0.5) ? SignIn.Already
            : dice.Chance(0.12) ? SignIn.During
            : SignIn.Never;
        if (how == SignIn.During) known.Add(device.AnonymousId);
        if (viewed.Count > 0) Wanted = viewed[^1];
        var search = viewed.Count > 0 && dice.Chance(0.25) ? viewed[0].Name.Split(' ')[^1].TrimEnd('.') : null;
        chronicle.Visits.Add(new Visit(at, device, Errand.Browse, how, how == SignIn.Never ? null : account, "", viewed)
        {
            Campaign = campaign,
            Search = search,
        });
    }
}
