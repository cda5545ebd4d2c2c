-- Owner Store
create table projection (name text not null, seq bigint not null);

-- Owner Collect
create table record (
    seq bigint not null, source text not null, key text not null, mapping text not null, body text not null,
    import_id uuid, received_at timestamptz not null, gone boolean not null);
create table dead_letter (
    dead_letter_id uuid not null, source text not null, origin text not null, reason text not null, body text not null,
    received_at timestamptz not null, mended text, mapping text, tries bigint not null, tried_at timestamptz);

-- Owner Unify
create table profile_merge (seq bigint not null, profile_id uuid not null, survivor_id uuid not null, merged_at timestamptz not null);
create table merge_rule (name text not null, shown text not null, unit text not null, way text not null, ranks text not null, place bigint not null);
create table merge_rank (ranks text not null, source text not null, place bigint not null);
create table household_member (household_id uuid not null, profile_id uuid not null);

-- Owner Profiles
create table event_log (
    seq bigint not null, message_id text not null, source text not null, type text not null, name text not null, user_id text,
    anonymous_id text, written_profile_id uuid, ts timestamptz not null, received_at timestamptz not null, properties text not null, context text not null,
    named_by text);
create table trait_log (
    seq bigint not null, written_profile_id uuid not null, name text not null, value text not null, source text not null,
    ts timestamptz not null, evidence text not null, named_by text);
create table naming_log (seq bigint not null, written_profile_id uuid not null);
create table event_month (month timestamptz not null, sorted_to bigint not null);
create table measure_value (measure text not null, subject uuid not null, value double precision not null, as_of timestamptz not null, until timestamptz);
create table measure_state (measure text not null, event_seq bigint not null, merge_seq bigint not null, moved_seq bigint not null, turns_at timestamptz);
create table moved_profile (seq bigint not null, profile_id uuid not null);

-- Owner Segments
create table membership (segment text not null, profile_id uuid not null, entered_at timestamptz not null, left_at timestamptz);

-- Owner Audiences
create table device (device_id text not null, source text not null, kind text not null, country text not null, region text not null, first_seen timestamptz not null, expires_at timestamptz not null);
create table device_trait (device_id text not null, trait text not null, source text not null, observed_at timestamptz not null, score double precision not null, expires_at timestamptz not null);

-- What people ask. Every profile id here is the one that the merges have led to.
create view survivor as
    select distinct on (profile_id) profile_id, survivor_id from profile_merge order by profile_id, seq desc;
create view event as
    select e.seq, e.message_id, e.type, e.name, e.source, e.user_id, e.anonymous_id, coalesce(s.survivor_id, e.written_profile_id) as profile_id,
        e.ts, e.received_at, e.properties, e.context
    from event_log e left join survivor s on s.profile_id = e.written_profile_id;
create view household as
    select distinct m.household_id, coalesce(s.survivor_id, m.profile_id) as profile_id from household_member m left join survivor s on s.profile_id = m.profile_id;
create view trait_said as
    select t.seq, coalesce(s.survivor_id, t.written_profile_id) as profile_id, t.name, t.value, t.source, t.ts, t.evidence, t.named_by
    from trait_log t left join survivor s on s.profile_id = t.written_profile_id;
create view trait as
    /* what is shown of traits, by merge_rule and merge_rank, out of: select from trait_said join merge_rule join merge_rank */;
create view record_now as
    select seq, source, key, mapping, body, import_id, received_at from (
        select distinct on (source, key) seq, source, key, mapping, body, import_id, received_at, gone from record order by source, key, seq desc) as newest
    where not gone;
