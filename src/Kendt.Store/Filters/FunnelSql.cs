using Kendt.Model.Filters;

namespace Kendt.Store.Filters;

/// <summary>How far everybody came through a sequence, in one scan for all its beginnings; the same meaning as each beginning has as a rule.</summary>
public static class FunnelSql
{
    /// <summary>
    /// A query of everybody who did the first step: <c>(profile_id, r1 ... rK, g2 ... gK)</c>, whether they reached each step, and
    /// the shortest time since the step before, in microseconds.
    /// </summary>
    /// <param name="among">A query of those who are looked at: <c>(profile_id)</c>; null for everybody.</param>
    public static Sql Reached(SequenceRule rule, Sql? among, DateTimeOffset asOf)
    {
        asOf = asOf.ToUniversalTime();
        var count = rule.Steps.Count;
        var later = Enumerable.Range(2, count - 1).ToList();
        var before = later.Select(k => Sql.Of($", {SequenceScan.Latest(Sql.Of($"case when {Sql.Name($"first_{k - 1}")} is not null then micros end"), rule.Steps[k - 1].After)} as {Sql.Name($"before_{k}")}"));
        var reached = later.Select(k => Sql.Of($", bool_or({SequenceScan.Reached(rule, k)}) as {Sql.Name($"r{k}")}"));
        var gaps = later.Select(k => Sql.Of($", min(case when {SequenceScan.Reached(rule, k)} then micros - {Sql.Name($"before_{k}")} end) as {Sql.Name($"g{k}")}"));
        return Sql.Of($"""
            with {new SequenceScan(asOf, among).Chain(rule, "funnel")},
            funnel_gap as (select *{Sql.Join("", before)} from {Sql.Name($"funnel_{count}")})
            select profile_id, true as r1{Sql.Join("", reached)}{Sql.Join("", gaps)} from funnel_gap group by profile_id having bool_or(first_1 is not null)
            """);
    }

    /// <summary>A query of everybody who did the first step: <c>(profile_id)</c>.</summary>
    public static Sql Began(SequenceRule rule, DateTimeOffset asOf)
    {
        asOf = asOf.ToUniversalTime();
        var rows = new EventRows("began", asOf);
        var since = rule.Within is { } within ? Moments.Later(asOf, -within.Ticks) : null as DateTimeOffset?;
        var match = rows.Match(rule.Steps[0].Match, since);
        return Sql.Of($"with {rows.Steps()} select distinct profile_id from began_match where {match}");
    }
}

/// <summary>When people began, and when they came back.</summary>
public static class CohortSql
{
    /// <summary>
    /// A query of <c>(began, back, people)</c> over periods that touch one another, by their places: how many began in a period, with
    /// null for back, and how many of those came back in each period from that one on.
    /// </summary>
    /// <param name="ends">The first moment of each period, and the end of the last.</param>
    /// <param name="among">A query of those who are looked at; null for everybody.</param>
    public static Sql Of(EventMatch first, EventMatch back, IReadOnlyList<DateTimeOffset> ends, Sql? among, DateTimeOffset asOf)
    {
        asOf = asOf.ToUniversalTime();
        var (firsts, backs) = (new EventRows("first", asOf), new EventRows("back", asOf));
        var (isFirst, isBack) = (firsts.Match(first, null), backs.Match(back, ends[0].AddMicroseconds(-1)));
        var whose = among is null ? Sql.Empty : Sql.Of($" and profile_id in ({among})");
        return Sql.Of($"""
            with {firsts.Steps()},
            {backs.Steps()},
            began as (select profile_id, min(ts) as ts from first_match where {isFirst} group by profile_id),
            cohort as (select profile_id, {Place(ends)} as place from began where ts >= {ends[0]} and ts < {ends[^1]}{whose}),
            came as (select distinct profile_id, {Place(ends)} as place from back_match where {isBack} and ts >= {ends[0]} and ts < {ends[^1]})
            select place as began, cast(null as integer) as back, count(*) as people from cohort group by place
            union all select c.place, b.place, count(*) from cohort c join came b on b.profile_id = c.profile_id and b.place >= c.place group by c.place, b.place
            """);
    }

    private static Sql Place(IReadOnlyList<DateTimeOffset> ends) => Sql.Of(
        $"case {Sql.Join(" ", ends.Skip(1).Select((end, i) => Sql.Of($"when ts < {end} then {ValueSql.Raw(i.ToString(System.Globalization.CultureInfo.InvariantCulture))}")))} end");
}
