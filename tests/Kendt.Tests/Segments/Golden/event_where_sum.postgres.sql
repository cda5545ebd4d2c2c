with event_node as (
    select profile_id, name, ts, case when name = any($1) then ((cast(case when strpos(properties, '\u0000') > 0 then regexp_replace(properties, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g') else properties end as json) -> cast($2 as text)) -> cast($3 as text)) end as p0, case when name = any($4) then (cast(case when strpos(properties, '\u0000') > 0 then regexp_replace(properties, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g') else properties end as json) -> cast($5 as text)) end as p1
    from event where type = 'track' and profile_id is not null and ts <= $6 and ((name = $7 and ts > $8)) offset 0),
event_value as (select profile_id, name, ts, case when json_typeof(p0) = 'number' then case when length(cast(p0 as text)) <= 250 and cast(p0 as text) !~ '[eE]' then cast(cast(p0 as text) as double precision)
    when cast(p0 as text) ~ '[eE]-[0-9][0-9][0-9][0-9][0-9]+$' then 0
    when cast(p0 as text) ~ '[eE][+]?[0-9][0-9][0-9][0-9][0-9]+$' then case when cast(p0 as text) ~ '^-?[0.]+[eE]' then 0 when cast(p0 as text) ~ '^-' then cast('-1e300' as double precision) else cast('1e300' as double precision) end
    when cast(cast(p0 as text) as numeric) > 1e300 then cast('1e300' as double precision)
    when cast(cast(p0 as text) as numeric) < -1e300 then cast('-1e300' as double precision)
    when abs(cast(cast(p0 as text) as numeric)) < 2.4e-324 then 0
    else cast(cast(p0 as text) as double precision) end end as p0_n, case when json_typeof(p1) = 'number' then case when length(cast(p1 as text)) <= 250 and cast(p1 as text) !~ '[eE]' then cast(cast(p1 as text) as double precision)
    when cast(p1 as text) ~ '[eE]-[0-9][0-9][0-9][0-9][0-9]+$' then 0
    when cast(p1 as text) ~ '[eE][+]?[0-9][0-9][0-9][0-9][0-9]+$' then case when cast(p1 as text) ~ '^-?[0.]+[eE]' then 0 when cast(p1 as text) ~ '^-' then cast('-1e300' as double precision) else cast('1e300' as double precision) end
    when cast(cast(p1 as text) as numeric) > 1e300 then cast('1e300' as double precision)
    when cast(cast(p1 as text) as numeric) < -1e300 then cast('-1e300' as double precision)
    when abs(cast(cast(p1 as text) as numeric)) < 2.4e-324 then 0
    else cast(cast(p1 as text) as double precision) end end as p1_n from event_node offset 0),
event_match as (select profile_id, ts, p1_n, case when name = $9 then ((coalesce(p0_n > $10, false))) else false end as m0 from event_value),
by_event as (select profile_id, sum(p1_n) filter (where m0 and ts > $11 and ts <= $12) as e0 from event_match group by profile_id),
facts as (select by_event.profile_id, by_event.e0 from by_event)
select profile_id from facts where (coalesce(cast(coalesce(e0, 0) as double precision) >= $13, false))
