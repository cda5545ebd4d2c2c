namespace Kendt.Studio.Data;

/// <summary>Who lives with whom, as matching found it, and how it follows what comes.</summary>
public interface IHouseholdDesk
{
    /// <summary>A page of households, the largest first.</summary>
    /// <param name="page">The first is 1.</param>
    Task<HouseholdsView> ListAsync(int page, CancellationToken cancel);
}

/// <summary>A page of households.</summary>
/// <param name="Total">All households; <paramref name="Persons"/> live in them.</param>
/// <param name="Followed">Records that came since the plan was applied and were matched; null if no plan was applied.</param>
/// <param name="Why">Why what comes is not matched at this moment; null if it is.</param>
public sealed record HouseholdsView(IReadOnlyList<HouseholdRow> Rows, int Page, int Size, long Total, long Persons, long? Followed, string? Why);

/// <summary>A household with its members by name.</summary>
public sealed record HouseholdRow(Guid Id, IReadOnlyList<RelatedCustomer> Members);
