using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>Something that could not be taken, as it was sent, with the reason: kept to be seen, mended and sent again.</summary>
/// <param name="Origin">Where it came in: <c>intake</c>, <c>message:SOURCE:SEQ</c>, <c>import:ID:ROW</c> or <c>record:SOURCE:KEY</c>.</param>
public sealed record DeadLetter(Guid Id, string Source, string Origin, string Reason, string Body, DateTimeOffset ReceivedAt)
{
    /// <summary>A dead letter whose id follows from what it says, so that writing it twice leaves one.</summary>
    public static DeadLetter Of(string source, string origin, string reason, string body, DateTimeOffset receivedAt) =>
        new(DeadLetters.IdOf($"{source}\0{origin}\0{reason}\0{body}", receivedAt), source, origin, reason, body, receivedAt);
}

/// <summary>How many dead letters a source has for one reason.</summary>
public sealed record DeadLetterCount(string Source, string Reason, long Count, DateTimeOffset LastSeen);

/// <summary>The dead letters of a workspace: what was refused at the door, in files, and when messages and records were read.</summary>
public sealed class DeadLetters(Stores stores)
{
    /// <summary>The offset of the refused items of the intake that are here.</summary>
    internal const string Offset = "dead_letter";

    internal static readonly string[] Columns = ["dead_letter_id", "source", "origin", "reason", "body", "received_at"];

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

    /// <summary>The newest first; <paramref name="text"/> is looked for in the reason and the body.</summary>
    public Task<List<DeadLetter>> ListAsync(string? source, string? text, int skip, int take, CancellationToken cancel) =>
        stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select dead_letter_id, source, origin, reason, body, received_at from dead_letter
            where {Where(source, text)} order by received_at desc, dead_letter_id desc limit {(long)take} offset {(long)skip}
            """), Read, cancel), cancel);

    /// <summary>How many <see cref="ListAsync"/> finds in all.</summary>
    public Task<long> CountAsync(string? source, string? text, CancellationToken cancel) =>
        stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from dead_letter where {Where(source, text)}"), cancel), cancel);

    /// <summary>How many there are for each source and reason, the most frequent first.</summary>
    public Task<List<DeadLetterCount>> CountByReasonAsync(string? source, int take, CancellationToken cancel) =>
        stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select source, reason, count(*) as letters, max(received_at) from dead_letter where {Where(source, null)}
            group by source, reason order by letters desc, source, reason limit {(long)take}
            """), row => new DeadLetterCount(row.Text(0), row.Text(1), row.Long(2), row.Time(3)), cancel), cancel);

    public Task<DeadLetter?> FindAsync(Guid id, CancellationToken cancel) =>
        stores.Warehouse.ReadAsync(s => s.FirstAsync(Sql.Of($"""
            select dead_letter_id, source, origin, reason, body, received_at from dead_letter where dead_letter_id = {id}
            """), Read, cancel), cancel);

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

    private static object?[] Values(DeadLetter l) => [l.Id, l.Source, l.Origin, l.Reason, l.Body, l.ReceivedAt];

    private static DeadLetter Read(Row row) => new(row.Guid(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Time(5));

    private static Sql Where(string? source, string? text)
    {
        List<Sql> conditions = [];
        if (!string.IsNullOrEmpty(source)) conditions.Add(Sql.Of($"source = {source}"));
        if (!string.IsNullOrWhiteSpace(text))
        {
            var like = "%" + text.Trim().Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_") + "%";
            conditions.Add(Sql.Of($"(reason ilike {like} escape '\\' or body ilike {like} escape '\\')"));
        }
        return Sql.And(conditions);
    }
}
