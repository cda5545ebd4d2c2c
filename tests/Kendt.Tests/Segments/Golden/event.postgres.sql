with event_node as (
    select profile_id, name, ts
    from event where type = 'track' and profile_id is not null and ts <= $1 and ((name = any($2))) offset 0),
event_value as (select profile_id, name, ts from event_node offset 0),
event_match as (select profile_id, ts, name = $3 as m0 from event_value),
by_event as (select profile_id, count(*) filter (where m0) as e0 from event_match group by profile_id),
facts as (select by_event.profile_id, by_event.e0 from by_event)
select profile_id from facts where (coalesce(cast(coalesce(e0, 0) as double precision) >= $4, false))
