namespace Kendt.Studio.Data;

/// <summary>Reads what is allowed, who may do what, and what was done.</summary>
public interface IGovernReader
{
    /// <summary>All purposes, with how people decided.</summary>
    Task<IReadOnlyList<PurposeRow>> PurposesAsync(CancellationToken cancel);

    /// <summary>The people who work with this workspace.</summary>
    Task<IReadOnlyList<MemberRow>> MembersAsync(CancellationToken cancel);

    /// <summary>What was done, the newest first.</summary>
    Task<Stretch<AuditRow>> AuditAsync(AuditQuery query, CancellationToken cancel);
}

/// <summary>Why data may be used.</summary>
/// <param name="Basis">The legal ground: <c>consent</c>, <c>contract</c>, <c>legitimate interest</c> ...</param>
/// <param name="Unknown">Customers who have not said anything on it.</param>
public sealed record PurposeRow(
    string Name, string Title, string Description, string Basis, long Granted, long Denied, long Unknown, DateTimeOffset? LastDecision);

/// <summary>Somebody who signs in.</summary>
/// <param name="Role">admin, marketing, sales, service, analyst or privacy.</param>
public sealed record MemberRow(string Email, string Name, string Role, DateTimeOffset CreatedAt, DateTimeOffset? SignedInAt);

/// <summary>Which entries are wanted; empty text and null for all.</summary>
public sealed record AuditQuery(string Text, string? Action, int Page, int Size);

/// <summary>One thing done.</summary>
public sealed record AuditRow(Guid Id, DateTimeOffset At, string Actor, string Action, string Subject, string Detail);
