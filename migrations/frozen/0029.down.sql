set local lock_timeout = '2s';

-- What was detached would be left behind, and is not ours to throw away.
do $$
declare
    v_months constant pg_catalog.text := (
        select string_agg(pg_class.oid::regclass::pg_catalog.text, ', ' order by pg_class.relname)
        from pg_catalog.pg_class
        where pg_class.relnamespace = 'audit'::regnamespace and not pg_class.relispartition
            and pg_class.relkind = 'r' and pg_class.relname ~ '^changes_\d{4}_\d{2}$'
    );
begin
    if v_months is not null then
        raise exception 'detached months of the record are still here'
            using errcode = 'object_not_in_prerequisite_state',
                  detail = format('They are %s.', v_months),
                  hint = 'Copy them to where they are kept, and drop them.';
    end if;
end;
$$;

alter table audit.changes rename to changes_partitioned;
alter table audit.changes_partitioned
rename constraint changes_pkey to changes_partitioned_pkey;
alter index audit.changes_jsonb_hash_idx rename to changes_partitioned_jsonb_hash_idx;
alter sequence audit.changes_seq_seq rename to changes_partitioned_seq_seq;

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

-- purpose:    Records are neither changed nor deleted, not even by their owner.
-- security:   internal.refuse_rewrite_trigger() runs as whoever tries.
-- complexity: not called by who appends.
-- callers:    any update or delete on audit.changes that finds a row.
-- order:      rank 10, before anything is done.

create or replace trigger t10_refuse_rewrite
before update or delete on audit.changes
for each row
execute function internal.refuse_rewrite_trigger();

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table audit.changes enable always trigger t10_refuse_rewrite;

-- purpose:    Records are not swept away, not even by their owner.
-- security:   internal.refuse_rewrite_trigger() runs as whoever tries.
-- complexity: not called by who appends.
-- callers:    truncate of audit.changes, also by cascade.
-- order:      rank 10, before anything is done.

create or replace trigger t10_refuse_truncate
before truncate on audit.changes
for each statement
execute function internal.refuse_rewrite_trigger();

-- Also when a session calls itself a replica, where ordinary triggers keep still.
alter table audit.changes enable always trigger t10_refuse_truncate;

insert into audit.changes overriding system value
select * from audit.changes_partitioned;

select setval('audit.changes_seq_seq', last_value, is_called)
from audit.changes_partitioned_seq_seq;

drop table audit.changes_partitioned;
drop function internal.make_audit_partitions(timestamptz, integer);
drop function internal.make_audit_partition(text, timestamptz, timestamptz);
