-- purpose:    Take months out of audit.changes that have been kept for long enough.
-- security:   invoker: only the owner of the record can. What was detached is a table of its own,
--             still append-only, for people to copy elsewhere and to drop.
-- complexity: catalog rows only; access exclusive on the record, for a moment a month.
-- callers:    a job, monthly; people.
-- overlap:    safe twice and beside itself: the second finds nothing left to do.
-- raises:     55P03 when the lock is not to be had within two seconds; the next run tries again.

create or replace function internal.detach_audit_partitions(
    p_keep interval default '24 months', p_now timestamptz default now()
)
returns table (month text, detached boolean, reason text)
language plpgsql
volatile
security invoker
set search_path = ''
set timezone = 'UTC'
set lock_timeout = '2s'
as $$
declare
    v_consumer pg_catalog.text;
begin
    lock table only audit.changes in share update exclusive mode;
    for month in
        select pg_class.relname::pg_catalog.text
        from pg_catalog.pg_inherits
        inner join pg_catalog.pg_class
            on pg_inherits.inhrelid = pg_class.oid
        where pg_inherits.inhparent = 'audit.changes'::pg_catalog.regclass
            and pg_class.relname ~ '^changes_\d{4}_\d{2}$'
            and to_date(pg_class.relname, '"changes_"YYYY_MM') + interval '1 month'
            <= p_now - p_keep
        order by pg_class.relname
    loop
        -- Nothing goes that somebody still has to read.
        execute format(
            'select feed_consumers.consumer from internal.feed_consumers '
            'where feed_consumers.epoch = (select max(feed_epochs.epoch) '
            'from internal.feed_epochs) and exists (select from audit.%I as changes '
            'inner join internal.feed_epochs on feed_consumers.epoch = feed_epochs.epoch '
            'where (changes.xact_id, changes.seq) > (feed_consumers.xact_id, feed_consumers.seq) '
            'and changes.seq > feed_epochs.floor_seq) order by feed_consumers.consumer limit 1',
            month
        )
        into v_consumer;
        detached := v_consumer is null;
        reason := case when not detached then format('%L has not read all of it', v_consumer) end;
        if detached then
            execute format('alter table audit.changes detach partition audit.%I', month);
            -- The one it had was a part of the record's.
            execute format(
                'create trigger t10_refuse_rewrite before update or delete on audit.%I '
                'for each row execute function internal.refuse_rewrite_trigger()',
                month
            );
            execute format(
                'alter table audit.%I enable always trigger t10_refuse_rewrite', month
            );
        end if;
        return next;
    end loop;
end;
$$;

revoke all on function internal.detach_audit_partitions(interval, timestamptz)
from public, anon, authenticated, service_role;

comment on function internal.detach_audit_partitions(interval, timestamptz) is
'Detaches months that ended before the time to keep, unless a consumer has not read them.';
