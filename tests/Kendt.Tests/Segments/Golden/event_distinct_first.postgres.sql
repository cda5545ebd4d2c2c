with event_node as (
    select profile_id, name, ts, case when name = any($1) then (cast(case when strpos(properties, '\u0000') > 0 then regexp_replace(properties, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g') else properties end as json) -> cast($2 as text)) end as p0
    from event where type = 'track' and profile_id is not null and ts <= $3 and ((name = any($4))) offset 0),
event_value as (select profile_id, name, ts, case when json_typeof(p0) = 'string' then p0 #>> array[]::text[] end as p0_t, case when json_typeof(p0) = 'number' then case when length(cast(p0 as text)) <= 250 and cast(p0 as text) !~ '[eE]' then cast(cast(p0 as text) as double precision)
    when cast(p0 as text) ~ '[eE]-[0-9][0-9][0-9][0-9][0-9]+$' then 0
    when cast(p0 as text) ~ '[eE][+]?[0-9][0-9][0-9][0-9][0-9]+$' then case when cast(p0 as text) ~ '^-?[0.]+[eE]' then 0 when cast(p0 as text) ~ '^-' then cast('-1e300' as double precision) else cast('1e300' as double precision) end
    when cast(cast(p0 as text) as numeric) > 1e300 then cast('1e300' as double precision)
    when cast(cast(p0 as text) as numeric) < -1e300 then cast('-1e300' as double precision)
    when abs(cast(cast(p0 as text) as numeric)) < 2.4e-324 then 0
    else cast(cast(p0 as text) as double precision) end end as p0_n, case when json_typeof(p0) = 'boolean' then cast(p0 as text) = 'true' end as p0_b from event_node offset 0),
event_match as (select profile_id, ts, p0_t, p0_n, p0_b, name = $5 as m0 from event_value),
by_event as (select profile_id, count(distinct p0_t) filter (where m0) + count(distinct p0_n) filter (where m0) + count(distinct p0_b) filter (where m0) as e0, min(ts) filter (where m0) as e1 from event_match group by profile_id),
facts as (select by_event.profile_id, by_event.e0, by_event.e1 from by_event)
select profile_id from facts where ((coalesce(cast(coalesce(e0, 0) as double precision) >= $6, false)) and (e1 is not null and (coalesce((cast(extract(epoch from e1) * 1000000 as bigint) * 10) < $7, false))))
