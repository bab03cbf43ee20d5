set local lock_timeout = '2s';

-- squawk-ignore-file renaming-table,renaming-object,ban-drop-table
-- The record gets partitions: its name and the names of its parts go to another table, its rows
-- follow. Nobody writes meanwhile.
alter table audit.changes rename to changes_before;
alter table audit.changes_before rename constraint changes_pkey to changes_before_pkey;
alter index audit.changes_record_key_seq_idx rename to changes_before_record_key_seq_idx;
alter sequence audit.changes_seq_seq rename to changes_before_seq_seq;

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
    -- The order in which a consumer reads; the last column is there because a partition is cut by it.
    constraint changes_pkey primary key (xact_id, seq, changed_at),
    constraint changes_operation_check
    check (operation in ('insert', 'update', 'delete', 'truncate')),
    -- Which images there are is what the operation means.
    constraint changes_old_row_check
    check ((old_row is not null) = (operation in ('update', 'delete'))),
    constraint changes_new_row_check
    check ((new_row is not null) = (operation in ('insert', 'update'))),
    constraint changes_record_key_check
    check ((record_key is not null) = (operation <> 'truncate'))
)
partition by range (changed_at);

-- Every version of one row. Four bytes instead of a whole key: half the price of a record.
create index changes_jsonb_hash_idx on audit.changes (jsonb_hash(record_key));

comment on table audit.changes is
'One row per changed row, written by statement-level triggers and never changed afterwards; a '
'partition a month.';
comment on constraint changes_pkey on audit.changes is
'global: the record is one sequence over all users.';
comment on column audit.changes.seq is
'Order of writing; within one record_key the highest is the newest.';
comment on column audit.changes.xact_id is
'The transaction, for consumers that read up to a horizon.';
comment on column audit.changes.user_id is 'Whose row it was; null for rows of nobody.';
comment on column audit.changes.actor_id is 'Who did it, from the request; null outside one.';
comment on column audit.changes.actor_role is 'The role of the request; null outside one.';

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

-- purpose:    Give audit.changes one partition: a month, or the default for what has no month.
-- security:   invoker: only the owner of the record can give it partitions. Nobody is granted a
--             right on one, so that all go through the record and its policies.
-- complexity: one empty table; share update exclusive on the record, access exclusive on its
--             default for a moment.
-- callers:    internal.make_audit_partitions(), and the revision that made the record partitioned.
-- raises:     42P07 when there is a table of that name; 55P03 when a lock is not to be had.

create or replace function internal.make_audit_partition(
    p_name text, p_from timestamptz, p_to timestamptz
)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- Made beside it and attached: "partition of" would stop every writer.
    execute format(
        'create table audit.%I (like audit.changes including defaults including constraints)',
        p_name
    );
    execute format('alter table audit.%I enable row level security', p_name);
    execute format(
        'revoke all on audit.%I from public, anon, authenticated, service_role, hephaitos_api, '
        'hephaitos_internal',
        p_name
    );
    -- Row triggers come with being attached; those for statements do not.
    execute format(
        'create trigger t10_refuse_truncate before truncate on audit.%I '
        'for each statement execute function internal.refuse_rewrite_trigger()',
        p_name
    );
    execute format(
        'alter table audit.%I enable always trigger t10_refuse_truncate', p_name
    );
    if p_from is null then
        execute format('alter table audit.changes attach partition audit.%I default', p_name);
    else
        execute format(
            'alter table audit.changes attach partition audit.%I for values from (%L) to (%L)',
            p_name, p_from, p_to
        );
    end if;
end;
$$;

revoke all on function internal.make_audit_partition(text, timestamptz, timestamptz)
from public, anon, authenticated, service_role;

comment on function internal.make_audit_partition(text, timestamptz, timestamptz) is
'Attaches one empty partition to audit.changes: from and to, or the default where both are null.';

-- purpose:    Have a partition of audit.changes ready for this month and for those to come.
-- security:   invoker: only the owner of the record can give it partitions.
-- complexity: one empty table a missing month; writers go on meanwhile. Where rows have come to lie
--             in the default partition, they move to their months, and writers wait for that.
-- callers:    a job, daily; by hand when verification of the audit has found rows astray.
-- overlap:    safe twice and beside itself: the second finds nothing left to do.
-- raises:     55P03 when a lock is not to be had within two seconds; the next run tries again.

create or replace function internal.make_audit_partitions(
    p_now timestamptz default now(), p_ahead integer default 3
)
returns integer
language plpgsql
volatile
security invoker
set search_path = ''
set timezone = 'UTC'
set lock_timeout = '2s'
as $$
declare
    v_month pg_catalog.timestamptz := date_trunc('month', p_now);
    v_last constant pg_catalog.timestamptz := v_month + p_ahead * interval '1 month';
    v_default constant pg_catalog.regclass := (
        select pg_partitioned_table.partdefid::pg_catalog.regclass
        from pg_catalog.pg_partitioned_table
        where pg_partitioned_table.partrelid = 'audit.changes'::pg_catalog.regclass
    );
    v_astray pg_catalog.timestamptz;
    v_made integer := 0;
    v_name pg_catalog.text;
begin
    lock table only audit.changes in share update exclusive mode;
    v_astray := (select min(changes_default.changed_at) from audit.changes_default);
    if v_astray is not null then
        -- No month can be attached while the default holds rows of it: so, another default.
        alter table audit.changes detach partition audit.changes_default;
        alter table audit.changes_default rename to changes_astray;
        perform internal.make_audit_partition('changes_default', null, null);
        v_month := least(v_month, date_trunc('month', v_astray));
    end if;

    while v_month <= v_last loop
        v_name := to_char(v_month, '"changes_"YYYY_MM');
        if to_regclass(format('audit.%I', v_name)) is null then
            perform internal.make_audit_partition(
                v_name, v_month, v_month + interval '1 month'
            );
            v_made := v_made + 1;
        end if;
        v_month := v_month + interval '1 month';
    end loop;

    if v_astray is not null then
        execute format(
            'insert into audit.changes overriding system value select * from %s', v_default
        );
        execute format('drop table %s', v_default);
    end if;
    return v_made;
end;
$$;

revoke all on function internal.make_audit_partitions(timestamptz, integer)
from public, anon, authenticated, service_role;

comment on function internal.make_audit_partitions(timestamptz, integer) is
'Makes the months of audit.changes that are missing, and returns how many; empties the default.';

select internal.make_audit_partition('changes_default', null, null);

insert into audit.changes overriding system value
select * from audit.changes_before;

select setval('audit.changes_seq_seq', last_value, is_called)
from audit.changes_before_seq_seq;

drop table audit.changes_before;

-- Makes this month and those to come, and moves to months of their own what lies in the default.
select internal.make_audit_partitions();
