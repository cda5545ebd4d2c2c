using System.Collections.Concurrent;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>
/// Customers' pages as they are written for somebody, kept until something of them changes. What changed is known exactly where
/// this process alone writes the ledger (<see cref="Freshness"/>); where others may, a page is read anew each time.
/// </summary>
/// <param name="mostBytes">So much is kept at most.</param>
public sealed class ProfilePages(Stores stores, long mostBytes = 64L << 20)
{
    // A company with more ties than this is read anew each time.
    private const int MostMadeOf = 64;

    private readonly Lock _turning = new();
    private ConcurrentDictionary<(string Asked, string Form), Kept> _young = new(), _old = new();
    private long _bytes;

    private sealed record Kept(ReadOnlyMemory<byte> Written, ProfileId[] MadeOf, long Since);

    /// <summary>A customer's page; null if there is none.</summary>
    public Task<ProfilePage?> ReadAsync(string idOrIdentifier, CancellationToken cancel) => stores.Ledger.ReadAsync(s => PageReader.ReadAsync(s, idOrIdentifier, cancel), cancel);

    /// <summary>A customer's page as <paramref name="write"/> writes it; null if there is none.</summary>
    /// <param name="form">Names all that decides how it is written, but for the page itself.</param>
    public async ValueTask<ReadOnlyMemory<byte>?> WrittenAsync(string idOrIdentifier, string form, Func<ProfilePage, ReadOnlyMemory<byte>> write, CancellationToken cancel)
    {
        var fresh = stores.Ledger.Freshness;
        var key = (idOrIdentifier, form);
        if (_young.TryGetValue(key, out var kept) && IsFresh(kept)) return kept.Written;
        if (_old.TryRemove(key, out kept) && IsFresh(kept))
        {
            Keep(key, kept);
            return kept.Written;
        }
        var since = fresh.Now;
        if (await ReadAsync(idOrIdentifier, cancel) is not { } page) return null;
        var written = write(page);
        if (stores.Ledger.Dialect.HasOneWriter && page.MadeOf.Take(MostMadeOf + 1).ToArray() is { Length: <= MostMadeOf } of) Keep(key, new(written, of, since));
        return written;

        bool IsFresh(Kept one) => Array.TrueForAll(one.MadeOf, id => fresh.Holds(id, one.Since));
    }

    // When the young half is full it becomes the old one, and what was old and not asked for since is let go.
    private void Keep((string Asked, string Form) key, Kept kept)
    {
        var bytes = kept.Written.Length + 200 + key.Asked.Length * 2;
        if (bytes > mostBytes / 8) return;
        if (Interlocked.Add(ref _bytes, bytes) > mostBytes / 2)
        {
            lock (_turning)
            {
                if (_bytes > mostBytes / 2) (_old, _young, _bytes) = (_young, new(), bytes);
            }
        }
        _young[key] = kept;
    }
}
