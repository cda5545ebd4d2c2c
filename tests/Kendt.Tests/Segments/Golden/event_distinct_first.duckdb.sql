with event_node as (
    select profile_id, name, ts, case when name in ($1) then json_extract(properties, $2) end as p0
    from event where type = 'track' and profile_id is not null and ts <= $3 and ((name in ($4)))),
event_value as (select profile_id, name, ts, case when json_type(p0) = 'VARCHAR' then json_extract_string(p0, '$') end as p0_t, case when cast(p0 as varchar) between '-' and ':' then least(cast('1e300' as double), greatest(cast('-1e300' as double), try_cast(cast(p0 as varchar) as double))) end as p0_n, case when json_type(p0) = 'BOOLEAN' then cast(p0 as varchar) = 'true' end as p0_b from event_node),
event_match as (select profile_id, ts, p0_t, p0_n, p0_b, name = $5 as m0 from event_value),
by_event as (select profile_id, count(distinct p0_t) filter (where m0) + count(distinct p0_n) filter (where m0) + count(distinct p0_b) filter (where m0) as e0, min(ts) filter (where m0) as e1 from event_match group by profile_id),
facts as (select by_event.profile_id, by_event.e0, by_event.e1 from by_event)
select profile_id from facts where ((coalesce(cast(coalesce(e0, 0) as double precision) >= $6, false)) and (e1 is not null and (coalesce((epoch_us(e1) * 10) < $7, false))))
