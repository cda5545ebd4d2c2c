with trait_now as (
    select distinct on (profile_id, name) profile_id, name, value from trait_said where name = any($1) and ts <= $2 order by profile_id, name, ts desc, seq desc),
trait_node as (select profile_id, name, case when name = any($3) then cast(case when strpos(value, '\u0000') > 0 then regexp_replace(value, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g') else value end as json) end as p0 from trait_now offset 0),
trait_value as (select profile_id, name, case when json_typeof(p0) = 'string' then p0 #>> array[]::text[] end as p0_t, case when json_typeof(p0) = 'number' then case when length(cast(p0 as text)) <= 250 and cast(p0 as text) !~ '[eE]' then cast(cast(p0 as text) as double precision)
    when cast(p0 as text) ~ '[eE]-[0-9][0-9][0-9][0-9][0-9]+$' then 0
    when cast(p0 as text) ~ '[eE][+]?[0-9][0-9][0-9][0-9][0-9]+$' then case when cast(p0 as text) ~ '^-?[0.]+[eE]' then 0 when cast(p0 as text) ~ '^-' then cast('-1e300' as double precision) else cast('1e300' as double precision) end
    when cast(cast(p0 as text) as numeric) > 1e300 then cast('1e300' as double precision)
    when cast(cast(p0 as text) as numeric) < -1e300 then cast('-1e300' as double precision)
    when abs(cast(cast(p0 as text) as numeric)) < 2.4e-324 then 0
    else cast(cast(p0 as text) as double precision) end end as p0_n, case when json_typeof(p0) = 'boolean' then cast(p0 as text) = 'true' end as p0_b from trait_node offset 0),
trait_match as (select profile_id, case when name = $4 then (not coalesce(((coalesce(p0_b = $5, false)) or (coalesce(p0_t = any($6), false)) or (coalesce(p0_n = any($7), false))), false)) end as t0 from trait_value),
by_trait as (select * from trait_match),
people as (select distinct coalesce(s.survivor_id, w.profile_id) as profile_id from (
    select written_profile_id as profile_id from trait_log union select written_profile_id from event_log where written_profile_id is not null) as w
left join survivor as s on s.profile_id = w.profile_id),
facts as (select people.profile_id, by_trait.t0 from people left join by_trait on by_trait.profile_id = people.profile_id)
select profile_id from facts where coalesce(t0, true)
