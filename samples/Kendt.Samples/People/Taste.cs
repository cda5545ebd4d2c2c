namespace Kendt.Samples;

/// <summary>Draws tastes: most people are of a kind (hikers, families, skiers ...), the rest like what they like.</summary>
internal static class Taste
{
    private static readonly int[][] Kinds =
    [
        [3, 2, 4],   // hikers: boots, backpacks, jackets
        [0, 8, 11],  // families: tents, camp kitchen, kids
        [7, 5, 4],   // skiers: ski, base layers, jackets
        [6, 3, 9],   // climbers: climbing, boots, camping food
        [1, 0, 9],   // those who sleep out: sleeping bags, tents, camping food
        [10, 2, 9],  // long-distance: navigation, backpacks, camping food
        [4, 5],      // those who dress for the town: jackets, base layers
    ];

    private static readonly double[] Shares = [0.26, 0.2, 0.14, 0.07, 0.1, 0.08, 0.15];

    public static Tastes Draw(Dice dice)
    {
        int[] favourites;
        if (dice.Chance(0.75))
        {
            favourites = [.. Kinds[dice.Weighted(Shares)]];
            if (favourites.Length > 2 && dice.Chance(0.35)) favourites = favourites[..2];
        }
        else
        {
            var all = Enumerable.Range(0, Catalogue.Categories.Length).ToArray();
            dice.Shuffle(all);
            favourites = all[..dice.Between(2, 3)];
        }

        var weights = Catalogue.Categories.Select(category => category.Popularity * 0.34).ToArray();
        double[] liking = [5, 3.4, 2.2];
        for (var i = 0; i < favourites.Length; i++) weights[favourites[i]] += liking[i];
        var sum = weights.Sum();
        var months = Enumerable.Range(0, 12)
            .Select(month => Catalogue.Categories.Sum(category => category.Months[month] * weights[category.Number]) / sum)
            .ToArray();
        return new Tastes(favourites, weights, months);
    }

    /// <summary>A category to look at or buy in a month.</summary>
    public static int Category(Tastes tastes, int month, Dice dice)
    {
        Span<double> weights = stackalloc double[tastes.Weights.Length];
        for (var i = 0; i < weights.Length; i++) weights[i] = tastes.Weights[i] * Catalogue.Categories[i].Months[month - 1];
        return dice.Weighted(weights);
    }
}
