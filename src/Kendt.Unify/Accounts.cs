using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>A person of a company, as a message or record said it.</summary>
/// <param name="PersonNamedBy">The identifier that decided who the person is; the tie follows it when a profile comes apart.</param>
/// <param name="AccountNamedBy">The same for the company.</param>
public sealed record Belonging(ProfileId Person, ProfileId Account, string Source, string Evidence, DateTimeOffset At, Identifier PersonNamedBy, Identifier AccountNamedBy);

/// <summary>Which persons belong to which company, and which companies to which group. A person may belong to several.</summary>
public static class Accounts
{
    /// <summary>Works within the caller's ledger transaction; each identifier that ties them is kept once, as it was first said.</summary>
    public static async Task BelongAsync(Session ledger, IEnumerable<Belonging> news, CancellationToken cancel) => ledger.Changes((await ledger.ListChunkedAsync(
        [.. news.DistinctBy(n => (n.Person, n.Account, n.PersonNamedBy)).Select(n => new object?[] { n.Person, n.Account, n.Source, n.Evidence, n.At, n.PersonNamedBy.ToString(), n.AccountNamedBy.ToString() })],
        rows => Sql.Of($"insert into account_person (profile_id, account_id, source, evidence, at, person_named_by, account_named_by) {rows} on conflict do nothing returning profile_id, account_id"),
        r => new[] { r.ProfileId(0), r.ProfileId(1) }, cancel)).SelectMany(tied => tied));

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
        ledger.Changes(ties.SelectMany(t => new[] { t.Was.Person, t.Was.Account }));
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

    private static Identifier Named(string text) => Identifier.TryParse(text, out var identifier) ? identifier : default;
}
