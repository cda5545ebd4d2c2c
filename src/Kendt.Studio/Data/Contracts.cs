using System.Security.Claims;

namespace Kendt.Studio.Data;

/// <summary>What a person does to dead letters. What who asked may not do is a <see cref="Kendt.Model.BadInputException"/> that says so; the rest is audited in his name.</summary>
public interface ILetterDesk
{
    /// <summary>One letter, and what it would become with this body (null: the one it has); null if it is gone.</summary>
    Task<LetterView?> LetterAsync(Guid id, string? body, string? mapping, CancellationToken cancel);

    /// <summary>Keeps a mended body; null takes it back.</summary>
    Task MendAsync(Guid id, string? body, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Has rows of a source that were refused for one reason read by another mapping when they are replayed.</summary>
    /// <exception cref="Kendt.Model.BadInputException">The mapping has faults.</exception>
    Task<int> MapAsync(string source, string reason, string mapping, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Takes letters again: a few at once, all that are found as a job.</summary>
    Task<ReplayView> ReplayAsync(LetterChoice choice, ClaimsPrincipal who, CancellationToken cancel);

    Task<int> DiscardAsync(LetterChoice choice, ClaimsPrincipal who, CancellationToken cancel);
}

/// <summary>Which letters: those named, or all that a query finds.</summary>
public sealed record LetterChoice(IReadOnlyList<Guid>? Ids, DeadLetterQuery? Query);

/// <summary>A letter in full.</summary>
/// <param name="Mended">The body as somebody mended it; null if nobody did.</param>
/// <param name="Mapping">The mapping that reads it, as YAML; null if it is no row.</param>
/// <param name="Refused">Why it could not be taken now; null if it could.</param>
/// <param name="Becomes">The messages and rows that it would become.</param>
public sealed record LetterView(DeadLetter Letter, string? Mended, string? Mapping, long Tries, DateTimeOffset? TriedAt, string? Refused, IReadOnlyList<string> Becomes);

/// <summary>What a replay did, or that it goes on as a job.</summary>
public sealed record ReplayView(bool IsJob, long Taken, long Failed, string? Reason);

/// <summary>Tracking plans. What who asked may not do is a <see cref="Kendt.Model.BadInputException"/> that says so; the rest is audited in his name.</summary>
public interface IPlanDesk
{
    /// <summary>The plans, and what was sent against them in the last 30 days.</summary>
    Task<PlansView> PlansAsync(string? source, CancellationToken cancel);

    /// <summary>The text of a plan; null if there is none of that name.</summary>
    Task<string?> PlanAsync(string name, CancellationToken cancel);

    /// <summary>A plan made from what a source has sent; null if it has sent nothing.</summary>
    Task<string?> InferAsync(string source, CancellationToken cancel);

    /// <exception cref="Kendt.Model.BadInputException">It has faults, each with line and column.</exception>
    Task CheckAsync(string yaml, CancellationToken cancel);

    /// <returns>The plan's name.</returns>
    /// <exception cref="Kendt.Model.BadInputException">It has faults, each with line and column.</exception>
    Task<string> PutAsync(string yaml, ClaimsPrincipal who, CancellationToken cancel);

    Task RemoveAsync(string name, ClaimsPrincipal who, CancellationToken cancel);
}

/// <summary>The plans and their violations.</summary>
/// <param name="Days">Violations of each of the last 30 days, oldest first.</param>
/// <param name="Unplanned">Sources without a plan.</param>
public sealed record PlansView(IReadOnlyList<PlanRow> Plans, IReadOnlyList<Point> Days, IReadOnlyList<ViolationRow> Violations, IReadOnlyList<string> Unplanned);

/// <summary>A plan in the list.</summary>
/// <param name="Mode">observe, warn or block.</param>
public sealed record PlanRow(string Name, IReadOnlyList<string> Sources, string Mode, int Events, long Violations);

/// <summary>A rule that was broken, over the last 30 days.</summary>
public sealed record ViolationRow(string Source, string Event, string Field, string Rule, long Times, DateTimeOffset LastAt);

/// <summary>Doors that other systems come in by: webhooks, and tables that Kendt reads. What who asked may not do is a <see cref="Kendt.Model.BadInputException"/> that says so; the rest is audited in his name.</summary>
public interface IInletDesk
{
    Task<IReadOnlyList<WebhookRow>> WebhooksAsync(CancellationToken cancel);

    /// <summary>The text of a webhook's file; null if the source has none.</summary>
    Task<string?> WebhookAsync(string source, CancellationToken cancel);

    /// <summary>What a body would become under a file that need not be kept.</summary>
    Task<(string? Refused, IReadOnlyList<string> Becomes)> TryWebhookAsync(string yaml, string body, CancellationToken cancel);

    /// <returns>The source.</returns>
    /// <exception cref="Kendt.Model.BadInputException">The file has faults.</exception>
    Task<string> PutWebhookAsync(string yaml, string? secret, ClaimsPrincipal who, CancellationToken cancel);

    Task<IReadOnlyList<TableRow>> TablesAsync(CancellationToken cancel);

    /// <summary>The text of a table's file; null if the source is none.</summary>
    Task<string?> TableAsync(string source, CancellationToken cancel);

    /// <returns>The source.</returns>
    /// <exception cref="Kendt.Model.BadInputException">The file has faults, or there is no connection.</exception>
    Task<string> PutTableAsync(string yaml, string? connection, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Begins a sync as a job.</summary>
    Task SyncAsync(string source, bool full, ClaimsPrincipal who, CancellationToken cancel);
}

/// <summary>A webhook in the list.</summary>
/// <param name="Header">The header with its signature; null if it comes with the write key.</param>
public sealed record WebhookRow(string Source, string Address, string? Header);

/// <summary>A table in the list.</summary>
/// <param name="Reads">The table's name; null for a query.</param>
/// <param name="Position">The last value of its cursor.</param>
public sealed record TableRow(string Source, string Kind, string? Reads, string? Cursor, string? Position, long Rows, int Every, DateTimeOffset? EndedAt, string? Error);
