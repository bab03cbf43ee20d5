set local lock_timeout = '2s';

-- changes: 1 table made
-- locks:   none
-- loses:   nothing

-- change:
create table audit.changes (
    seq bigint not null generated always as identity,
    xact_id xid8 not null default pg_current_xact_id(),
    changed_at timestamptz not null default clock_timestamp(),
    table_schema text not null,
    table_name text not null,
    operation text not null,
    record_key jsonb,
    user_id uuid,
    actor_id uuid,
    actor_role text,
    session_role text not null default session_user,
    application_name text not null default current_setting('application_name'),
    request_id text,
    old_row jsonb,
    new_row jsonb,
    constraint changes_pkey primary key (changed_at, seq),
    constraint changes_operation_check
    check (operation in ('insert', 'update', 'delete', 'truncate')),
    -- Which images there are is what the operation means.
    constraint changes_old_row_check
    check ((old_row is not null) = (operation in ('update', 'delete'))),
    constraint changes_new_row_check
    check ((new_row is not null) = (operation in ('insert', 'update'))),
    constraint changes_record_key_check
    check ((record_key is not null) = (operation <> 'truncate'))
);

-- Every version of one row, oldest first.
create index changes_record_key_seq_idx
on audit.changes (table_schema, table_name, record_key, seq);

comment on table audit.changes is
'One row per changed row, written by statement-level triggers and never changed afterwards.';
comment on constraint changes_pkey on audit.changes is
'global: the record is one sequence over all users.';
comment on column audit.changes.seq is
'Order of writing; within one record_key the highest is the newest.';
comment on column audit.changes.xact_id is
'The transaction, for consumers that read up to a horizon.';
comment on column audit.changes.user_id is 'Whose row it was; null for rows of nobody.';
comment on column audit.changes.actor_id is 'Who did it, from the request; null outside one.';
comment on column audit.changes.actor_role is 'The role of the request; null outside one.';

-- file: sql/access/audit/changes.sql
-- purpose:    The record of what changed is written by triggers and read by services.
-- security:   append-only for everyone: nobody is granted update, delete or truncate, and no role
--             of the API may even enter the schema.
-- complexity: one policy check per row.
-- callers:    hephaitos_internal, inside the trigger functions it owns.

revoke all on audit.changes
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;
grant select, insert on audit.changes to hephaitos_internal;

revoke all on sequence audit.changes_seq_seq
from public, anon, authenticated, service_role, hephaitos_api, hephaitos_internal;

alter table audit.changes enable row level security;
alter table audit.changes force row level security;

drop policy if exists changes_select_internal on audit.changes;
create policy changes_select_internal on audit.changes
for select to hephaitos_internal
using (true);

drop policy if exists changes_insert_internal on audit.changes;
create policy changes_insert_internal on audit.changes
for insert to hephaitos_internal
with check (true);
