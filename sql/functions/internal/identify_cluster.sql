-- purpose:    What the numbers of transactions here belong to: this cluster, and this line of it.
-- security:   invoker; reads what everybody may read.
-- complexity: O(1), no table.
-- callers:    the functions of the feed.

create or replace function internal.identify_cluster()
returns text
language sql
stable
security invoker
begin atomic
    -- The first eight digits of a segment are its timeline, which a restore to a point in time and
    -- a promotion count up.
    select
        concat_ws(
            '/',
            pg_control_system.system_identifier,
            left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)
        )
    from pg_control_system() as pg_control_system;
end;

revoke all on function internal.identify_cluster()
from public, anon, authenticated, service_role;
grant execute on function internal.identify_cluster() to hephaitos_internal;

comment on function internal.identify_cluster() is
'The cluster and its timeline; with another one, numbers of transactions mean something else.';
