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
