using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>Which persons belong to which company. A person may belong to several.</summary>
public static class Accounts
{
    /// <summary>Works within the caller's ledger transaction; what is known already stays as it was first said.</summary>
    public static Task BelongAsync(Session ledger, IEnumerable<(ProfileId Person, ProfileId Account, string Source, DateTimeOffset At)> news, CancellationToken cancel) =>
        ledger.ExecuteChunkedAsync([.. news.DistinctBy(n => (n.Person, n.Account)).Select(n => new object?[] { n.Person, n.Account, n.Source, n.At })],
            rows => Sql.Of($"insert into account_person (profile_id, account_id, source, at) {rows} on conflict do nothing"), cancel);

    /// <summary>The persons of a company, or the companies of a person, by ids that hold now.</summary>
    public static Task<List<ProfileId>> OfAsync(Engine ledger, ProfileId id, CancellationToken cancel) => ledger.ReadAsync(s => s.ListAsync(Sql.Of($"""
        with mine as (select profile_id from profile where profile_id = {id} or merged_into = {id}),
        other as (
            select profile_id from account_person where account_id in (select profile_id from mine)
            union select account_id from account_person where profile_id in (select profile_id from mine))
        select distinct coalesce(p.merged_into, p.profile_id) from other o join profile p on p.profile_id = o.profile_id
        """), r => r.ProfileId(0), cancel), cancel);
}
