using Kendt.Model.Merging;
using Kendt.Store.Filters;

namespace Kendt.Store;

/// <summary>Where a policy is read from by statements: <c>(name, shown, unit, way, ranks, place)</c> and <c>(ranks, source, place)</c>.</summary>
public sealed record MergeTables(Sql Rule, Sql Rank)
{
    /// <summary>The policy that holds.</summary>
    public static MergeTables Stored { get; } = new(Sql.Of($"merge_rule"), Sql.Of($"merge_rank"));

    /// <summary>A policy that is only looked at.</summary>
    public static MergeTables Of(MergePolicy policy) => new(
        policy.Rules.Count == 0 ? Sql.Of($"(select * from merge_rule where 1 = 0)") : Sql.Of($"""
            (select cast(name as text) as name, cast(shown as text) as shown, cast(unit as text) as unit, cast(way as text) as way, cast(ranks as text) as ranks, cast(place as bigint) as place
                from (values {Sql.Rows([.. policy.Rules.Select(r => new object?[] { r.Name, r.Shown, r.Unit, MergeSql.Word(r.Way), r.Ranks, r.Place })])}) as given(name, shown, unit, way, ranks, place))
            """),
        policy.Ranks.Count == 0 ? Sql.Of($"(select * from merge_rank where 1 = 0)") : Sql.Of($"""
            (select cast(ranks as text) as ranks, cast(source as text) as source, cast(place as bigint) as place
                from (values {Sql.Rows([.. policy.Ranks.Select(r => new object?[] { r.Ranks, r.Source, r.Place })])}) as given(ranks, source, place))
            """));
}

/// <summary>
/// What is shown of traits, as SQL over everybody: the meaning of <see cref="MergePolicy"/>, for DuckDB and PostgreSQL. Names without a rule
/// cost one scan, as if there were no policy.
/// </summary>
public static class MergeSql
{
    /// <summary>How a way is written in <c>merge_rule</c>: <c>mostRecent</c>.</summary>
    public static string Word(MergeWay way) => char.ToLowerInvariant(way.ToString()[0]) + way.ToString()[1..];

    /// <summary>A query of what traits are at a moment: <c>(profile_id, name, value)</c>, the value as JSON; one row a person and name.</summary>
    /// <param name="whose">A condition on <c>profile_id</c>; everybody if it is left out.</param>
    public static Sql Now(IReadOnlyCollection<string> names, DateTimeOffset asOf, MergeTables by, Sql? whose = null)
    {
        var among = whose is null ? Sql.Empty : Sql.Of($" and {whose}");
        var plain = Sql.Of($"{OneOf("name", names)}{among} and ts <= {asOf} and value <> '' and {Plain(by)}");
        return Sql.Of($"""
            {ValueSql.By(
                () => Sql.Of($"select profile_id, name, arg_max(value, cast(epoch_us(ts) as hugeint) * 9223372036854775808 + seq) as value from trait_said where {plain} group by profile_id, name"),
                () => Sql.Of($"(select distinct on (profile_id, name) profile_id, name, value from trait_said where {plain} order by profile_id, name, ts desc, seq desc)"))}
            union all select profile_id, name, value from ({Ruled(names, asOf, by, among)}) as ruled
            """);
    }

    /// <summary>The view <c>trait</c>: what is shown of everything that was ever said.</summary>
    internal static Sql View => Sql.Of($"""
        (select distinct on (profile_id, name) profile_id, name, value, source, ts from trait_said where value <> '' and {Plain(MergeTables.Stored)} order by profile_id, name, ts desc, seq desc)
        union all select profile_id, name, value, source, ts from ({Ruled(null, null, MergeTables.Stored, Sql.Empty)}) as ruled
        """);

