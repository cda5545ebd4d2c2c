with sequence0_node as (
    select profile_id, name, ts
    from event where type = 'track' and profile_id is not null and ts <= $1 and ts > $2 and ((name = $3 and ts > $4) or (name = $5 and ts > $6) or (name = $7 and ts > $8)) offset 0),
sequence0_value as (select profile_id, name, ts from sequence0_node offset 0),
sequence0_match as (select profile_id, ts, name = $9 as m0, name = $10 as m1, name = $11 as m2 from sequence0_value),
sequence0_at as (select profile_id, cast(extract(epoch from ts) * 1000000 as bigint) as micros, m0, m1, m2 from sequence0_match where ((m0) or (m1) or (m2))),
sequence0_1 as (select sequence0_at.*, case when m0 and micros > $12 then micros end as first_1, max(case when m2 then micros end) over (partition by profile_id order by micros range between unbounded preceding and 1 preceding) as barred from sequence0_at),
sequence0_2 as (select sequence0_1.*, case when m1 then max(first_1) over (partition by profile_id order by micros range between $13 preceding and 1 preceding) end as first_2 from sequence0_1),
sequence0 as (select distinct profile_id from sequence0_2 where first_2 is not null and (barred is null or barred <= first_2)),
facts as (select sequence0.profile_id, sequence0.profile_id is not null as in_sequence0 from sequence0)
select profile_id from facts where in_sequence0
