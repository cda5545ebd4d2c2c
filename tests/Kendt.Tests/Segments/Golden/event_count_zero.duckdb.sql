with event_node as (
    select profile_id, name, ts
    from event where type = 'track' and profile_id is not null and ts <= $1 and ((name = $2 and ts > $3))),
event_value as (select profile_id, name, ts from event_node),
event_match as (select profile_id, ts, name = $4 as m0 from event_value),
by_event as (select profile_id, count(*) filter (where m0 and ts > $5) as e0 from event_match group by profile_id),
people as (select distinct coalesce(s.survivor_id, w.profile_id) as profile_id from (
    select written_profile_id as profile_id from trait_log union select written_profile_id from event_log where written_profile_id is not null) as w
left join survivor as s on s.profile_id = w.profile_id),
facts as (select people.profile_id, by_event.e0 from people left join by_event on by_event.profile_id = people.profile_id)
select profile_id from facts where (coalesce(cast(coalesce(e0, 0) as double precision) = $6, false))
