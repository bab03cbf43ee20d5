-- How much WAL there is by now, and every relation that this session holds a lock on, of which what
-- it rewrote or read is among them; without any, one row that says only the first.
with held as materialized (
    select
        pg_locks.relation,
        pg_catalog.array_agg(pg_locks.mode) as modes
    from pg_catalog.pg_locks
    where
        pg_locks.pid = pg_catalog.pg_backend_pid()
        and pg_locks.granted
        and pg_locks.locktype = 'relation'
        and pg_locks.database = (
            select pg_database.oid from pg_catalog.pg_database
            where pg_database.datname = pg_catalog.current_database()
        )
        -- The system's own relations have the lowest numbers.
        and pg_locks.relation >= 16384
    group by pg_locks.relation
)

select
    (pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint as wal_bytes,
    coalesce(held.relation::bigint, 0) as relation_oid,
    coalesce(held.modes, '{}') as modes,
    coalesce(pg_class.relkind in ('r', 'p', 'm'), false) as is_table,
    coalesce(pg_class.relfilenode, 0)::bigint as file_number,
    case when pg_class.relfilenode > 0 then pg_catalog.pg_relation_size(pg_class.oid) else 0 end
        as file_bytes,
    coalesce(pg_catalog.pg_stat_get_xact_tuples_returned(pg_class.oid), 0) as pending_count
from (select) as always
left join held
    on true
left join pg_catalog.pg_class
    on held.relation = pg_class.oid;
