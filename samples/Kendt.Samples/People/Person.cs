namespace Kendt.Samples;

/// <summary>Where somebody lives, written right.</summary>
/// <param name="Country">ISO 3166 code, DK or GB.</param>
/// <param name="Shop">Place of the nearest shop in <see cref="Places.Shops"/>.</param>
internal sealed record Address(string Street, string Postcode, string City, string Country, int Shop);

/// <summary>People who share a door, and perhaps a telephone, a mailbox and a tablet.</summary>
internal sealed record Household(
    string Id, Address Address, Address? Before, DateTime MovedAt, string? Landline, string? SharedEmail, Device? SharedDevice)
{
    public Address At(DateTime time) => Before is not null && time < MovedAt ? Before : Address;
}

/// <summary>A browser or an app that the webshop knows by an anonymous id.</summary>
internal sealed record Device(string AnonymousId, DeviceKind Kind, string Ip);

/// <summary>What somebody likes.</summary>
/// <param name="Favourites">Two or three categories, the dearest first.</param>
/// <param name="Weights">How likely each category is.</param>
/// <param name="Months">How lively each month of the year is for these tastes, about 1 on average.</param>
internal sealed record Tastes(int[] Favourites, double[] Weights, double[] Months);

/// <summary>The hidden nature of somebody, which the platform must learn from what they do.</summary>
/// <param name="YearlyPurchases">Rate of purchases while active, before club, season and newsletters.</param>
/// <param name="WebShare">Share of the purchases that are made in the webshop.</param>
/// <param name="PriceLevel">From 0 (cheap) to 4 (the best).</param>
/// <param name="Opens">Probability of opening a newsletter.</param>
/// <param name="Clicks">Probability of clicking in one that was opened.</param>
/// <param name="Hour">The hour of the day (clock of Copenhagen) when they are online.</param>
/// <param name="Care">How carefully they write forms, 0.5 to 2: the errors are multiplied by it.</param>
internal sealed record Habits(
    double YearlyPurchases, double WebShare, double PriceLevel, double Opens, double Clicks, double Hour, double Care);

/// <summary>When somebody becomes a customer, and when they would leave if nothing went wrong.</summary>
internal sealed record Lifespan(DateTime Since, DateTime Leaves);

/// <summary>One real person: the truth that the sources see in pieces.</summary>
internal sealed record Person(
    int Number,
    bool Danish,
    bool Female,
    string Given,
    string Family,
    string? MaidenName,
    DateOnly Birthday,
    bool Child,
    Household Home,
    string? Email,
    string? OldEmail,
    string? Mobile,
    Tastes Tastes,
    Habits Habits,
    Lifespan Lifespan,
    IReadOnlyList<Device> Devices)
{
    public string Id { get; } = $"P{Number:D6}";

    public string Language => Danish ? "da" : "en";

    public bool LivesInDenmark => Home.Address.Country == "DK";
}
