-- Owner Store
create table projection (name text not null, seq bigint not null, primary key (name));

-- Owner Collect
create table source (
    name text not null, kind text not null, party text not null, enabled boolean not null,
    settings text not null, created_at timestamptz not null, primary key (name));
create table write_key (
    key_hash text not null, source text not null, hint text not null, created_at timestamptz not null, disabled_at timestamptz, primary key (key_hash));
create table turned_away (source text not null, at timestamptz not null, messages bigint not null, primary key (source, at));
create table rejected_item (
    seq bigint not null, source text not null, origin text not null, reason text not null, body text not null,
    received_at timestamptz not null, primary key (seq));
create table mapping (source text not null, name text not null, yaml text not null, updated_at timestamptz not null, primary key (source, name));
create table import (
    import_id uuid not null, source text not null, file text not null, path text not null, digest text not null, mapping text not null, bytes bigint not null,
    rows_taken bigint not null, rows_known bigint not null, rows_rejected bigint not null, rows_gone bigint not null, most_gone bigint, state text not null,
    created_at timestamptz not null, ended_at timestamptz, primary key (import_id));
create table pickup (
    source text not null, kind text not null, settings text not null, secret text not null, enabled boolean not null,
    checked_at timestamptz, note text not null, created_at timestamptz not null, primary key (source));
create table picked (
    source text not null, name text not null, tag text not null, state text not null, note text not null, at timestamptz not null, primary key (source, name, tag));
create table plan (name text not null, yaml text not null, updated_at timestamptz not null, primary key (name));
create table webhook (source text not null, yaml text not null, secret text, updated_at timestamptz not null, primary key (source));
create table table_source (
    source text not null, yaml text not null, connection text not null, position text, digest text not null, import_id uuid, import_path text, next_position text,
    rows_read bigint not null, error text, started_at timestamptz, ended_at timestamptz, primary key (source));
create table violation (
    day timestamptz not null, source text not null, event text not null, field text not null, rule text not null,
    times bigint not null, last_at timestamptz not null, primary key (day, source, event, field, rule));

-- Owner Unify
create table profile (profile_id uuid not null, kind text not null, created_at timestamptz not null, merged_into uuid, merged_at timestamptz, origin text, primary key (profile_id));
create index profile_merged_into on profile (merged_into);
create table identifier (
    type text not null, value text not null, profile_id uuid not null, source text not null,
    first_seen timestamptz not null, primary key (type, value));
create index identifier_profile on identifier (profile_id);
create table link (
    left_type text not null, left_value text not null, right_type text not null, right_value text not null, rule text not null,
    evidence text not null, source text not null, weight double precision not null, at timestamptz not null, revoked_at timestamptz,
    revoked_by bigint, detail text,
    primary key (left_type, left_value, right_type, right_value, rule));
create index link_right on link (right_type, right_value);
create index link_revoked on link (revoked_by) where revoked_by is not null;
create table merge_log (
    seq bigint not null, profile_id uuid not null, survivor_id uuid not null, merged_at timestamptz not null, evidence text not null, carried boolean not null, primary key (seq));
create index merge_log_survivor on merge_log (survivor_id);
create table account_person (
    profile_id uuid not null, account_id uuid not null, source text not null, at timestamptz not null, evidence text not null,
    person_named_by text not null, account_named_by text not null, primary key (profile_id, account_id, person_named_by));
create index account_person_account on account_person (account_id);
create table left_out (
    type text not null, value text not null, with_type text not null, with_value text not null, reason text not null,
    evidence text not null, times bigint not null, at timestamptz not null, primary key (type, value, with_type, with_value, reason));
create index left_out_with on left_out (with_type, with_value);
create table identity_decision (
    seq bigint not null, kind text not null, left_type text not null, left_value text not null, right_type text not null, right_value text not null,
    moved text not null, actor text not null, reason text not null, at timestamptz not null, undone_at timestamptz, undone_by text, primary key (seq));
create index identity_decision_left on identity_decision (left_type, left_value);
create index identity_decision_right on identity_decision (right_type, right_value);
create table reattribution (seq bigint not null, profile_id uuid not null, at timestamptz not null, primary key (seq));
create table match_config (name text not null, yaml text not null, updated_at timestamptz not null, updated_by text not null, primary key (name));
create table merge_policy (name text not null, policy text not null, before text, touched uuid, primary key (name));
create table match_run (
    run_id uuid not null, state text not null, yaml text not null, actor text not null, decisions bigint not null, summary text, error text, created_at timestamptz not null,
    ended_at timestamptz, applied_at timestamptz, applied_to bigint not null, outcome text not null, basis text, households_at timestamptz,
    primary key (run_id));
create table match_change (
    run_id uuid not null, place bigint not null, kind text not null, profiles text not null, units bigint not null, weight double precision, alarm text not null, primary key (run_id, place));
create table match_link (
    run_id uuid not null, place bigint not null, number bigint not null, action text not null, left_type text not null, left_value text not null,
    right_type text not null, right_value text not null, rule text not null, weight double precision not null, detail text, primary key (run_id, place, number));
