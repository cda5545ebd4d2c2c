with trait_now as (
    select distinct on (profile_id, name) profile_id, name, value from trait_said where name = any($1) and ts <= $2 order by profile_id, name, ts desc, seq desc),
trait_node as (select profile_id, name, case when name = any($3) then cast(case when strpos(value, '\u0000') > 0 then regexp_replace(value, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g') else value end as json) end as p0 from trait_now offset 0),
trait_value as (select profile_id, name, case when json_typeof(p0) = 'string' then p0 #>> array[]::text[] end as p0_t from trait_node offset 0),
trait_match as (select profile_id, case when name = $4 then (coalesce(case when p0_t ~ '^(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)(?:T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,7})?)?(?:Z|[-+](?:[01][0-9]|2[0-3]):[0-5][0-9])?)?$' and substr(p0_t, 1, 4) <> '0000' then
    cast(cast(substr(p0_t, 1, 10) as date) - cast('1970-01-01' as date) as bigint) * 864000000000
    + case when length(p0_t) > 10 then cast(substr(p0_t, 12, 2) as bigint) * 36000000000 + cast(substr(p0_t, 15, 2) as bigint) * 600000000 else 0 end
    + case when substr(p0_t, 17, 1) = ':' then cast(substr(p0_t, 18, 2) as bigint) * 10000000 else 0 end
    + case when substr(p0_t, 20, 1) = '.' then cast(rpad(substring(p0_t from '[.]([0-9]+)'), 7, '0') as bigint) else 0 end
    - case when length(p0_t) > 16 and substr(p0_t, length(p0_t) - 5, 1) in ('+', '-')
        then (cast(substr(p0_t, length(p0_t) - 4, 2) as bigint) * 36000000000 + cast(substr(p0_t, length(p0_t) - 1, 2) as bigint) * 600000000)
            * case when substr(p0_t, length(p0_t) - 5, 1) = '-' then -1 else 1 end else 0 end
end between $5 and $6, false)) end as t0 from trait_value),
by_trait as (select * from trait_match),
facts as (select by_trait.profile_id, by_trait.t0 from by_trait)
select profile_id from facts where coalesce(t0, false)
