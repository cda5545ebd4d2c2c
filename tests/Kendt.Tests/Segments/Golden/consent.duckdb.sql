with consent0 as (select profile_id, state from decided),
facts as (select consent0.profile_id, consent0.state as in_consent0 from consent0)
select profile_id from facts where (coalesce(in_consent0, 'unknown') = $1)
