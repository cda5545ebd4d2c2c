using Kendt.Model;
using Kendt.Store;

namespace Kendt.Segments;

/// <summary>
/// What people allowed, for rules: the latest decision not after a moment of all profiles that are now one person; of two
/// at one moment the one that allows less, as Govern counts them.
/// </summary>
internal static class ConsentFacts
{
    private static readonly string[] States = ["granted", "denied", "unknown"];

    /// <summary>A query of everybody who decided on a purpose, for the warehouse: <c>(profile_id, state)</c>.</summary>
    public static async Task<Sql> OfEverybodyAsync(Stores stores, string purpose, DateTimeOffset asOf, CancellationToken cancel)
    {
        var last = await stores.Ledger.ReadAsync(session => session.ListAsync(Sql.Of($"""
            select profile_id, state from (
                select coalesce(p.merged_into, c.profile_id) as profile_id, c.state, row_number() over (
                    partition by coalesce(p.merged_into, c.profile_id)
                    order by c.at desc, case c.state when 'denied' then 0 when 'unknown' then 1 else 2 end) as place
                from consent c left join profile p on p.profile_id = c.profile_id
                where c.purpose = {purpose} and c.at <= {asOf}) as decided
            where place = 1
            """), row => (Id: row.ProfileId(0), State: row.Text(1)), cancel), cancel);
        return Sql.Join(" union all ", States.Select(state =>
            Sql.Of($"select profile_id, {state} as state from ({FilterSql.People([.. last.Where(l => l.State == state).Select(l => l.Id)])}) as decided")));
    }

    /// <summary>The decisions of one person, in order.</summary>
    public static Task<List<ConsentDecision>> OfAsync(Stores stores, ProfileId profile, CancellationToken cancel) => stores.Ledger.ReadAsync(session => session.ListAsync(Sql.Of($"""
        select c.purpose, c.state, c.at from consent c
        where c.profile_id = {profile} or c.profile_id in (select profile_id from profile where merged_into = {profile})
        order by c.at, case c.state when 'denied' then 2 when 'unknown' then 1 else 0 end
        """), row => new ConsentDecision(row.Text(0), Enum.Parse<ConsentState>(row.Text(1), ignoreCase: true), row.Time(2)), cancel), cancel);
}
