namespace Kendt.Samples;

/// <summary>A business customer: the true one.</summary>
internal sealed record Company(
    int Number, string Name, string Cvr, string Domain, Address Address, int Employees, string Industry, Company? Parent,
    DateTime CreatedAt, IReadOnlyList<Contact> Contacts)
{
    public string Id { get; } = $"C{Number:D5}";

    public string Account { get; } = $"K{10_000 + Number}";
}

/// <summary>Somebody at a business customer, who is also one of the people.</summary>
internal sealed record Contact(string Number, Person Person, string Email, string Title, string Role, WebAccount? Account);
