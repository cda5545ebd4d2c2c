namespace Kendt.Samples;

/// <summary>Draws requests for support; what is written in them comes later (<see cref="Letters"/>).</summary>
internal static class Complaints
{
    private static readonly string[] OfWebshop = ["delivery", "product", "return", "product"];
    private static readonly string[] OfShop = ["product", "return", "shop"];
    private static readonly string[] Channels = ["mail", "mail", "phone", "chat"];

    public static Ticket About(Setting setting, Chronicle chronicle, Purchase purchase, Dice dice)
    {
        var topic = dice.Pick(purchase.Shop is null ? OfWebshop : OfShop);
        return Open(setting, chronicle, purchase.At.AddDays(dice.Between(0.2, 9)), topic, -1, purchase, dice);
    }

    public static Ticket Praise(Setting setting, Chronicle chronicle, Purchase purchase, Dice dice) =>
        Open(setting, chronicle, purchase.At.AddMinutes(dice.Between(5, 90)), dice.Pick(["product", "shop"]), 1, purchase, dice);

    public static Ticket Question(Setting setting, Chronicle chronicle, int week, Dice dice)
    {
        var at = setting.Calendar.Opens.AddDays(week * 7).AddSeconds(dice.Below(86400));
        return Open(setting, chronicle, at, dice.Pick(["size", "membership", "website", "product"]), 0, null, dice);
    }

    private static Ticket Open(Setting setting, Chronicle chronicle, DateTime at, string topic, int mood, Purchase? purchase, Dice dice)
    {
        var person = chronicle.Person;
        var product = purchase?.Lines[0].Product
            ?? setting.Catalogue.Choose(Taste.Category(person.Tastes, at.Month, dice), person.Habits.PriceLevel, dice);
        int? rating = !dice.Chance(0.55) ? null : mood switch
        {
            < 0 => 1 + dice.Weighted([0.5, 0.28, 0.14, 0.06, 0.02]),
            0 => 1 + dice.Weighted([0.04, 0.08, 0.28, 0.35, 0.25]),
            _ => 1 + dice.Weighted([0, 0.01, 0.04, 0.25, 0.7]),
        };
        var closed = at.AddHours(dice.Exponential(mood < 0 ? 60 : 20));
        return new Ticket(person, at, closed, dice.Pick(Channels), topic, mood, product, purchase, rating);
    }
}
