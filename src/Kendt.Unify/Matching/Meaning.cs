namespace Kendt.Unify.Matching;

/// <summary>What a column is about.</summary>
public enum Meaning
{
    /// <summary>Nothing that tells who somebody is; never compared.</summary>
    Nothing,
    GivenName,
    MiddleName,
    Surname,

    /// <summary>A person's whole name; compared as given name and surname.</summary>
    FullName,
    CompanyName,
    BirthDate,
    Gender,

    /// <summary>A number that one person or company was given by somebody, and may have several of: customer number, membership, account.</summary>
    Identity,

    /// <summary>A number that authorities give one person or company once: national id, social security, tax or registration number. Two are two.</summary>
    OfficialNumber,
    Street,
    HouseNumber,

    /// <summary>Second line of an address: flat, building, estate.</summary>
    AddressLine,
    Postcode,
    City,
    Region,
    Country,
    Phone,
    Email,
    Domain,

    /// <summary>Any other words, compared by what they have in common; rare words count for more.</summary>
    Words,

    /// <summary>Any other value of which there are few.</summary>
    Category,
}
