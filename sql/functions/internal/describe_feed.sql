-- purpose:    How far behind the horizon of the feed is, and who holds it back.
-- security:   invoker. Since when a session has its transaction only those see who may see all
--             sessions; that it has one, everybody.
-- complexity: one pass over the sessions; one index probe a month.
-- callers:    monitoring, and people.

create or replace function internal.describe_feed()
returns table (
    horizon xid8,
    next_xact_id xid8,
    holder_pid integer,
    holder_database text,
    holder_application text,
    holder_since timestamptz,
    prepared_gid text,
    lag interval
)
language sql
stable
security invoker
begin atomic
    with
    seen as (
        select
            pg_snapshot_xmin(pg_current_snapshot()) as horizon,
            pg_snapshot_xmax(pg_current_snapshot()) as next_xact_id
    ),

    holders as (
        select
            pg_stat_activity.backend_xid as xid,
            pg_stat_activity.pid,
            pg_stat_activity.datname::text as database_name,
            pg_stat_activity.application_name,
            pg_stat_activity.xact_start as since,
            null::text as gid
        from pg_catalog.pg_stat_activity
        where pg_stat_activity.backend_xid is not null
        union all
        select
            pg_prepared_xacts.transaction as xid,
            null as pid,
            pg_prepared_xacts.database::text as database_name,
            null as application_name,
            pg_prepared_xacts.prepared as since,
            pg_prepared_xacts.gid
        from pg_catalog.pg_prepared_xacts
    )

    select
        seen.horizon,
        seen.next_xact_id,
        holders.pid as holder_pid,
        holders.database_name as holder_database,
        holders.application_name as holder_application,
        holders.since as holder_since,
        holders.gid as prepared_gid,
        -- What is committed and may not be read yet, by the oldest of it.
        coalesce(
            (
                select clock_timestamp() - min(changes.changed_at)
                from audit.changes
                where changes.xact_id >= seen.horizon
            ),
            interval '0'
        ) as lag
    from seen
    -- Sessions name transactions without the count of how often their numbers began anew.
    left join holders
        on holders.xid::text::bigint = seen.horizon::text::bigint % 4294967296;
end;

revoke all on function internal.describe_feed()
from public, anon, authenticated, service_role;
grant execute on function internal.describe_feed() to hephaitos_internal;

comment on function internal.describe_feed() is
'The horizon of the feed, how long the oldest unreadable change has waited, and for whom.';
