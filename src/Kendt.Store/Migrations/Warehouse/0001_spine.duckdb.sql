-- Owner Profiles: the last 60 bits of written_profile_id, through which DuckDB looks far faster than through ids; null where the owner changed.
alter table event_log add column profile_key bigint;
