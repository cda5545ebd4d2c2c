using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>The dead letters of a workspace: what was refused at the door, in files, and when messages and records were read.</summary>
public sealed class DeadLetters(Stores stores)
{
    /// <summary>The offset of the refused items of the intake that are here.</summary>
    internal const string Offset = "dead_letter";

    internal static readonly string[] Columns = ["dead_letter_id", "source", "origin", "reason", "body", "received_at", "mended", "mapping", "tries", "tried_at"];

    private const int MaxMended = 4 * 1024 * 1024;

    /// <summary>Keeps dead letters; one that is there already (by its id) is not kept twice.</summary>
    public async Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancel)
    {
        if (letters.Count > 0) await stores.Warehouse.WriteAsync(session => WriteAsync(session, letters, cancel), cancel);
    }

    /// <summary>Brings items that the intake refused from its log to the dead letters, at most <paramref name="max"/>.</summary>
    /// <returns>How many came; fewer than <paramref name="max"/> means that there are no more for now.</returns>
    public async Task<int> ProjectAsync(int max, CancellationToken cancel)
    {
        var from = await stores.Warehouse.ReadAsync(s => Projection.ReadAsync(s, Offset, cancel), cancel);
        var rows = await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select seq, source, origin, reason, body, received_at from rejected_item where seq > {from} order by seq limit {(long)max}
            """), row => (Seq: row.Long(0), Letter: new DeadLetter(IdOf("rejected\0" + row.Long(0), row.Time(5)), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Time(5))), cancel), cancel);
        if (rows.Count == 0) return 0;
        await stores.Warehouse.WriteAsync(async session =>
        {
            await session.LoadAsync("dead_letter", Columns, rows.Select(r => Values(r.Letter)), cancel);
            await Projection.WriteAsync(session, Offset, rows[^1].Seq, cancel);
        }, cancel);
        await stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"delete from rejected_item where seq <= {rows[^1].Seq}"), cancel), cancel);
        return rows.Count;
    }

    /// <summary>The newest first.</summary>
    public Task<List<DeadLetter>> ListAsync(DeadLetterFilter filter, int skip, int take, CancellationToken cancel) =>
        stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"{Select} where {Where(filter)} order by received_at desc, dead_letter_id desc limit {(long)take} offset {(long)skip}"), Read, cancel), cancel);

    internal Task<List<DeadLetter>> OldestAsync(DeadLetterFilter filter, int take, CancellationToken cancel) =>
        stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"{Select} where {Where(filter)} order by received_at, dead_letter_id limit {(long)take}"), Read, cancel), cancel);

    /// <summary>How many <see cref="ListAsync"/> finds in all.</summary>
    public Task<long> CountAsync(DeadLetterFilter filter, CancellationToken cancel) =>
        stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from dead_letter where {Where(filter)}"), cancel), cancel);

    /// <summary>How many there are for each source and reason, the most frequent first.</summary>
    public Task<List<DeadLetterCount>> CountByReasonAsync(DeadLetterFilter filter, int take, CancellationToken cancel) =>
        stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select source, reason, count(*) as letters, max(received_at) from dead_letter where {Where(filter)}
            group by source, reason order by letters desc, source, reason limit {(long)take}
            """), row => new DeadLetterCount(row.Text(0), row.Text(1), row.Long(2), row.Time(3)), cancel), cancel);

    public Task<DeadLetter?> FindAsync(Guid id, CancellationToken cancel) =>
        stores.Warehouse.ReadAsync(s => s.FirstAsync(Sql.Of($"{Select} where dead_letter_id = {id}"), Read, cancel), cancel);

    /// <summary>Keeps a mended body beside the one that was sent; null takes it back.</summary>
    /// <returns>False if there is no such letter.</returns>
    public async Task<bool> MendAsync(Guid id, string? body, CancellationToken cancel)
    {
        if (body?.Length > MaxMended) throw new BadInputException($"The mended body has more than {MaxMended / 1024:N0} thousand characters.");
        return await stores.Warehouse.WriteAsync(s => s.ExecuteAsync(Sql.Of($"update dead_letter set mended = {body?.Replace('\0', '\uFFFD')} where dead_letter_id = {id}"), cancel), cancel) > 0;
    }

    /// <summary>Says by which mapping rows are to be read when they are replayed.</summary>
    /// <returns>How many letters.</returns>
    internal Task<int> MendAsync(DeadLetterFilter filter, string mapping, CancellationToken cancel) =>
        stores.Warehouse.WriteAsync(s => s.ExecuteAsync(Sql.Of($"update dead_letter set mapping = {mapping} where {Where(filter)} and ({IsRow})"), cancel), cancel);

    /// <summary>Removes letters that nobody wants any more. What they said is gone; that they were discarded is the caller's to audit.</summary>
    /// <returns>How many were removed.</returns>
    public Task<int> DiscardAsync(DeadLetterFilter filter, CancellationToken cancel) =>
        stores.Warehouse.WriteAsync(s => s.ExecuteAsync(Sql.Of($"delete from dead_letter where {Where(filter)}"), cancel), cancel);

    /// <summary>In the caller's warehouse transaction: those that were taken leave, those that failed again get their new reason.</summary>
    internal static async Task SettleAsync(Session session, IReadOnlyList<Guid> taken, IReadOnlyList<(Guid Id, string Reason)> failed, DateTimeOffset at, CancellationToken cancel)
    {
        await session.ExecuteChunkedAsync([.. taken.Select(id => new object?[] { id })], rows => Sql.Of($"delete from dead_letter where dead_letter_id in ({rows})"), cancel);
        await session.ExecuteChunkedAsync([.. failed.Select(f => new object?[] { f.Id, f.Reason })], rows => Sql.Of($"""
            with v(id, said) as ({rows}) update dead_letter set reason = v.said, tries = tries + 1, tried_at = {at} from v where dead_letter_id = v.id
            """), cancel);
    }

    /// <summary>The same within the caller's warehouse transaction.</summary>
    public static async Task WriteAsync(Session session, IReadOnlyList<DeadLetter> letters, CancellationToken cancel)
    {
        var once = letters.DistinctBy(l => l.Id).ToList();
        await session.ExecuteChunkedAsync([.. once.Select(l => new object?[] { l.Id })], rows => Sql.Of($"delete from dead_letter where dead_letter_id in ({rows})"), cancel);
        await session.LoadAsync("dead_letter", Columns, once.Select(Values), cancel);
    }

    /// <summary>Bytes as text that every engine keeps: what is not UTF-8, and NUL, becomes U+FFFD.</summary>
    internal static string TextOf(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;
    }

    /// <summary>A version-7 UUID whose random bits are a digest, so that the same letter has the same id.</summary>
    internal static Guid IdOf(string content, DateTimeOffset at)
    {
        Span<byte> digest = stackalloc byte[32], id = stackalloc byte[16];
        SHA256.HashData(Encoding.UTF8.GetBytes(content), digest);
        BinaryPrimitives.WriteInt64BigEndian(id, at.ToUnixTimeMilliseconds() << 16);
        digest[..10].CopyTo(id[6..]);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new(id, bigEndian: true);
    }

    private static object?[] Values(DeadLetter l) => [l.Id, l.Source, l.Origin, l.Reason, l.Body, l.ReceivedAt, l.Mended, l.Mapping, l.Tries, l.TriedAt];

    private static Sql Select => Sql.Of($"select dead_letter_id, source, origin, reason, body, received_at, mended, mapping, tries, tried_at from dead_letter");

    private static Sql IsRow => Sql.Of($"origin like 'import:%' or origin like 'record:%'");

    private static DeadLetter Read(Row row) => new(row.Guid(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Time(5))
    {
        Mended = row.TextOrNull(6),
        Mapping = row.TextOrNull(7),
        Tries = row.Long(8),
        TriedAt = row.TimeOrNull(9),
    };

    private static Sql Where(DeadLetterFilter filter)
    {
        List<Sql> conditions = [];
        if (filter.Ids is { } ids) conditions.Add(Sql.Or([.. ids.Select(id => Sql.Of($"dead_letter_id = {id}"))]));
        if (!string.IsNullOrEmpty(filter.Source)) conditions.Add(Sql.Of($"source = {filter.Source}"));
        if (!string.IsNullOrEmpty(filter.Reason)) conditions.Add(Sql.Of($"reason = {filter.Reason}"));
        if (filter.From is { } from) conditions.Add(Sql.Of($"received_at >= {from}"));
        if (filter.Before is { } before) conditions.Add(Sql.Of($"received_at < {before}"));
        if (filter.NotTriedSince is { } since) conditions.Add(Sql.Of($"(tried_at is null or tried_at < {since})"));
        if (!string.IsNullOrWhiteSpace(filter.Text))
        {
            var like = "%" + filter.Text.Trim().Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_") + "%";
            conditions.Add(Sql.Of($"(reason ilike {like} escape '\\' or body ilike {like} escape '\\')"));
        }
        return Sql.And(conditions);
    }
}
