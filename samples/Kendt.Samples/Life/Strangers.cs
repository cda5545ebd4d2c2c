namespace Kendt.Samples;

/// <summary>Those who are never known: buyers without a card, and visitors of the webshop who never say who they are.</summary>
internal static class Strangers
{
    /// <summary>Purchases over the counter without a card.</summary>
    public static IEnumerable<Purchase> WalkIn(Setting setting)
    {
        var dice = Dice.For(setting.Options.Seed, "walk-ins");
        for (var left = (int)(setting.Options.People * 0.55); left > 0; left--)
        {
            var clock = setting.Calendar.Start.AddDays(dice.Below(setting.Calendar.Days)).ToDateTime(new TimeOnly(10, 0));
            var at = Copenhagen.ToUtc(clock.AddSeconds(dice.Below(8 * 3600)));
            var tastes = Taste.Draw(dice);
            var level = Math.Clamp(dice.Normal(1.8, 1), 0, 4);
            var lines = Enumerable.Range(0, 1 + dice.Weighted([0.55, 0.28, 0.17]))
                .Select(_ => setting.Catalogue.Choose(Taste.Category(tastes, at.Month, dice), level, dice)).Distinct()
                .Select(product => new Line(product, product.Price < 200 ? dice.Between(1, 3) : 1, product.Price, 0)).ToList();
            yield return new Purchase(at, Places.Shops[dice.PickEarly(Places.Denmark, 1).Shop], lines, "");
        }
    }

    /// <summary>Visits of the never known, each device with tastes of its own.</summary>
    public static IEnumerable<(Device Device, Tastes Tastes, Visit Visit)> Visit(Setting setting)
    {
        for (var number = 1; number <= setting.Options.People * 3 / 4; number++)
        {
            var dice = Dice.For(setting.Options.Seed, "visitor", number);
            var device = Devices.New(dice);
            var tastes = Taste.Draw(dice);
            var level = dice.Between(0.5, 3.5);
            var hour = Math.Clamp(dice.Normal(18, 4), 6, 23);
            var week = dice.Below(setting.Calendar.Weeks);
            for (var visits = 1 + dice.Poisson(0.3); visits > 0 && week < setting.Calendar.Weeks; visits--)
            {
                var at = setting.Moment(week, hour, 2, dice);
                week += dice.Below(5);
                if (!setting.Calendar.Holds(at)) continue;
                var viewed = Enumerable.Range(0, 1 + dice.Poisson(0.5))
                    .Select(_ => setting.Catalogue.Choose(Taste.Category(tastes, at.Month, dice), level, dice)).ToList();
                var search = dice.Chance(0.15) ? viewed[0].Category.Name.ToLowerInvariant() : null;
                yield return (device, tastes, new Visit(at, device, Errand.Browse, SignIn.Never, null, "", viewed) { Search = search });
            }
        }
    }
}
