-- purpose: The record has a partition for every moment from now to as far ahead as declared, and a
--          default.
-- why:     Without a partition for its time a record goes to the default, and without a default the
--          write that it is about fails.

with log as (
    select pg_class.oid, pg_class.relkind, pg_partitioned_table.partdefid
    from pg_catalog.pg_class
    left join pg_catalog.pg_partitioned_table
        on pg_class.oid = pg_partitioned_table.partrelid
    where
        pg_class.oid
        = pg_catalog.to_regclass(pg_catalog.current_setting('hephaitos.audit_log'))
),

bounds as (
    select
        pg_catalog.regexp_match(
            pg_catalog.pg_get_expr(pg_class.relpartbound, pg_class.oid),
            'FROM \((?:''(.+)''|MINVALUE)\) TO \((?:''(.+)''|MAXVALUE)\)'
        ) as parts
    from log
    inner join pg_catalog.pg_inherits
        on log.oid = pg_inherits.inhparent
    inner join pg_catalog.pg_class
        on pg_inherits.inhrelid = pg_class.oid
),

covered as (
    select
        coalesce(
            pg_catalog.range_agg(
                pg_catalog.tstzrange(bounds.parts[1]::timestamptz, bounds.parts[2]::timestamptz)
            ),
            '{}'
        ) as times
    from bounds
    where bounds.parts is not null
),

gaps as (
    select gap.during
    from covered
    cross join lateral pg_catalog.unnest(
        pg_catalog.tstzmultirange(
            pg_catalog.tstzrange(
                pg_catalog.now(),
                pg_catalog.now()
                + pg_catalog.current_setting('hephaitos.audit_ahead')::interval
            )
        ) - covered.times
    ) as gap (during)
)

select
    log.oid::regclass::text as object,
    'It is not partitioned.' as detail,
    'Cut it by time.' as hint
from log
where log.relkind <> 'p'
union all
select
    log.oid::regclass::text as object,
    'It has no default partition.' as detail,
    'Create one: a record without a place refuses the write that it is about.' as hint
from log
where log.relkind = 'p' and log.partdefid = 0
union all
select
    log.oid::regclass::text as object,
    pg_catalog.format(
        'It has no partition from %s to %s.', pg_catalog.lower(gaps.during),
        pg_catalog.upper(gaps.during)
    ) as detail,
    'Run the routine that makes partitions, and see why its job did not.' as hint
from log
cross join gaps
where log.relkind = 'p'
order by detail;
