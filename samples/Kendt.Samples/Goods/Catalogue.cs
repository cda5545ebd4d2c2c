namespace Kendt.Samples;

/// <summary>Twelve categories of five kinds by five makers: three hundred products.</summary>
internal sealed class Catalogue
{
    private static readonly double[] Spring = [0.4, 0.5, 0.9, 1.4, 1.9, 2.0, 1.7, 1.1, 0.7, 0.5, 0.4, 0.5];
    private static readonly double[] Winter = [2.2, 1.9, 1.0, 0.4, 0.2, 0.1, 0.1, 0.3, 0.7, 1.3, 1.9, 1.9];
    private static readonly double[] Autumn = [0.9, 0.8, 0.9, 0.9, 0.8, 0.7, 0.6, 1.0, 1.3, 1.5, 1.4, 1.2];
    private static readonly double[] Steady = [0.8, 0.8, 1.0, 1.1, 1.1, 1.1, 1.1, 1.0, 1.0, 0.9, 0.9, 1.2];

    public static readonly Category[] Categories =
    [
        new(0, "Tents", "tents", "TE", 0.7, Spring, "Travel|Camping"),
        new(1, "Sleeping bags", "sleeping-bags", "SB", 0.8, Spring, "Travel|Camping"),
        new(2, "Backpacks", "backpacks", "BP", 1.1, Steady, "Travel|Adventure Travel"),
        new(3, "Boots", "boots", "BO", 1.3, Autumn, "Sports|Hiking"),
        new(4, "Jackets", "jackets", "JA", 1.5, Autumn, "Style & Fashion|Outdoor Clothing"),
        new(5, "Base layers", "base-layers", "BL", 1.2, Winter, "Style & Fashion|Outdoor Clothing"),
        new(6, "Climbing", "climbing", "CL", 0.5, Steady, "Sports|Climbing"),
        new(7, "Ski", "ski", "SK", 0.7, Winter, "Sports|Skiing"),
        new(8, "Camp kitchen", "camp-kitchen", "CK", 0.9, Spring, "Food & Drink|Outdoor Cooking"),
        new(9, "Camping food", "camping-food", "CF", 1.2, Spring, "Food & Drink|Outdoor Cooking"),
        new(10, "Navigation", "navigation", "NA", 0.6, Steady, "Technology|Wearables and GPS"),
        new(11, "Kids", "kids", "KI", 0.7, Steady, "Family & Parenting|Family Outings"),
    ];

    private static readonly (string Name, int Price)[][] Kinds =
    [
        [("solotelt", 1499), ("kuppeltelt 2 pers.", 1799), ("tunneltelt 3 pers.", 2699), ("familietelt 5 pers.", 3999), ("tarp 3×3", 699)],
        [("sommersovepose", 599), ("3-season sovepose", 1199), ("dunsovepose", 2399), ("liggeunderlag", 499), ("quilt", 1299)],
        [("dagsrygsæk 22 l", 549), ("vandrerygsæk 45 l", 1199), ("trekking 65 l", 1799), ("duffel 60 l", 799), ("bæltetaske", 249)],
        [("vandrestøvle", 1399), ("trekkingstøvle GTX", 1899), ("approach shoe", 1099), ("gummistøvle", 599), ("trail runner", 999)],
        [("skaljakke", 1799), ("dunjakke", 1699), ("softshell", 999), ("regnjakke", 799), ("anorak", 1199)],
        [("uldtrøje", 499), ("uldbukser", 449), ("merino tee", 399), ("hue", 199), ("vandresokker 2-pak", 179)],
        [("klatresele", 599), ("reb 60 m", 1199), ("klatresko", 849), ("karabiner 5-pak", 349), ("kalkpose", 149)],
        [("langrendsski", 1999), ("tur-ski", 3299), ("skistave", 449), ("skibriller", 599), ("skihandsker", 499)],
        [("stormkøkken", 649), ("gasbrænder", 399), ("titanium kop", 179), ("grydesæt", 449), ("termoflaske 1 l", 299)],
        [("frysetørret pasta", 79), ("frysetørret gryde", 89), ("energibar 12-pak", 149), ("morgengrød", 49), ("kaffe på tur", 99)],
        [("håndholdt GPS", 1999), ("gps-ur", 2799), ("spejlkompas", 349), ("pandelampe", 449), ("vandkort-etui", 149)],
        [("børneregnsæt", 449), ("børnesovepose", 499), ("børnerygsæk 12 l", 349), ("flyverdragt", 899), ("børnestøvle", 549)],
    ];

