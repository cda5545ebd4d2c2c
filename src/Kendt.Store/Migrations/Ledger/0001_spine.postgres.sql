-- Words are found by their beginning, in the order of their bytes, whatever the database's language.
alter table search_term alter column term type text collate "C";

-- Owner Collect
-- The intake log; with the embedded engines it is files of its own.
create table message (
    seq bigint not null, source text not null, message_id text not null, dedupe bytea not null,
    received_at timestamptz not null, sent_at timestamptz, body bytea not null, primary key (seq));
create unique index message_dedupe on message (dedupe);
