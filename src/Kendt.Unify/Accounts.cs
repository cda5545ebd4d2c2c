using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>A person of a company, as a message or record said it.</summary>
/// <param name="PersonNamedBy">The identifier that decided who the person is; the tie follows it when a profile comes apart.</param>
/// <param name="AccountNamedBy">The same for the company.</param>
public sealed record Belonging(ProfileId Person, ProfileId Account, string Source, string Evidence, DateTimeOffset At, Identifier PersonNamedBy, Identifier AccountNamedBy);

/// <summary>A tie of a customer to a company, seen from that customer.</summary>
/// <param name="Other">By the id that holds now.</param>
/// <param name="IsAbove">The other is a company that this customer belongs to; if not, the other belongs to this one.</param>
/// <param name="IsCompany">Whether the other is a company: then it is a group and a company of it.</param>
public sealed record AccountTie(ProfileId Other, bool IsAbove, bool IsCompany, string Source, string Evidence, DateTimeOffset At);

/// <summary>Which persons belong to which company, and which companies to which group. A person may belong to several.</summary>
public static class Accounts
{
    /// <summary>Works within the caller's ledger transaction; each identifier that ties them is kept once, as it was first said.</summary>
    public static Task BelongAsync(Session ledger, IEnumerable<Belonging> news, CancellationToken cancel) => ledger.ExecuteChunkedAsync(
        [.. news.DistinctBy(n => (n.Person, n.Account, n.PersonNamedBy)).Select(n => new object?[] { n.Person, n.Account, n.Source, n.Evidence, n.At, n.PersonNamedBy.ToString(), n.AccountNamedBy.ToString() })],
        rows => Sql.Of($"insert into account_person (profile_id, account_id, source, evidence, at, person_named_by, account_named_by) {rows} on conflict do nothing"), cancel);

    /// <summary>Brings ties to those whom the identifiers that named them belong to now. Works within the caller's ledger transaction; doing it again changes nothing.</summary>
    public static async Task MoveAsync(Session ledger, Reattribution.Waiting waiting, CancellationToken cancel)
    {
        var ties = (await ledger.ListChunkedAsync([.. waiting.Profiles.Keys.Select(id => new object?[] { id })],
            rows => Sql.Of($"""
                with v(profile_id) as ({rows})
                select a.profile_id, a.account_id, a.source, a.evidence, a.at, a.person_named_by, a.account_named_by from account_person a
                where a.profile_id in (select profile_id from v) or a.account_id in (select profile_id from v)
                """),
            r => new Belonging(r.ProfileId(0), r.ProfileId(1), r.Text(2), r.Text(3), r.Time(4), Named(r.Text(5)), Named(r.Text(6))), cancel)).Distinct()
            .Select(tie => (Was: tie, Is: tie with { Person = waiting.OwnerOf(tie.PersonNamedBy, tie.Person), Account = waiting.OwnerOf(tie.AccountNamedBy, tie.Account) }))
            .Where(tie => tie.Was != tie.Is).ToList();
        await ledger.ExecuteChunkedAsync([.. ties.Select(t => new object?[] { t.Was.Person, t.Was.Account, t.Was.PersonNamedBy.ToString() })],
            rows => Sql.Of($"delete from account_person where (profile_id, account_id, person_named_by) in ({rows})"), cancel);
        await BelongAsync(ledger, ties.OrderBy(t => t.Is.At).Select(t => t.Is), cancel);
    }

    /// <summary>The persons of a company, or the companies of a person, by ids that hold now.</summary>
    public static Task<List<ProfileId>> OfAsync(Engine ledger, ProfileId id, CancellationToken cancel) => ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
        with mine as (select profile_id from profile where profile_id = {id} or merged_into = {id}),
        other as (
            select profile_id from account_person where account_id in (select profile_id from mine)
            union select account_id from account_person where profile_id in (select profile_id from mine))
        select distinct coalesce(p.merged_into, p.profile_id) from other o join profile p on p.profile_id = o.profile_id
        """), r => r.ProfileId(0), cancel), cancel);

    /// <summary>The ties of a customer with their evidence, one for each other, as it was first said.</summary>
    public static async Task<IReadOnlyList<AccountTie>> TiesAsync(Engine ledger, ProfileId id, CancellationToken cancel) => [.. (await ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
        with mine as (select profile_id from profile where profile_id = {id} or merged_into = {id}),
        tie as (
            select account_id as other, 1 as above, source, evidence, at from account_person where profile_id in (select profile_id from mine)
            union all select profile_id, 0, source, evidence, at from account_person where account_id in (select profile_id from mine))
        select r.profile_id, t.above, r.kind, t.source, t.evidence, t.at from tie t
        join profile p on p.profile_id = t.other join profile r on r.profile_id = coalesce(p.merged_into, p.profile_id)
        where r.profile_id <> {id} order by t.at, r.profile_id
        """), r => new AccountTie(r.ProfileId(0), r.Int(1) == 1, r.Text(2) == People.Account, r.Text(3), r.Text(4), r.Time(5)), cancel), cancel)).DistinctBy(t => (t.Other, t.IsAbove))];

    private static Identifier Named(string text) => Identifier.TryParse(text, out var identifier) ? identifier : default;
}
