namespace Kendt.Samples;

/// <summary>Draws addresses whose street, postcode and town belong together.</summary>
internal static class Addresses
{
    private const string Letters = "ABDEFGHJLNPQRSTUWXYZ";
    private static readonly string[] Floors = ["st. th", "st. tv", "1. th", "1. tv", "2. th", "2. tv", "3. th", "3. tv", "4. mf"];
    private static readonly double[] Weights = [.. Places.Denmark.Select(place => place.Weight)];

    public static Address Danish(Dice dice, out DanishPlace place)
    {
        place = Places.Denmark[dice.Weighted(Weights)];
        var street = $"{dice.Pick(Places.DanishStreets)} {(int)Math.Pow(dice.Between(1, 15), dice.Between(1.0, 1.9))}";
        if (dice.Chance(0.1)) street += dice.Pick(["A", "B", "C"]);
        if (dice.Chance(place.Weight > 12 ? 0.55 : 0.15)) street += $", {dice.Pick(Floors)}";
        return new Address(street, place.Postcode, place.City, "DK", place.Shop);
    }

    public static Address British(Dice dice)
    {
        var place = dice.PickEarly(Places.Britain, 1.5);
        var street = $"{dice.Between(1, 180)} {dice.Pick(Places.BritishStreets)}";
        if (dice.Chance(0.15)) street = $"Flat {dice.Between(1, 12)}, {street}";
        char Letter() => Letters[dice.Below(Letters.Length)];
        var code = $"{dice.Pick(place.Districts)} {dice.Between(1, 9)}{Letter()}{Letter()}";
        return new Address(street, code, place.City, "GB", 0);
    }
}
