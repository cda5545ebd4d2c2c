with trait_now as (
    select profile_id, name, arg_max(value, cast(epoch_us(ts) as hugeint) * 9223372036854775808 + seq) as value from trait_said where name in ($1) and ts <= $2 group by profile_id, name),
trait_node as (select profile_id, name, case when name in ($3) then cast(value as json) end as p0 from trait_now),
trait_value as (select profile_id, name, case when json_type(p0) = 'VARCHAR' then json_extract_string(p0, '$') end as p0_t, case when cast(p0 as varchar) between '-' and ':' then least(cast('1e300' as double), greatest(cast('-1e300' as double), try_cast(cast(p0 as varchar) as double))) end as p0_n, case when json_type(p0) = 'BOOLEAN' then cast(p0 as varchar) = 'true' end as p0_b from trait_node),
trait_match as (select profile_id, case when name = $4 then (not coalesce(((coalesce(p0_b = $5, false)) or (coalesce(p0_t in ($6), false)) or (coalesce(p0_n in ($7), false))), false)) end as t0 from trait_value),
by_trait as (select * from trait_match),
people as (select distinct coalesce(s.survivor_id, w.profile_id) as profile_id from (
    select written_profile_id as profile_id from trait_log union select written_profile_id from event_log where written_profile_id is not null) as w
left join survivor as s on s.profile_id = w.profile_id),
facts as (select people.profile_id, by_trait.t0 from people left join by_trait on by_trait.profile_id = people.profile_id)
select profile_id from facts where coalesce(t0, true)