create table match_pair (
    run_id uuid not null, number bigint not null, kind text not null, left_type text not null, left_value text not null, right_type text not null, right_value text not null,
    bits double precision not null, detail text not null, answer text, actor text, answered_at timestamptz, primary key (run_id, number));
create table household_member (profile_id uuid not null, household_id uuid, seq bigint not null, primary key (profile_id));
create index household_member_household on household_member (household_id);
create index household_member_seq on household_member (seq);

-- Owner Profiles
create table profile_document (profile_id uuid not null, document text not null, updated_at timestamptz not null, primary key (profile_id));
create index profile_document_updated on profile_document (updated_at, profile_id);
create table search_term (term text not null, profile_id uuid not null, primary key (term, profile_id));
create index search_term_profile on search_term (profile_id);
create table measure (
    name text not null, title text not null, level text not null, definition text not null, created_at timestamptz not null, updated_at timestamptz not null, primary key (name));
create table measure_figure (subject uuid not null, measure text not null, value double precision not null, as_of timestamptz not null, primary key (subject, measure)) /* clustered */;

-- Owner Govern
create table purpose (name text not null, title text not null, description text not null, basis text not null, primary key (name));
create table consent (
    profile_id uuid not null, purpose text not null, state text not null, at timestamptz not null,
    source text not null, evidence text not null, named_by text, seq bigint not null, primary key (profile_id, purpose, at, evidence));
create index consent_seq on consent (seq);
create table permit (
    permit_id uuid not null, purpose text not null, use text not null, what text not null, actor text not null, asked bigint not null,
    granted bigint not null, refused text not null, at timestamptz not null, expires_at timestamptz not null, primary key (permit_id));
create table audit (audit_id uuid not null, at timestamptz not null, actor text not null, action text not null, subject text not null, detail text not null, primary key (audit_id));
create index audit_at on audit (at);
create table member (
    email text not null, name text not null, role text not null, password text, created_at timestamptz not null, signed_in_at timestamptz, primary key (email));
create table token (
    token_hash text not null, name text not null, scopes text not null, created_at timestamptz not null, expires_at timestamptz, primary key (token_hash));
create unique index token_name on token (name);
create table sign_in_link (link_hash text not null, email text not null, expires_at timestamptz not null, used_at timestamptz, primary key (link_hash));
create table denied_field (who text not null, field text not null, primary key (who, field));
create table setting (name text not null, value text not null, primary key (name));

-- Owner Segments
create table segment (
    name text not null, title text not null, rule text not null, created_at timestamptz not null, updated_at timestamptz not null, primary key (name));
create table live_segment (name text not null, rule text not null, merging text not null, state text not null, members bigint not null, primary key (name));
create table live_profile (profile_id uuid not null, due_at timestamptz, primary key (profile_id)) /* clustered */;
create index live_profile_due on live_profile (due_at) where due_at is not null;
create table live_fact (
    profile_id uuid not null, kind text not null, name text not null, seq bigint not null, ts timestamptz not null, value text not null,
    source text not null, record text not null, primary key (profile_id, kind, name, seq)) /* clustered */;
create table segment_member (profile_id uuid not null, segment text not null, entered_at timestamptz not null, primary key (profile_id, segment)) /* clustered */;
create table segment_change (
    seq bigint not null, segment text not null, profile_id uuid not null, entered boolean not null, at timestamptz not null,
    cause text not null, subject text not null, evidence bigint, primary key (seq));
create index segment_change_segment on segment_change (segment, seq);
create table segment_defect (
    segment text not null, profile_id uuid not null, found_at timestamptz not null, live boolean not null, by_predicate boolean not null, by_sql boolean not null,
    conditions text not null, primary key (segment, profile_id, found_at));

-- Owner Activate
create table destination (name text not null, kind text not null, settings text not null, created_at timestamptz not null, primary key (name));
create table delivery (
    delivery_id uuid not null, destination text not null, segment text not null, purpose text not null, state text not null,
    asked bigint not null, permitted bigint not null, delivered bigint not null, refused bigint not null, withheld text not null, note text not null,
    permit_id uuid not null, actor text not null, created_at timestamptz not null, ended_at timestamptz, primary key (delivery_id));
create table outbox (
    delivery_id uuid not null, profile_id uuid not null, payload text not null, state text not null, attempts bigint not null,
    due_at timestamptz not null, answer text not null, primary key (delivery_id, profile_id));
create table subscription (
    name text not null, destination text not null, purpose text not null, segment text not null, cursor text not null, note text not null,
    created_at timestamptz not null, primary key (name));
create index outbox_due on outbox (state, due_at, delivery_id, profile_id);

-- Owner Server
create table job (
    job_id uuid not null, kind text not null, title text not null, argument text not null, state text not null, error text,
    created_at timestamptz not null, started_at timestamptz, ended_at timestamptz, primary key (job_id));
create table job_step (
    job_id uuid not null, position bigint not null, name text not null, state text not null, done bigint not null, total bigint not null,
    note text not null, started_at timestamptz, ended_at timestamptz, primary key (job_id, position));
