"""The floor for reading facts: as many bytes by plain queries, one a catalog, nothing made of it.

No privileges resolved, no defaults told from choices, no dependencies followed: what anybody would
write first to look at the same objects.
"""

from toolkit.connect import Connection

_QUERIES = tuple(
    query.encode()
    for query in (
        "select oid, nspname, nspowner::regrole, nspacl, obj_description(oid) from pg_namespace",
        """
        select pg_proc.oid, nspname, proname, proowner::regrole, proacl, provolatile, prosecdef,
            proisstrict, proparallel, procost, prorows, proconfig, prosrc,
            pg_get_function_arguments(pg_proc.oid), pg_get_function_result(pg_proc.oid),
            pg_get_functiondef(pg_proc.oid), obj_description(pg_proc.oid, 'pg_proc')
        from pg_proc inner join pg_namespace on pronamespace = pg_namespace.oid
        where nspname !~ '^pg_|^information_schema$' and prokind in ('f', 'p', 'w')
        """,
        """
        select pg_class.oid, nspname, relname, relkind, relowner::regrole, relacl, reloptions,
            relrowsecurity, relforcerowsecurity, relreplident, relpersistence,
            obj_description(pg_class.oid, 'pg_class'),
            case when relkind in ('v', 'm') then pg_get_viewdef(pg_class.oid) end
        from pg_class inner join pg_namespace on relnamespace = pg_namespace.oid
        where nspname !~ '^pg_|^information_schema$' and relkind in ('r', 'p', 'v', 'm', 'S')
        """,
        """
        select attrelid, attname, attnum, format_type(atttypid, atttypmod), attnotnull,
            attidentity, attgenerated, attstorage, attstattarget, attacl, attoptions,
            pg_get_expr(adbin, adrelid), col_description(attrelid, attnum)
        from pg_attribute
        inner join pg_class on attrelid = pg_class.oid
        inner join pg_namespace on relnamespace = pg_namespace.oid
        left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where nspname !~ '^pg_|^information_schema$' and attnum > 0
            and not attisdropped and relkind in ('r', 'p', 'v', 'm')
        """,
        """
        select conname, conrelid::regclass, pg_get_constraintdef(pg_constraint.oid)
        from pg_constraint inner join pg_namespace on connamespace = pg_namespace.oid
        where nspname !~ '^pg_|^information_schema$'
        """,
        """
        select indexrelid::regclass, indrelid::regclass, pg_get_indexdef(indexrelid), indisvalid,
            indisclustered, indisreplident
        from pg_index inner join pg_class on indexrelid = pg_class.oid
        inner join pg_namespace on relnamespace = pg_namespace.oid
        where nspname !~ '^pg_|^information_schema$'
        """,
        """
        select seqrelid::regclass, seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax,
            seqcache, seqcycle
        from pg_sequence
        """,
        """
        select oid, tgrelid::regclass, tgname, tgenabled, pg_get_triggerdef(oid)
        from pg_trigger where not tgisinternal
        """,
        """
        select oid, polrelid::regclass, polname, polcmd, polpermissive, polroles::regrole[],
            pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
        from pg_policy
        """,
        "select * from pg_publication",
        "select extname, extversion from pg_extension",
        "select rolname, rolsuper, rolbypassrls, rolcanlogin, rolconfig from pg_roles",
        """
        select classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype
        from pg_depend where objid >= 16384 and refobjid >= 16384
        """,
    )
)


def fetch(connection: Connection) -> int:
    """Fetch everything as text and return how many bytes that was."""
    fetched = 0
    with connection.transaction():
        connection.execute("set local search_path = ''")
        for query in _QUERIES:
            result = connection.execute(query).pgresult
            assert result is not None  # every one of them is a select
            for row in range(result.ntuples):
                for column in range(result.nfields):
                    fetched += len(result.get_value(row, column) or b"")
    return fetched
