with consent0 as (select profile_id, state from decided),
people as (select profile_id from consent0),
facts as (select people.profile_id, consent0.state as in_consent0 from people left join consent0 on consent0.profile_id = people.profile_id)
select profile_id from facts where (coalesce(in_consent0, 'unknown') = $1)
