using System.Security.Claims;
using Kendt.Model;

namespace Kendt.Studio.Data;

/// <summary>Destinations that are told of changes, as Studio shows and changes them. Each change is audited in the name of who asked for it.</summary>
public interface ISubscriptionDesk
{
    /// <summary>All subscriptions, and what a new one can be made of.</summary>
    Task<SubscriptionBoard> ReadAsync(CancellationToken cancel);

    /// <summary>Makes or changes a subscription.</summary>
    /// <param name="segment">Null for changes of profiles.</param>
    /// <exception cref="BadInputException">Something cannot be so, or who asked may not.</exception>
    Task PutAsync(string name, string destination, string purpose, string? segment, ClaimsPrincipal who, CancellationToken cancel);

    /// <exception cref="BadInputException">There is none of that name, or who asked may not.</exception>
    Task RemoveAsync(string name, ClaimsPrincipal who, CancellationToken cancel);
}

/// <summary>What the page of subscriptions shows, with the names of what there is to choose of.</summary>
public sealed record SubscriptionBoard(IReadOnlyList<SubscriptionRow> Rows, IReadOnlyList<string> Destinations, IReadOnlyList<string> Purposes, IReadOnlyList<string> Segments);

/// <summary>A destination that is told of changes.</summary>
/// <param name="Segment">Null for changes of profiles.</param>
/// <param name="Waiting">Changes that are yet to be sent.</param>
/// <param name="Note">Why it stands still; empty while it does not.</param>
public sealed record SubscriptionRow(string Name, string Destination, string Purpose, string? Segment, long Waiting, string Note, DateTimeOffset CreatedAt);
