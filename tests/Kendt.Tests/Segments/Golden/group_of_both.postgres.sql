with trait_now as (
    select distinct on (profile_id, name) profile_id, name, value from trait_said where name = any($1) and ts <= $2 order by profile_id, name, ts desc, seq desc),
trait_node as (select profile_id, name, case when name = any($3) then cast(case when strpos(value, '\u0000') > 0 then regexp_replace(value, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g') else value end as json) end as p0 from trait_now offset 0),
trait_value as (select profile_id, name, case when json_typeof(p0) = 'string' then p0 #>> array[]::text[] end as p0_t from trait_node offset 0),
trait_match as (select profile_id, case when name = $4 then (coalesce(p0_t = $5, false)) end as t0 from trait_value),
by_trait as (select * from trait_match),
event_node as (
    select profile_id, name, ts
    from event where type = 'track' and profile_id is not null and ts <= $6 and ((name = $7 and ts > $8)) offset 0),
event_value as (select profile_id, name, ts from event_node offset 0),
event_match as (select profile_id, ts, name = $9 as m0 from event_value),
by_event as (select profile_id, count(*) filter (where m0 and ts > $10) as e0 from event_match group by profile_id),
people as (select distinct coalesce(s.survivor_id, w.profile_id) as profile_id from (
    select written_profile_id as profile_id from trait_log union select written_profile_id from event_log where written_profile_id is not null) as w
left join survivor as s on s.profile_id = w.profile_id),
facts as (select people.profile_id, by_trait.t0, by_event.e0 from people left join by_trait on by_trait.profile_id = people.profile_id left join by_event on by_event.profile_id = people.profile_id)
select profile_id from facts where (coalesce(t0, false) or (not (coalesce(cast(coalesce(e0, 0) as double precision) >= $11, false))))
