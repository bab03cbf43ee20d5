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