    private static readonly string[] Makers = ["Hede", "Fjeldby", "Tindra", "Nordvarg", "Isbræ Pro"];
    private static readonly double[] Dearness = [0.6, 0.82, 1.0, 1.35, 1.85];

    private static readonly string[] Models =
    [
        "Mols", "Rold", "Thy", "Skagen", "Fanø", "Læsø", "Anholt", "Rebild", "Møn", "Stevns", "Lofoten", "Rondane", "Jotun", "Dovre",
        "Sarek", "Abisko", "Kebne", "Hardanger", "Setesdal", "Senja", "Lyngen", "Femund", "Børge", "Narvik", "Sylan", "Trysil", "Hemse",
        "Geilo", "Åre", "Idre", "Gudenå", "Silke", "Tange", "Mossø", "Klitter", "Bulbjerg", "Vadehav", "Limfjord", "Gjerrild", "Kullen",
        "Hallands", "Värmland", "Dalsland", "Padjelanta", "Stora", "Torne", "Inari", "Saana", "Halti", "Kilpis", "Stok", "Varde", "Tind",
        "Skarv", "Rype", "Ravn", "Ulv", "Los", "Mår", "Bjørn",
    ];

    private static readonly double[] TierSpread = [1.0, 0.62, 0.15, 0.015, 0.001];

    private readonly Product[][] byCategory;

    public Catalogue(int seed)
    {
        var dice = Dice.For(seed, "catalogue");
        byCategory = [.. Categories.Select(category => Make(category, dice).ToArray())];
        Products = [.. byCategory.SelectMany(p => p)];
    }

    public IReadOnlyList<Product> Products { get; }

    /// <summary>A product of a category, near a price level from 0 to 4.</summary>
    public Product Choose(int category, double level, Dice dice)
    {
        Span<double> weights = stackalloc double[5];
        for (var tier = 0; tier < 5; tier++) weights[tier] = TierSpread[(int)Math.Min(4, Math.Round(Math.Abs(tier - level)))];
        var wanted = dice.Weighted(weights);
        return byCategory[category][wanted * 5 + (int)(5 * Math.Pow(dice.Unit(), 1.4))];
    }

    /// <summary>What a line costs on average, for some tastes and a price level.</summary>
    public double ExpectedPrice(Tastes tastes, double level)
    {
        var tier = (int)Math.Round(level);
        var sum = 0.0;
        foreach (var category in Categories)
            sum += tastes.Weights[category.Number] * byCategory[category.Number].Where(p => p.Tier == tier).Average(p => (double)p.Price);
        return sum / tastes.Weights.Sum();
    }

    private static IEnumerable<Product> Make(Category category, Dice dice)
    {
        for (var tier = 0; tier < 5; tier++)
        {
            var model = Models[(category.Number * 5 + tier) % Models.Length];
            for (var kind = 0; kind < 5; kind++)
            {
                var (name, basis) = Kinds[category.Number][kind];
                var price = Rounded(basis * Dearness[tier] * dice.Between(0.94, 1.06));
                var cost = Math.Round(price * (decimal)dice.Between(0.38, 0.6), 2);
                yield return new Product(
                    $"FB-{category.Code}-{(tier + 1) * 100 + kind + 1}", $"{Makers[tier]} {model} {name}", category, tier, price, cost);
            }
        }
    }

    private static decimal Rounded(double price) =>
        price < 100 ? Math.Max(19, (int)(price / 5) * 5 + 4) : price < 1000 ? (int)(price / 10) * 10 + 9 : (int)(price / 100) * 100 + 99;
}
