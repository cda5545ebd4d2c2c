with identifier0 as (select profile_id from named),
people as (select distinct coalesce(s.survivor_id, w.profile_id) as profile_id from (
    select written_profile_id as profile_id from trait_log union select written_profile_id from event_log where written_profile_id is not null) as w
left join survivor as s on s.profile_id = w.profile_id),
facts as (select people.profile_id, identifier0.profile_id is not null as in_identifier0 from people left join identifier0 on identifier0.profile_id = people.profile_id)
select profile_id from facts where (not (not in_identifier0))
