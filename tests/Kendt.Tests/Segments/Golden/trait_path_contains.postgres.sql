with trait_now as (
    select distinct on (profile_id, name) profile_id, name, value from trait_said where name = any($1) and ts <= $2 order by profile_id, name, ts desc, seq desc),
trait_node as (select profile_id, name, case when name = any($3) then (cast(case when strpos(value, '\u0000') > 0 then regexp_replace(value, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g') else value end as json) -> cast($4 as text)) end as p0 from trait_now offset 0),
trait_value as (select profile_id, name, case when json_typeof(p0) = 'string' then p0 #>> array[]::text[] end as p0_t from trait_node offset 0),
trait_match as (select profile_id, case when name = $5 then (coalesce(p0_t ~ $6, false)) end as t0 from trait_value),
by_trait as (select * from trait_match),
facts as (select by_trait.profile_id, by_trait.t0 from by_trait)
select profile_id from facts where coalesce(t0, false)
