using System.Text.Json;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>Whose an identifier is.</summary>
internal sealed record Owner(ProfileId Id, string Kind);

/// <summary>Reads and writes decisions.</summary>
internal static class DecisionRows
{
    private static Sql Columns => Sql.Of($"seq, kind, left_type, left_value, right_type, right_value, moved, actor, reason, at, undone_at, undone_by");

    internal static Task<Owner?> OwnerAsync(Session ledger, Identifier identifier, CancellationToken cancel) => ledger.FirstAsync(
        Sql.Of($"select i.profile_id, p.kind from identifier i join profile p on p.profile_id = i.profile_id where i.type = {identifier.Type} and i.value = {identifier.Value}"),
        r => new Owner(r.ProfileId(0), r.Text(1)), cancel);

    internal static Task<Decision?> ReadAsync(Session ledger, long seq, CancellationToken cancel) =>
        ledger.FirstAsync(Sql.Of($"select {Columns} from identity_decision where seq = {seq}"), Read, cancel);

    /// <summary>The quarantine or release of a value that stands.</summary>
    internal static Task<Decision?> MarkAsync(Session ledger, Identifier identifier, DecisionKind kind, CancellationToken cancel) => ledger.FirstAsync(
        Sql.Of($"select {Columns} from identity_decision where left_type = {identifier.Type} and left_value = {identifier.Value} and kind = {kind} and undone_at is null"), Read, cancel);

    internal static Task<List<Decision>> ListAsync(Session ledger, Sql where, int limit, CancellationToken cancel) =>
        ledger.ListAsync(Sql.Of($"select {Columns} from identity_decision where {where} order by seq desc limit {(long)limit}"), Read, cancel);

    /// <summary>The decisions that name one of these on either side.</summary>
    internal static async Task<List<Decision>> AboutAsync(Session ledger, IReadOnlyCollection<Identifier> identifiers, CancellationToken cancel)
    {
        object?[][] asked = [.. identifiers.Select(i => new object?[] { i.Type, i.Value })];
        var found = await ledger.ListChunkedAsync(asked, rows => Sql.Of($"""
            with v(type, value) as ({rows})
            select {Columns} from v join identity_decision on left_type = v.type and left_value = v.value
            union
            select {Columns} from v join identity_decision on right_type = v.type and right_value = v.value
            """), Read, cancel);
        return [.. found.DistinctBy(d => d.Seq).OrderBy(d => d.Seq)];
    }

    internal static async Task<Decision> AddAsync(Session ledger, DecisionKind kind, Identifier left, Identifier? right, IReadOnlyList<Identifier> moved, Deciding by, CancellationToken cancel)
    {
        var seq = 1 + await ledger.CountAsync(Sql.Of($"select max(seq) from identity_decision"), cancel);
        var list = JsonSerializer.Serialize(moved.Select(m => m.ToString()));
        await ledger.ExecuteAsync(Sql.Of($"""
            insert into identity_decision (seq, kind, left_type, left_value, right_type, right_value, moved, actor, reason, at)
            values ({seq}, {kind}, {left.Type}, {left.Value}, {right?.Type ?? ""}, {right?.Value ?? ""}, {list}, {by.Actor}, {by.Reason}, {by.At})
            """), cancel);
        return new(seq, kind, left, right, moved, by.Actor, by.Reason, by.At, null, null);
    }

    internal static Task EndAsync(Session ledger, long seq, Deciding by, CancellationToken cancel) =>
        ledger.ExecuteAsync(Sql.Of($"update identity_decision set undone_at = {by.At}, undone_by = {by.Actor} where seq = {seq}"), cancel);

    private static Decision Read(Row r) => new(r.Long(0), Enum.Parse<DecisionKind>(r.Text(1), ignoreCase: true), new(r.Text(2), r.Text(3)), r.Text(4).Length == 0 ? null : new(r.Text(4), r.Text(5)),
        [.. JsonSerializer.Deserialize<string[]>(r.Text(6))!.Select(m => Identifier.TryParse(m, out var one) ? one : default)], r.Text(7), r.Text(8), r.Time(9), r.TimeOrNull(10), r.TextOrNull(11));
}

/// <summary>Reads and writes links of decisions; those of sightings are written by <see cref="StitchWriter"/>.</summary>
internal static class LinkRows
{
    /// <summary>The links of one identifier that stand.</summary>
    internal static async Task<List<Link>> OfAsync(Session ledger, Identifier identifier, CancellationToken cancel) =>
        [.. (await Cluster.LinksAsync(ledger, [identifier], cancel)).Concat(await Cluster.LinksToAsync(ledger, [identifier], cancel)).Where(l => l.RevokedAt is null)];

    /// <summary>The links that a decision made and that stand: its evidence is the decision.</summary>
    internal static async Task<List<Link>> MadeByAsync(Session ledger, Decision decision, CancellationToken cancel) =>
        [.. (await Cluster.LinksAsync(ledger, [decision.Left, decision.Right!.Value], cancel)).Where(l => l.RevokedAt is null && l.Evidence == decision.Evidence)];

    internal static Task<List<Link>> RevokedByAsync(Session ledger, long seq, CancellationToken cancel) =>
        ledger.ListAsync(Sql.Of($"select {Cluster.Columns} from link l where l.revoked_by = {seq} and l.revoked_at is not null order by l.at, l.left_type, l.left_value, l.right_type, l.right_value, l.rule"), Cluster.Read, cancel);

    // A pair that was confirmed, undone and confirmed again has one link, the newest.
    internal static Task AddAsync(Session ledger, IReadOnlyList<(Identifier Left, Identifier Right)> pairs, string rule, string evidence, string source, DateTimeOffset at, CancellationToken cancel) => ledger.ExecuteChunkedAsync(
        [.. pairs.Select(p => new object?[] { p.Left.Type, p.Left.Value, p.Right.Type, p.Right.Value, rule, evidence, source, 1.0, at })],
        rows => Sql.Of($"""
            insert into link (left_type, left_value, right_type, right_value, rule, evidence, source, weight, at) {rows}
            on conflict (left_type, left_value, right_type, right_value, rule) do update
            set evidence = excluded.evidence, source = excluded.source, at = excluded.at, revoked_at = null, revoked_by = null
            where link.rule in ('confirmed', 'kept_together')
            """), cancel);

    internal static Task RevokeAsync(Session ledger, IReadOnlyList<Link> links, long seq, DateTimeOffset at, CancellationToken cancel) =>
        ChangeAsync(ledger, links, Sql.Of($"revoked_at = {at}, revoked_by = {seq}"), cancel);

    internal static Task GiveBackAsync(Session ledger, IReadOnlyList<Link> links, CancellationToken cancel) => ChangeAsync(ledger, links, Sql.Of($"revoked_at = null"), cancel);

    internal static Task BlameAsync(Session ledger, Link link, long seq, CancellationToken cancel) => ChangeAsync(ledger, [link], Sql.Of($"revoked_by = {seq}"), cancel);

    private static Task ChangeAsync(Session ledger, IReadOnlyList<Link> links, Sql set, CancellationToken cancel) => ledger.ExecuteChunkedAsync(
        [.. links.Select(l => new object?[] { l.Left.Type, l.Left.Value, l.Right.Type, l.Right.Value, l.Rule })],
        rows => Sql.Of($"""
            with v(left_type, left_value, right_type, right_value, rule) as ({rows})
            update link set {set} from v where link.left_type = v.left_type and link.left_value = v.left_value
                and link.right_type = v.right_type and link.right_value = v.right_value and link.rule = v.rule
            """), cancel);
}
