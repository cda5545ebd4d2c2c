namespace Kendt.Samples;

/// <summary>What one person buys, where, and what comes of it: returns and complaints.</summary>
internal sealed class Buying(Setting setting, Chronicle chronicle, Browsing browsing, Dice dice)
{
    private static readonly string[] Reasons = ["wrong size", "changed mind", "faulty", "not as described", "arrived late", "fortrudt"];

    private Person Person => chronicle.Person;

    public void Buy(int week, bool member)
    {
        var online = dice.Chance(Person.Habits.WebShare);
        var at = setting.Moment(week, online ? Person.Habits.Hour : 14, online ? 1.6 : 2, dice);
        var account = chronicle.Holdings.AccountAt(at);
        if (online && account is null && (Person.Email is null || chronicle.Holdings.Accounts.Count > 0)) online = false;
        if (!online)
        {
            if (!Person.LivesInDenmark) return;
            var clock = Copenhagen.ToLocal(at);
            if (clock.Hour is < 10 or > 17) at = at.AddHours(dice.Between(10, 17) - clock.Hour);
        }

        if (!setting.Calendar.Holds(at) || at < Person.Lifespan.Since) return;
        var card = chronicle.Holdings.CardAt(at);
        var shown = !online && card is not null && dice.Chance(member ? 0.95 : 0.82) ? card.Number : "";
        var purchase = new Purchase(at, online ? null : Nearest(), Basket(at, member), shown);
        chronicle.Purchases.Add(purchase);
        if (online) browsing.Order(purchase);
        else if (dice.Chance(0.02)) browsing.AtCounter(Tablets.Of(setting.Options.Seed, purchase.Shop!), purchase);
        After(purchase);
    }

    private Shop Nearest() => Places.Shops[dice.Chance(0.93) ? Person.Home.Address.Shop : dice.Below(Places.Shops.Length)];

    private List<Line> Basket(DateTime at, bool member)
    {
        var lines = new List<Line>();
        for (var left = 1 + dice.Weighted([0.42, 0.3, 0.17, 0.11]); left > 0; left--)
        {
            var product = browsing.Wanted is { } wanted && dice.Chance(0.4)
                ? wanted
                : setting.Catalogue.Choose(Taste.Category(Person.Tastes, at.Month, dice), Person.Habits.PriceLevel, dice);
            browsing.Wanted = null;
            if (lines.Exists(line => line.Product == product)) continue;
            var quantity = product.Price < 200 ? dice.Between(1, 4) : dice.Chance(0.06) ? 2 : 1;
            var cut = Math.Round(product.Price * (member ? 0.1m : dice.Chance(0.12) ? 0.2m : 0m), 2);
            lines.Add(new Line(product, quantity, product.Price - cut, cut));
        }

        return lines;
    }

    private void After(Purchase purchase)
    {
        var faulty = false;
        if (dice.Chance(purchase.Shop is null ? 0.09 : 0.035))
        {
            var line = dice.Pick(purchase.Lines);
            var at = purchase.At.AddDays(dice.Between(2, 25)).AddSeconds(dice.Below(600));
            var reason = dice.PickEarly(Reasons, 1.3);
            faulty = reason is "faulty" or "not as described";
            if (setting.Calendar.Holds(at)) Return(purchase, line, at, reason);
        }

        if (dice.Chance(faulty ? 0.5 : 0.025)) Complain(purchase);
        else if (dice.Chance(0.008)) chronicle.Tickets.Add(Complaints.Praise(setting, chronicle, purchase, dice));
    }

    private void Return(Purchase purchase, Line line, DateTime at, string reason)
    {
        var visit = purchase.Shop is null ? chronicle.Visits[^1] : null;
        var email = visit is null ? "" : visit.Account?.Card.Email ?? visit.Email;
        chronicle.Returns.Add(new GoodsReturn(Person, at, purchase, line, reason, email, purchase.Card, visit));
        if (purchase.Shop is not null)
            chronicle.Purchases.Add(new Purchase(at, purchase.Shop, [line with { Quantity = -line.Quantity }], purchase.Card));
    }

    /// <summary>Of those who complain, many leave within weeks.</summary>
    private void Complain(Purchase purchase)
    {
        var ticket = Complaints.About(setting, chronicle, purchase, dice);
        if (!setting.Calendar.Holds(ticket.At)) return;
        chronicle.Tickets.Add(ticket);
        if (!dice.Chance(ticket.Rating is 1 or 2 ? 0.5 : 0.25)) return;
        var leaves = ticket.At.AddDays(5 + dice.Exponential(35));
        if (leaves < chronicle.Leaves) chronicle.Leaves = leaves;
    }
}

/// <summary>The tablets of the shops: one device each, on which many people sign in.</summary>
internal static class Tablets
{
    public static Device Of(int seed, Shop shop) => Devices.Tablet(Dice.For(seed, "tablet", shop.Number));
}
