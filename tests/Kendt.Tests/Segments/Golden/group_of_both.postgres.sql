with trait_now as (
    (select distinct on (profile_id, name) profile_id, name, value from trait_said where name = any($1) and ts <= $2 and value <> '' and name not in (select name from merge_rule as ruled) and not exists (select 1 from merge_rule as others where name = '*') order by profile_id, name, ts desc, seq desc)
union all select profile_id, name, value from (select profile_id, name, max(ts) as ts,
    case way when 'combine' then '[' || string_agg(value, ',' order by ts desc, seq desc) || ']' when 'separate' then '{' || string_agg('"' || source || '":' || value, ',' order by ts desc, seq desc) || '}' else max(value) end as value,
    string_agg(distinct source, ', ' order by source) as source
from (
    select profile_id, name, value, source, ts, seq, way, voice, first_value(voice) over (partition by profile_id, unit order by worth, ts desc, seq desc, place) as winner,
        row_number() over (partition by profile_id, name, voice order by worth, ts desc, seq desc, place) as of_voice,
        row_number() over (partition by profile_id, name, value order by ts desc, seq desc, place) as of_value,
        row_number() over (partition by profile_id, name, source order by ts desc, seq desc, place) as of_source
    from (
        select w.profile_id, w.name, w.unit, w.way, w.value, w.source, w.ts, w.seq, w.voice, w.place,
            case w.way when 'importance' then coalesce(k.place, 1000000) when 'mostFrequent' then -count(*) over (partition by w.profile_id, w.unit, w.value)
                when 'leastRecent' then cast(extract(epoch from w.ts) * 1000000 as bigint) else 0 end as worth
        from (
            select *, row_number() over (partition by profile_id, said, voice order by ts desc, seq desc) as age from (
                select t.profile_id, t.name as said, t.value, t.source, t.ts, t.seq, case when t.evidence like 'record:%' then t.evidence else t.source end as voice, r.shown as name, r.unit, r.way, r.ranks, r.place from trait_said as t join merge_rule as r on r.name = t.name where t.value <> '' and t.ts <= $3 and r.unit in (select unit from merge_rule as asked where shown = any($4))
                union all select t.profile_id, t.name as said, t.value, t.source, t.ts, t.seq, case when t.evidence like 'record:%' then t.evidence else t.source end as voice, t.name, t.name, r.way, r.ranks, r.place from trait_said as t join merge_rule as r on r.name = '*'
                    where t.value <> '' and t.name not in (select name from merge_rule as ruled) and t.ts <= $5 and t.name = any($6)) as heard
            where way <> 'exclude') as w
        left join merge_rank as k on k.ranks = w.ranks and k.source = w.source
        where w.age = 1 and (w.way = 'mostRecent' or w.value not in ('null', '""'))) as valued) as ranked
where case way when 'combine' then of_value = 1 when 'separate' then of_source = 1 else voice = winner and of_voice = 1 end and name = any($7)
group by profile_id, name, way) as ruled),
trait_node as (select profile_id, name, case when name = any($8) then cast(case when strpos(value, '\u0000') > 0 then regexp_replace(value, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g') else value end as json) end as p0 from trait_now offset 0),
trait_value as (select profile_id, name, case when json_typeof(p0) = 'string' then p0 #>> array[]::text[] end as p0_t from trait_node offset 0),
trait_match as (select profile_id, case when name = $9 then (coalesce(p0_t = $10, false)) end as t0 from trait_value),
by_trait as (select * from trait_match),
event_node as (
    select profile_id, name, ts
    from event where type = 'track' and profile_id is not null and ts <= $11 and ((name = $12 and ts > $13)) offset 0),
event_value as (select profile_id, name, ts from event_node offset 0),
event_match as (select profile_id, ts, name = $14 as m0 from event_value),
by_event as (select profile_id, count(*) filter (where m0 and ts > $15) as e0 from event_match group by profile_id),
people as (select distinct coalesce(s.survivor_id, w.profile_id) as profile_id from (
    select written_profile_id as profile_id from trait_log union select written_profile_id from event_log where written_profile_id is not null) as w
left join survivor as s on s.profile_id = w.profile_id),
facts as (select people.profile_id, by_trait.t0, by_event.e0 from people left join by_trait on by_trait.profile_id = people.profile_id left join by_event on by_event.profile_id = people.profile_id)
select profile_id from facts where (coalesce(t0, false) or (not (coalesce(cast(coalesce(e0, 0) as double precision) >= $16, false))))
