-- Aggregates. PostgreSQL prints no definition of one, so its parts stand here as CREATE takes them.
select
    'aggregate' as kind,
    namespaces.nspname as schema,
    pg_proc.proname as name,
    oidvectortypes(pg_proc.proargtypes) as part,
    'pg_proc'::regclass as catalog,
    pg_proc.oid as object,
    0 as sub,
    'pg_namespace'::regclass as parent_catalog,
    pg_proc.pronamespace as parent_object,
    0 as parent_sub,
    json_build_object(
        'owner', pg_get_userbyid(pg_proc.proowner),
        'arguments', pg_get_function_arguments(pg_proc.oid),
        'returns', pg_get_function_result(pg_proc.oid),
        'parallel',
        case pg_proc.proparallel
            when 's' then 'safe'
            when 'r' then 'restricted'
            when 'u' then 'unsafe'
        end,
        'definition',
        concat_ws(
            ', ',
            'sfunc = ' || pg_aggregate.aggtransfn::regproc,
            'stype = ' || format_type(pg_aggregate.aggtranstype, null),
            'sspace = ' || nullif(pg_aggregate.aggtransspace, 0),
            'initcond = ' || quote_literal(pg_aggregate.agginitval),
            'finalfunc = ' || nullif(pg_aggregate.aggfinalfn::oid, 0)::regproc,
            case when pg_aggregate.aggfinalextra then 'finalfunc_extra' end,
            case pg_aggregate.aggfinalmodify
                when 's' then 'finalfunc_modify = shareable'
                when 'w' then 'finalfunc_modify = read_write'
                else 'finalfunc_modify = read_only'
            end,
            'combinefunc = ' || nullif(pg_aggregate.aggcombinefn::oid, 0)::regproc,
            'serialfunc = ' || nullif(pg_aggregate.aggserialfn::oid, 0)::regproc,
            'deserialfunc = ' || nullif(pg_aggregate.aggdeserialfn::oid, 0)::regproc,
            'msfunc = ' || nullif(pg_aggregate.aggmtransfn::oid, 0)::regproc,
            'minvfunc = ' || nullif(pg_aggregate.aggminvtransfn::oid, 0)::regproc,
            'mstype = ' || format_type(nullif(pg_aggregate.aggmtranstype, 0), null),
            'msspace = ' || nullif(pg_aggregate.aggmtransspace, 0),
            'minitcond = ' || quote_literal(pg_aggregate.aggminitval),
            'mfinalfunc = ' || nullif(pg_aggregate.aggmfinalfn::oid, 0)::regproc,
            case when pg_aggregate.aggmfinalextra then 'mfinalfunc_extra' end,
            case
                when pg_aggregate.aggmtransfn::oid = 0 then null
                when pg_aggregate.aggmfinalmodify = 's' then 'mfinalfunc_modify = shareable'
                when pg_aggregate.aggmfinalmodify = 'w' then 'mfinalfunc_modify = read_write'
                else 'mfinalfunc_modify = read_only'
            end,
            'sortop = operator('
            || (
                select format('%I.%s', pg_namespace.nspname, pg_operator.oprname)
                from pg_catalog.pg_operator
                inner join pg_catalog.pg_namespace
                    on pg_operator.oprnamespace = pg_namespace.oid
                where pg_operator.oid = pg_aggregate.aggsortop
            )
            || ')',
            case when pg_aggregate.aggkind = 'h' then 'hypothetical' end
        )
    ) as attributes
from pg_catalog.pg_proc
inner join namespaces
    on pg_proc.pronamespace = namespaces.oid
inner join pg_catalog.pg_aggregate
    on pg_proc.oid = pg_aggregate.aggfnoid
where
    not exists (
        select from members
        where members.classid = 'pg_proc'::regclass and members.objid = pg_proc.oid
    );
