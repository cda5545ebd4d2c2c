namespace Kendt.Samples;

/// <summary>A sort of goods.</summary>
/// <param name="Number">Place in <see cref="Catalogue.Categories"/>.</param>
/// <param name="Name">As it is written in every source.</param>
/// <param name="Slug">Its part of the address of a page.</param>
/// <param name="Code">Two letters of the product numbers.</param>
/// <param name="Popularity">How many buy it without a special taste for it.</param>
/// <param name="Months">How much is sold from January to December, about 1 on average.</param>
/// <param name="Audience">The category of the trade (IAB-like) that its friends are found under.</param>
internal sealed record Category(
    int Number, string Name, string Slug, string Code, double Popularity, double[] Months, string Audience);

/// <summary>Something to buy.</summary>
/// <param name="Tier">From 0 (cheap) to 4 (the best).</param>
/// <param name="Price">Recommended price, DKK with VAT.</param>
/// <param name="Cost">What the company pays for one, DKK.</param>
internal sealed record Product(string Id, string Name, Category Category, int Tier, decimal Price, decimal Cost)
{
    public string Path { get; } = $"/{Category.Slug}/{Id.ToLowerInvariant()}";
}
