using System.Globalization;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>A profile whose document changed.</summary>
/// <param name="Cursor">Where to go on after it.</param>
public sealed record ProfileChange(string Cursor, ProfileId Profile, DateTimeOffset At);

/// <summary>
/// Which profiles changed, in the order in which that was written; each once, at its last change. Whoever stores the cursor
/// misses nothing: what changes again comes again.
/// </summary>
public sealed class ProfileFeed(Stores stores, TimeProvider time)
{
    // On PostgreSQL several writers may commit in another order than they took their time in.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    /// <param name="cursor">From the change before; null for changes from the beginning.</param>
    /// <exception cref="BadInputException">The cursor is not one that was given out.</exception>
    public Task<List<ProfileChange>> ReadAsync(string? cursor, int limit, CancellationToken cancel)
    {
        var (at, id) = cursor is null ? (DateTimeOffset.UnixEpoch, default) : Parse(cursor);
        var until = stores.Ledger.Dialect.HasOneWriter ? time.GetUtcNow().AddDays(1) : time.GetUtcNow() - Settling;
        return stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select profile_id, updated_at from profile_document
            where (updated_at > {at} or (updated_at = {at} and profile_id > {id})) and updated_at <= {until} order by updated_at, profile_id limit {limit}
            """), r => new ProfileChange(Write(r.Time(1), r.ProfileId(0)), r.ProfileId(0), r.Time(1)), cancel), cancel);
    }

    /// <summary>The cursor that begins now.</summary>
    public string Now => Write(time.GetUtcNow(), default);

    private static string Write(DateTimeOffset at, ProfileId id) => string.Create(CultureInfo.InvariantCulture, $"{at.UtcTicks}-{id.Value:N}");

    private static (DateTimeOffset, ProfileId) Parse(string cursor)
    {
        var dash = cursor.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && long.TryParse(cursor.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks && Guid.TryParseExact(cursor.AsSpan(dash + 1), "N", out var id)
            ? (new(ticks, TimeSpan.Zero), new(id)) : throw new BadInputException("The cursor is not one that this feed gave out. Leave it out to begin with the first change.");
    }
}