    /// <summary>People of whom two policies show something else: <c>(profile_id, name, first, second)</c>, null where one shows nothing.</summary>
    /// <param name="names">The names that may differ; <see cref="MergePolicy.Differences"/>.</param>
    public static Sql Differences(IReadOnlyCollection<string> names, DateTimeOffset asOf, MergeTables before, MergeTables after) => Sql.Of($"""
        select coalesce(a.profile_id, b.profile_id) as profile_id, coalesce(a.name, b.name) as name, a.value as first, b.value as second
        from ({Now(names, asOf, before)}) as a full join ({Now(names, asOf, after)}) as b on b.profile_id = a.profile_id and b.name = a.name
        where coalesce(nullif(a.value, 'null'), '') <> coalesce(nullif(b.value, 'null'), '')
        """);

    private static Sql Plain(MergeTables by) => Sql.Of($"name not in (select name from {by.Rule} as ruled) and not exists (select 1 from {by.Rule} as others where name = '*')");

    // Words, newest of each voice; how good each is; which of them are shown; and what that makes.
    private static Sql Ruled(IReadOnlyCollection<string>? names, DateTimeOffset? asOf, MergeTables by, Sql among)
    {
        var until = asOf is { } at ? Sql.Of($" and t.ts <= {at}{among}") : Sql.Empty;
        var units = names is null ? Sql.Empty : Sql.Of($" and r.unit in (select unit from {by.Rule} as asked where {OneOf("shown", names)})");
        var others = names is null ? Sql.Empty : Sql.Of($" and {OneOf("t.name", names)}");
        var which = names is null ? Sql.Empty : Sql.Of($" and {OneOf("name", names)}");
        var columns = Sql.Of($"t.profile_id, t.name as said, t.value, t.source, t.ts, t.seq, case when t.evidence like 'record:%' then t.evidence else t.source end as voice");
        return Sql.Of($"""
            select profile_id, name, max(ts) as ts,
                case way when 'combine' then '[' || string_agg(value, ',' order by ts desc, seq desc) || ']' when 'separate' then '{Raw("{")}' || string_agg('"' || source || '":' || value, ',' order by ts desc, seq desc) || '{Raw("}")}' else max(value) end as value,
                string_agg(distinct source, ', ' order by source) as source
            from (
                select profile_id, name, value, source, ts, seq, way, voice, first_value(voice) over (partition by profile_id, unit order by worth, ts desc, seq desc, place) as winner,
                    row_number() over (partition by profile_id, name, voice order by worth, ts desc, seq desc, place) as of_voice,
                    row_number() over (partition by profile_id, name, value order by ts desc, seq desc, place) as of_value,
                    row_number() over (partition by profile_id, name, source order by ts desc, seq desc, place) as of_source
                from (
                    select w.profile_id, w.name, w.unit, w.way, w.value, w.source, w.ts, w.seq, w.voice, w.place,
                        case w.way when 'importance' then coalesce(k.place, 1000000) when 'mostFrequent' then -count(*) over (partition by w.profile_id, w.unit, w.value)
                            when 'leastRecent' then {ValueSql.Micros(Sql.Of($"w.ts"))} else 0 end as worth
                    from (
                        select *, row_number() over (partition by profile_id, said, voice order by ts desc, seq desc) as age from (
                            select {columns}, r.shown as name, r.unit, r.way, r.ranks, r.place from trait_said as t join {by.Rule} as r on r.name = t.name where t.value <> ''{until}{units}
                            union all select {columns}, t.name, t.name, r.way, r.ranks, r.place from trait_said as t join {by.Rule} as r on r.name = '*'
                                where t.value <> '' and t.name not in (select name from {by.Rule} as ruled){until}{others}) as heard
                        where way <> 'exclude') as w
                    left join {by.Rank} as k on k.ranks = w.ranks and k.source = w.source
                    where w.age = 1 and (w.way = 'mostRecent' or w.value not in ('null', '""'))) as valued) as ranked
            where case way when 'combine' then of_value = 1 when 'separate' then of_source = 1 else voice = winner and of_voice = 1 end{which}
            group by profile_id, name, way
            """);
    }

    // Names are asked of a query whose text is not a person's.
    private static Sql OneOf(string column, IReadOnlyCollection<string> names) =>
        names.Contains(MergePolicy.Others) ? Sql.Of($"1 = 1") : ValueSql.OneOf(ValueSql.Raw(column), [.. names]);

    private static Sql Raw(string text) => ValueSql.Raw(text);
}
