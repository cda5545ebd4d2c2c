using Kendt.Store;

namespace Kendt.Govern;

/// <summary>One thing that somebody did.</summary>
/// <param name="Actor">Who: a member's email, <c>token:NAME</c>, or the part of Kendt that did it (<c>outbox</c>).</param>
/// <param name="Action">What, as <c>noun.verb</c>: <c>token.added</c>, <c>member.signed_in</c>.</param>
/// <param name="Subject">To what: a name or an id.</param>
/// <param name="Detail">More about it in plain words; ids and counts, never personal values.</param>
public sealed record AuditEntry(Guid Id, DateTimeOffset At, string Actor, string Action, string Subject, string Detail);

/// <summary>Which entries to list; what is null does not narrow.</summary>
public sealed record AuditFilter
{
    public string? Actor { get; init; }

    /// <summary>An action, or the beginning of one that ends with a dot (<c>token.</c>).</summary>
    public string? Action { get; init; }

    public string? Subject { get; init; }

    /// <summary>From this time on.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this time.</summary>
    public DateTimeOffset? Before { get; init; }
}

/// <summary>A stretch of a longer list.</summary>
/// <param name="Total">How many there are in all.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, long Total);

/// <summary>
/// Who did what, to what, when. Entries are only ever added. What is written here is read by people who may not see
/// customers, so no entry holds a customer's values: ids, names of things and counts only.
/// </summary>
public sealed class Audit(Stores stores, TimeProvider time)
{
    /// <summary>The most entries that one page holds.</summary>
    public const int LargestPage = 1000;

    public Task WriteAsync(string actor, string action, string subject, string detail, CancellationToken cancel) =>
        stores.Ledger.WriteAsync(session => WriteAsync(session, actor, action, subject, detail, cancel), cancel);

    /// <summary>Writes within the transaction of what is audited, so that neither is there without the other.</summary>
    public Task WriteAsync(Session ledger, string actor, string action, string subject, string detail, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return ledger.ExecuteAsync(Sql.Of($"""
            insert into audit (audit_id, at, actor, action, subject, detail)
            values ({Guid.CreateVersion7(now)}, {now}, {actor}, {action}, {subject}, {detail})
            """), cancel);
    }

    /// <summary>The newest first.</summary>
    public Task<AuditPage> ListAsync(AuditFilter filter, int skip, int take, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, LargestPage);
        var where = Where(filter);
        return stores.Ledger.ReadAsync(async session =>
        {
            var total = await session.CountAsync(Sql.Of($"select count(*) from audit where {where}"), cancel);
            var entries = await session.ListAsync(Sql.Of($"""
                select audit_id, at, actor, action, subject, detail from audit where {where}
                order by at desc, audit_id desc limit {(long)take} offset {(long)skip}
                """), row => new AuditEntry(row.Guid(0), row.Time(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5)), cancel);
            return new AuditPage(entries, total);
        }, cancel);
    }

    private static Sql Where(AuditFilter filter)
    {
        var pieces = new List<Sql>();
        if (filter.Actor is { } actor) pieces.Add(Sql.Of($"actor = {actor}"));
        if (filter.Subject is { } subject) pieces.Add(Sql.Of($"subject = {subject}"));
        if (filter.From is { } from) pieces.Add(Sql.Of($"at >= {from}"));
        if (filter.Before is { } before) pieces.Add(Sql.Of($"at < {before}"));
        if (filter.Action is { } action)
            pieces.Add(action.EndsWith('.') ? Sql.Of($"substr(action, 1, {action.Length}) = {action}") : Sql.Of($"action = {action}"));
        return Sql.And(pieces);
    }
}
