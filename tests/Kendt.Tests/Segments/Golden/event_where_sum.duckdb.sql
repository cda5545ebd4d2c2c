with event_node as (
    select profile_id, name, ts, case when name in ($1) then json_extract(properties, $2) end as p0, case when name in ($3) then json_extract(properties, $4) end as p1
    from event where type = 'track' and profile_id is not null and ts <= $5 and ((name = $6 and ts > $7))),
event_value as (select profile_id, name, ts, case when cast(p0 as varchar) between '-' and ':' then least(cast('1e300' as double), greatest(cast('-1e300' as double), try_cast(cast(p0 as varchar) as double))) end as p0_n, case when cast(p1 as varchar) between '-' and ':' then least(cast('1e300' as double), greatest(cast('-1e300' as double), try_cast(cast(p1 as varchar) as double))) end as p1_n from event_node),
event_match as (select profile_id, ts, p1_n, case when name = $8 then ((coalesce(p0_n > $9, false))) else false end as m0 from event_value),
by_event as (select profile_id, sum(p1_n) filter (where m0 and ts > $10 and ts <= $11) as e0 from event_match group by profile_id),
facts as (select by_event.profile_id, by_event.e0 from by_event)
select profile_id from facts where (coalesce(cast(coalesce(e0, 0) as double precision) >= $12, false))
