using Kendt.Store;
using Kendt.Store.Filters;

namespace Kendt.Segments.Insight;

/// <summary>
/// Who is looked at: everybody, or of many the same few each time, chosen by a stable hash of their ids. Members and the others are
/// chosen apart, so that a small segment is seen whole.
/// </summary>
/// <param name="All">How many there are.</param>
/// <param name="Members">How many of those are members.</param>
/// <param name="OfMembers">How many members are looked at.</param>
/// <param name="OfOthers">How many of the others are looked at.</param>
/// <param name="Who">A query of <c>(profile_id, inside)</c>, 1 for members and 0 for the others.</param>
internal sealed record Looked(long All, long Members, long OfMembers, long OfOthers, Sql Who)
{
    /// <summary>So many members, and so many others, are looked at unless everybody is asked for.</summary>
    public const int Usual = 50_000;

    /// <summary>A query of nobody: there are no members to tell apart.</summary>
    public static Sql Nobody { get; } = Sql.Of($"select profile_id from survivor where 1 = 0");

    /// <summary>A condition on <c>profile_id</c> after the step <c>who</c>: these people.</summary>
    public Sql Whose { get; init; } = Sql.Of($"profile_id in (select profile_id from who)");

    public long Others => All - Members;

    public bool IsEverybody => OfMembers == Members && OfOthers == Others;

    /// <summary>Sets of those who were looked at, as they are among all: an estimate unless that is everybody.</summary>
    public TwoSetsOf Sets(long members, long others)
    {
        var both = OfMembers == 0 ? 0 : (long)Math.Round(members / (double)OfMembers * Members);
        return new(new(members, OfMembers, members + others, OfMembers + OfOthers), new(both, Members, both + (OfOthers == 0 ? 0 : (long)Math.Round(others / (double)OfOthers * Others)), All));
    }

    /// <summary>Chooses who is looked at.</summary>
    /// <param name="everybody">A query of <c>(profile_id)</c>.</param>
    /// <param name="members">A query of those of them who are members.</param>
    /// <param name="most">The most members, and the most others, that are looked at; null for all.</param>
    public static async Task<Looked> ChooseAsync(Stores stores, Sql everybody, Sql members, int? most, string sample, CancellationToken cancel)
    {
        var who = Sql.Of($"select e.profile_id, case when m.profile_id is null then 0 else 1 end as inside from ({everybody}) as e left join ({members}) as m on m.profile_id = e.profile_id");
        if (most is not { } limit)
        {
            var (all, inside) = await stores.Warehouse.ReadAsync(s => s.FirstAsync(Sql.Of($"select count(*), sum(inside) from ({who}) as w"), r => (r.Long(0), r.IsNull(1) ? 0 : r.Long(1)), cancel), cancel);
            return new(all, inside, inside, all - inside, who);
        }
        var rows = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select profile_id, inside, people from (
                select profile_id, inside, count(*) over (partition by inside) as people, row_number() over (partition by inside order by {ValueSql.SampleDigest(sample)}, profile_id) as place from ({who}) as w) as placed
            where place <= {(long)limit}
            """), r => (Id: r.ProfileId(0), Inside: r.Int(1), People: r.Long(2)), cancel), cancel);
        var parts = rows.ToLookup(r => r.Inside);
        long People(int inside) => parts[inside].Select(r => r.People).FirstOrDefault();
        Sql Part(int inside) => Sql.Of($"select profile_id, {ValueSql.Raw(inside == 1 ? "1" : "0")} as inside from ({FilterSql.People([.. parts[inside].Select(r => r.Id)])}) as p");
        return new(People(0) + People(1), People(1), parts[1].Count(), parts[0].Count(), Sql.Of($"{Part(1)} union all {Part(0)}"));
    }
}

/// <summary>Two sets as they were seen among those who were looked at, and as they are among all.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct TwoSetsOf(Maths.TwoSets Seen, Maths.TwoSets All)
{
    /// <summary>How far members lean to the other set, and the interval: as sure as those who were looked at make it.</summary>
    public (double Ratio, double Low, double High) Lean() => All.All == 0 ? (1, 1, 1) : Seen.Lean(All.Left / (double)All.All);
}
