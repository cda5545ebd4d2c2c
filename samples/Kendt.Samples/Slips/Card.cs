namespace Kendt.Samples;

/// <summary>A person as one form or one clerk wrote them down, with every slip.</summary>
internal sealed record Card(
    string First, string Last, string Email, string Phone, string Street, string Postcode, string City, string Country, DateOnly? Birthday)
{
    public string FullName => $"{First} {Last}".Trim();
}
