with trait_now as (
    select profile_id, name, arg_max(value, cast(epoch_us(ts) as hugeint) * 9223372036854775808 + seq) as value from trait_said where name in ($1) and ts <= $2 group by profile_id, name),
trait_node as (select profile_id, name, case when name in ($3) then json_extract(value, $4) end as p0 from trait_now),
trait_value as (select profile_id, name, case when json_type(p0) = 'VARCHAR' then json_extract_string(p0, '$') end as p0_t from trait_node),
trait_match as (select profile_id, case when name = $5 then (coalesce(regexp_matches(p0_t, $6), false)) end as t0 from trait_value),
by_trait as (select * from trait_match),
facts as (select by_trait.profile_id, by_trait.t0 from by_trait)
select profile_id from facts where coalesce(t0, false)
