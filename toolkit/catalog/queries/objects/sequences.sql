-- Sequences, those behind identity columns too. The parent is the column that owns it, if any.
select
    'sequence' as kind,
    relations.nspname as schema,
    relations.relname as name,
    '' as part,
    'pg_class'::regclass as catalog,
    relations.oid as object,
    0 as sub,
    case when pg_depend.objid is null then 'pg_namespace' else 'pg_class' end::regclass
        as parent_catalog,
    coalesce(pg_depend.refobjid, relations.relnamespace) as parent_object,
    coalesce(pg_depend.refobjsubid, 0) as parent_sub,
    json_build_object(
        'owner', pg_get_userbyid(relations.relowner),
        'unlogged', case when relations.relpersistence = 'u' then true end,
        'type', format_type(pg_sequence.seqtypid, null),
        'start', pg_sequence.seqstart,
        'increment', pg_sequence.seqincrement,
        -- The bounds that its type and direction give it go without saying.
        'minimum',
        nullif(
            pg_sequence.seqmin,
            case
                when pg_sequence.seqincrement > 0 then 1
                when pg_sequence.seqtypid = 'smallint'::regtype then -32768
                when pg_sequence.seqtypid = 'integer'::regtype then -2147483648
                else -9223372036854775808
            end
        ),
        'maximum',
        nullif(
            pg_sequence.seqmax,
            case
                when pg_sequence.seqincrement < 0 then -1
                when pg_sequence.seqtypid = 'smallint'::regtype then 32767
                when pg_sequence.seqtypid = 'integer'::regtype then 2147483647
                else 9223372036854775807
            end
        ),
        'cache', nullif(pg_sequence.seqcache, 1),
        'cycle', case when pg_sequence.seqcycle then true end,
        'owned_by', pg_depend.refobjid::regclass || '.' || quote_ident(pg_attribute.attname),
        'identity', case when pg_depend.deptype = 'i' then true end
    ) as attributes
from relations
inner join pg_catalog.pg_sequence
    on relations.oid = pg_sequence.seqrelid
left join pg_catalog.pg_depend
    on
        relations.oid = pg_depend.objid
        and pg_depend.classid = 'pg_class'::regclass
        and pg_depend.refclassid = 'pg_class'::regclass
        and pg_depend.deptype in ('a', 'i')
left join pg_catalog.pg_attribute
    on
        pg_depend.refobjid = pg_attribute.attrelid
        and pg_depend.refobjsubid = pg_attribute.attnum
where relations.relkind = 'S';
