using Kendt.Model;
using Kendt.Store;

namespace Kendt.Govern;

/// <summary>
/// Links with which a member signs in once without a password: the first visit of a new workspace, an invitation, a
/// forgotten password. Only a hash is kept; using it is one atomic step, so two requests with the same link cannot both
/// sign in.
/// </summary>
public sealed class SignInLinks(Stores stores, TimeProvider time)
{
    private readonly Audit _audit = new(stores, time);
    private readonly Members _members = new(stores, time);

    /// <summary>The longest that a link may live.</summary>
    public static TimeSpan LongestLifetime { get; } = TimeSpan.FromDays(7);

    /// <returns>The secret part of the link; it cannot be shown again.</returns>
    /// <exception cref="BadInputException">No such member, or a lifetime that is not between nothing and 7 days.</exception>
    public async Task<string> CreateAsync(string email, TimeSpan lifetime, CancellationToken cancel)
    {
        var canonical = Members.Canonical(email);
        if (lifetime <= TimeSpan.Zero || lifetime > LongestLifetime)
            throw new BadInputException($"lifetime is {lifetime}; a sign-in link lives more than nothing and at most {LongestLifetime.TotalDays:0} days.");
        var raw = Opaque.Create();
        var now = time.GetUtcNow();
        await stores.Ledger.WriteAsync(async session =>
        {
            if (await Members.FindAsync(session, canonical, cancel) is null) throw new BadInputException($"email '{canonical}' is no member; add it first.");
            await session.ExecuteAsync(Sql.Of($"delete from sign_in_link where expires_at < {now}"), cancel);
            await session.ExecuteAsync(Sql.Of($"""
                insert into sign_in_link (link_hash, email, expires_at, used_at)
                values ({Opaque.Hash(raw)}, {canonical}, {now + lifetime}, {null as DateTimeOffset?})
                """), cancel);
            await _audit.WriteAsync(session, canonical, "sign_in_link.created", canonical, $"for {lifetime.TotalMinutes:0} minutes", cancel);
        }, cancel);
        return raw;
    }

    /// <summary>Signs the member in; null when the link is unknown, used or too old.</summary>
    public async Task<Member?> UseAsync(string raw, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return await stores.Ledger.WriteAsync(async session =>
        {
            var email = await session.FirstAsync(Sql.Of($"""
                update sign_in_link set used_at = {now}
                where link_hash = {Opaque.Hash(raw)} and used_at is null and expires_at > {now} returning email
                """), row => row.Text(0), cancel);
            if (email is not null && await Members.FindAsync(session, email, cancel) is { } member)
                return await _members.SignInAsync(session, member, "link", cancel);
            await _audit.WriteAsync(session, "unknown", "member.sign_in_refused", "unknown", "link unknown, used or too old", cancel);
            return null;
        }, cancel);
    }
}
