using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>The messages as a table of the ledger: with PostgreSQL they belong where the rest is, with its backups and its standby.</summary>
internal sealed class MessageTable : IMessageStore
{
    private readonly Stores _stores;
    private long _last;
    private bool _looksFirst;

    private MessageTable(Stores stores, long last) => (_stores, _last) = (stores, last);

    public long Last => Volatile.Read(ref _last);

    public static async Task<MessageTable> OpenAsync(Stores stores, CancellationToken cancel) => new(stores, await EndAsync(stores, cancel));

    // Nearly always every message is new, and the unique index on its digest says so without being asked first. Where it
    // refuses, the group is written again with a look at what is known; so is the next, for duplicates come in rows.
    public async ValueTask<int[]> AppendAsync(IReadOnlyList<Append> calls)
    {
        var fresh = new int[calls.Count];
        long last;
        try
        {
            last = await _stores.Ledger.WriteAsync(s => WriteAsync(s, calls, fresh, _looksFirst), CancellationToken.None);
        }
        catch (SqlException)
        {
            // Somebody else may have written to the log, too: read its end again.
            _last = await EndAsync(_stores, CancellationToken.None);
            last = await _stores.Ledger.WriteAsync(s => WriteAsync(s, calls, fresh, looksFirst: true), CancellationToken.None);
        }
        _looksFirst = calls.Where((call, i) => fresh[i] < call.Items.Count).Any();
        Volatile.Write(ref _last, last);
        return fresh;
    }

    public Task<List<Message>> ReadAsync(long afterSeq, int max, CancellationToken cancel) => _stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
        select seq, source, message_id, received_at, sent_at, body from message where seq > {afterSeq} order by seq limit {(long)max}
        """), row => new Message(row.Long(0), row.Text(1), row.Text(2), row.Time(3), row.TimeOrNull(4), row.Bytes(5)), cancel), cancel);

    public async Task<LogHealth> VerifyAsync(CancellationToken cancel)
    {
        var last = Last;
        return new(await _stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from message where seq <= {last}"), cancel), cancel), []);
    }

    public async Task<long> RemoveAsync(DateTimeOffset receivedBefore, long upToSeq, CancellationToken cancel) => await _stores.Ledger.WriteAsync(
        s => s.ExecuteAsync(Sql.Of($"delete from message where seq <= {upToSeq} and received_at < {receivedBefore}"), cancel), cancel);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The key by which a message is known again: the first half of SHA-256 over source, NUL, messageId.</summary>
    internal static byte[] DigestOf(string source, string messageId)
    {
        Span<byte> text = stackalloc byte[1024];
        var most = (source.Length + messageId.Length) * 3 + 1;
        if (most > text.Length) text = new byte[most];
        var length = Encoding.UTF8.GetBytes(source, text);
        text[length++] = 0;
        length += Encoding.UTF8.GetBytes(messageId, text[length..]);
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(text[..length], digest);
        return digest[..16].ToArray();
    }

    private async Task<long> WriteAsync(Session session, IReadOnlyList<Append> calls, int[] fresh, bool looksFirst)
    {
        var digests = calls.Select(call => call.Items.Select(item => DigestOf(call.Source, item.MessageId)).ToArray()).ToArray();
        var known = looksFirst ? await KnownAsync(session, digests) : [];
        var seq = _last;
        var rows = new List<object?[]>();
        for (var c = 0; c < calls.Count; c++)
        {
            fresh[c] = 0;
            for (var i = 0; i < digests[c].Length; i++)
            {
                if (!known.Add(Number(digests[c][i]))) continue;
                var item = calls[c].Items[i];
                rows.Add([++seq, calls[c].Source, item.MessageId, digests[c][i], calls[c].ReceivedAt, item.SentAt, item.Body.ToArray()]);
                fresh[c]++;
            }
        }
        if (rows.Count > 0)
            await session.LoadAsync("message", ["seq", "source", "message_id", "dedupe", "received_at", "sent_at", "body"], rows, CancellationToken.None);
        return seq;
    }

    private static async Task<HashSet<UInt128>> KnownAsync(Session session, byte[][][] digests) => [.. await session.ListChunkedAsync(
        [.. digests.SelectMany(d => d, (_, digest) => new object?[] { digest })],
        rows => Sql.Of($"with v(d) as ({rows}) select m.dedupe from v join message m on m.dedupe = v.d"), row => Number(row.Bytes(0)), CancellationToken.None)];

    private static UInt128 Number(byte[] digest) => BinaryPrimitives.ReadUInt128BigEndian(digest);

    private static Task<long> EndAsync(Stores stores, CancellationToken cancel) =>
        stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select max(seq) from message"), cancel), cancel);
}
