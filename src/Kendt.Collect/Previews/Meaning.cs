namespace Kendt.Collect;

/// <summary>What a column is about, as people would say it.</summary>
public enum Meaning
{
    /// <summary>Something of its own: kept under the column's name.</summary>
    Other,
    /// <summary>Not used.</summary>
    Ignore,
    Email, Phone, FirstName, LastName, FullName, Birthday, Gender, Language,
    Street, PostalCode, City, Region, Country,
    CustomerNo, LoyaltyNo, AccountNo, AnonymousId, Company, CompanyNo,
    ConsentState, ConsentPurpose, ConsentTime,
    Created, Updated,
    /// <summary>When it happened.</summary>
    Time,
    OrderNo, ProductNo, ProductName, Category, Quantity, Price, Discount, Amount, Currency,
    TicketNo, Subject, Campaign, Action, Url,
    Device, DeviceKind, Audiences, Score,
    /// <summary>A number that the law guards (CPR): not used unless somebody says so.</summary>
    PersonalNumber,
}

/// <summary>Why a meaning is proposed.</summary>
/// <param name="ByHeader">The column's name says so.</param>
/// <param name="Share">The part of its values that look so, 0 to 1; null where values cannot tell.</param>
public sealed record MeaningReason(bool ByHeader, double? Share)
{
    /// <summary>In English words.</summary>
    public override string ToString() => (ByHeader, Share) switch
    {
        (true, { } share) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"by its name; {share:P0} of the values fit"),
        (true, null) => "by its name",
        (false, { } share) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{share:P0} of the values look so"),
        _ => "nothing else was seen",
    };
}

/// <summary>A meaning that is proposed for a column.</summary>
/// <param name="Confidence">0 to 1.</param>
public sealed record MeaningGuess(Meaning Meaning, double Confidence, MeaningReason Because);
