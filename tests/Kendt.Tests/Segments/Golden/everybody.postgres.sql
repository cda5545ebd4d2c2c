with people as (select profile_id from trait_said union select profile_id from event where profile_id is not null),
facts as (select people.profile_id from people)
select profile_id from facts where true
