using System.Security.Claims;
using Kendt.Model;
using Kendt.Unify;

namespace Kendt.Studio.Data;

/// <summary>Reads who is who, and why.</summary>
public interface IIdentityReader
{
    /// <summary>What a profile is made of, now or at an earlier moment; null if there was no such profile.</summary>
    Task<IdentityView?> IdentityAsync(ProfileId id, DateTimeOffset? asOf, CancellationToken cancel);

    /// <summary>Why two are one customer, or are not; each is a profile id or <c>type:value</c>.</summary>
    /// <exception cref="BadInputException">Nobody has one of them; the message is shown.</exception>
    Task<Why> WhyAsync(string left, string right, CancellationToken cancel);

    /// <summary>Values in quarantine and what was decided, both the newest first.</summary>
    Task<IdentityBook> BookAsync(CancellationToken cancel);
}

/// <summary>What a person can decide about identity from Studio.</summary>
public interface IIdentityWriter
{
    /// <summary>Does what the order says, or shows what would come of it.</summary>
    /// <exception cref="BadInputException">It cannot be done, or the person's role does not allow it; the message is shown.</exception>
    Task<IdentityOutcome> DecideAsync(IdentityOrder order, CancellationToken cancel);
}

/// <summary>Values in quarantine, and decisions.</summary>
public sealed record IdentityBook(IReadOnlyList<Quarantined> Quarantined, IReadOnlyList<Decision> Decisions);

/// <summary>What a person wants to decide.</summary>
public enum IdentityVerb { Confirm, Forbid, Split, Quarantine, Release, Undo }

/// <summary>A decision about to be made.</summary>
/// <param name="Profile">Whose page it is made on; of a split the profile that comes apart.</param>
/// <param name="Identifiers">What a split moves; what quarantine and release are about.</param>
/// <param name="Other">The other customer of confirm and forbid, as typed.</param>
/// <param name="Decision">What is to be undone.</param>
/// <param name="IsPreview">Only to see what would come of it.</param>
public sealed record IdentityOrder(IdentityVerb Verb, ProfileId? Profile, IReadOnlyList<Identifier> Identifiers, string Other, long Decision, string Reason, bool IsPreview, ClaimsPrincipal? Who);
