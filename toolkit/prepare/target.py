"""What a target is, as far as prerequisites go: facts read in a few statements, and no verdict."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row, dict_row, scalar_row

from toolkit.connect import Connection

# The comment on supabase_admin that server/supabase/10_roles.sql leaves on servers of our own.
STAND_IN = "stand-in for Supabase, made by hephaitos"
PLATFORM_SCHEMAS = ("auth", "extensions", "realtime", "storage")
API_ROLES = ("anon", "authenticated", "service_role")

_IS_REAL_SUPABASE = """
    select exists (
        select from pg_catalog.pg_roles
        where
            pg_roles.rolname = 'supabase_admin'
            and pg_catalog.shobj_description(pg_roles.oid, 'pg_authid') is distinct from %s
    )
"""

_DATABASE = """
    select
        pg_catalog.current_setting('server_version_num')::integer as server_version,
        pg_catalog.current_database()::text as database,
        migrating.rolname::text as migrating_role,
        pg_catalog.has_database_privilege(
            migrating.oid, pg_catalog.current_database(), 'create'
        ) as may_create,
        (
            -- by way of the catalog: to_regclass() fails where the schema is closed
            select pg_catalog.has_table_privilege(migrating.oid, pg_class.oid, 'references')
            from pg_catalog.pg_class
            inner join pg_catalog.pg_namespace on pg_namespace.oid = pg_class.relnamespace
            where pg_namespace.nspname = 'auth' and pg_class.relname = 'users'
        ) as may_reference_users,
        array(
            select wanted.name
            from unnest(%(schemas)s::text[]) as wanted (name)
            where pg_catalog.to_regnamespace(wanted.name) is null
            order by wanted.name
        ) as absent_schemas,
        array(
            select pg_namespace.nspname::text
            from pg_catalog.pg_namespace
            where
                pg_namespace.nspname = any (%(schemas)s)
                and not pg_catalog.has_schema_privilege(migrating.oid, pg_namespace.oid, 'usage')
            order by pg_namespace.nspname
        ) as closed_schemas,
        array(
            select wanted.name
            from unnest(%(api_roles)s::text[]) as wanted (name)
            where pg_catalog.to_regrole(wanted.name) is null
            order by wanted.name
        ) as absent_api_roles
    from pg_catalog.pg_roles as migrating
    where migrating.rolname = %(migrating_role)s
"""

# pg_settings and pg_stat_activity hide rows instead of refusing: NULL says "not allowed to see".
_CRON = """
    select
        exists (
            select from pg_catalog.pg_available_extensions
            where pg_available_extensions.name = 'pg_cron'
        ) as is_available,
        (
            select pg_settings.setting from pg_catalog.pg_settings
            where pg_settings.name = 'shared_preload_libraries'
        ) as libraries,
        (
            select pg_settings.setting from pg_catalog.pg_settings
            where pg_settings.name = 'cron.database_name'
        ) as home,
        (
            select pg_extension.extversion from pg_catalog.pg_extension
            where pg_extension.extname = 'pg_cron'
        ) as version,
        pg_catalog.to_regnamespace('cron') is not null as has_schema,
        case
            when pg_catalog.pg_has_role('pg_read_all_stats', 'usage') then exists (
                select from pg_catalog.pg_stat_activity
                where pg_stat_activity.backend_type = 'pg_cron launcher'
            )
        end as is_running,
        coalesce(
            (
                select
                    bool_and(
                        pg_catalog.has_schema_privilege(
                            %(migrating_role)s, pg_namespace.oid, 'usage'
                        )
                        and pg_catalog.has_function_privilege(
                            %(migrating_role)s, pg_proc.oid, 'execute'
                        )
                    )
                from pg_catalog.pg_proc
                inner join pg_catalog.pg_namespace on pg_namespace.oid = pg_proc.pronamespace
                where pg_namespace.nspname = 'cron' and pg_proc.proname = 'alter_job'
            ),
            false
        ) as is_usable
"""

_ROLES = """
    select
        pg_roles.rolname::text as name,
        array_remove(array[
            case when pg_roles.rolcanlogin then 'login' end,
            case when pg_roles.rolinherit then 'inherit' end,
            case when pg_roles.rolsuper then 'superuser' end,
            case when pg_roles.rolcreaterole then 'createrole' end,
            case when pg_roles.rolcreatedb then 'createdb' end,
            case when pg_roles.rolreplication then 'replication' end,
            case when pg_roles.rolbypassrls then 'bypassrls' end
        ], null) as attributes,
        coalesce(pg_catalog.shobj_description(pg_roles.oid, 'pg_authid'), '') as comment,
        pg_catalog.pg_has_role(%(migrating_role)s, pg_roles.oid, 'usage')
        and pg_catalog.pg_has_role(%(migrating_role)s, pg_roles.oid, %(become)s) as is_granted,
        runner.rolsuper
        or (runner.rolcreaterole and %(any_creator)s)
        or pg_catalog.pg_has_role(pg_roles.oid, 'member with admin option') as is_ours
    from pg_catalog.pg_roles
    inner join pg_catalog.pg_roles as runner on runner.rolname = current_user
    where pg_roles.rolname = any (%(names)s)
    order by pg_roles.rolname
"""


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """One role that exists.

    Args:
        name: as declared.
        attributes: the powers it has, in the words of CREATE ROLE.
        comment: empty when it has none.
        is_granted: whether the migrating role has its rights and may become it.
        is_ours: whether whoever looks may alter it.
    """

    name: str
    attributes: tuple[str, ...]
    comment: str
    is_granted: bool
    is_ours: bool

    def __post_init__(self) -> None:
        # psycopg hands over a list, and facts are compared and hashed.
        object.__setattr__(self, "attributes", tuple(self.attributes))


@dataclass(frozen=True, slots=True)
class CronFacts:
    """What can be seen of pg_cron; None is "not allowed to see".

    Args:
        is_available: whether the server has the extension's files.
        libraries: shared_preload_libraries as set.
        home: the one database whose jobs fire; None as well when pg_cron is not loaded.
        version: of the extension in this database, None when it is not created.
        has_schema: whether there is a schema cron, the extension's or a stub's.
        is_running: whether the launcher is among the server's processes.
        is_usable: whether the migrating role may schedule and alter jobs.
    """

    is_available: bool
    libraries: str | None
    home: str | None
    version: str | None
    has_schema: bool
    is_running: bool | None
    is_usable: bool

    @property
    def is_preloaded(self) -> bool | None:
        """Whether the server loads pg_cron at its start."""
        if self.libraries is None:
            return None
        return "pg_cron" in (library.strip() for library in self.libraries.split(","))


@dataclass(frozen=True, slots=True)
class Target:
    """A database and the role that migrates it.

    Args:
        server_version: like 170006.
        database: its name.
        migrating_role: who applies revisions.
        may_create: whether it may create schemas here.
        may_reference_users: whether it may point a foreign key at auth.users; None without one.
        absent_schemas: of PLATFORM_SCHEMAS.
        closed_schemas: of PLATFORM_SCHEMAS, those it may not look into.
        absent_api_roles: of API_ROLES.
        cron: pg_cron.
        roles: those of the tenant's that exist.
    """

    server_version: int
    database: str
    migrating_role: str
    may_create: bool
    may_reference_users: bool | None
    absent_schemas: tuple[str, ...]
    closed_schemas: tuple[str, ...]
    absent_api_roles: tuple[str, ...]
    cron: CronFacts
    roles: tuple[RoleFacts, ...]


def is_real_supabase(connection: Connection) -> bool:
    """Tell a Supabase project from every other server, our own stand-in included.

    The whole cluster is one or the other: Supabase's superuser exists, and it does not carry the
    comment that the stand-in leaves on it.
    """
    with connection.cursor(row_factory=scalar_row) as cursor:
        return bool(cursor.execute(_IS_REAL_SUPABASE, [STAND_IN]).fetchone())


def own_role(connection: Connection) -> str:
    """Return the role as which a connection acts."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return str(cursor.execute("select current_user").fetchone())


def read_target(connection: Connection, names: Iterable[str], migrating_role: str) -> Target:
    """Read the facts. Three statements, however many roles.

    Args:
        connection: to the target, as any role.
        names: the tenant's roles.
        migrating_role: who applies revisions; it exists.
    """
    with connection.cursor(row_factory=class_row(CronFacts)) as cursor:
        cron = cursor.execute(_CRON, {"migrating_role": migrating_role}).fetchone()
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            _DATABASE,
            {
                "migrating_role": migrating_role,
                "schemas": list(PLATFORM_SCHEMAS),
                "api_roles": list(API_ROLES),
            },
        ).fetchone()
    assert cron is not None  # no FROM
    assert row is not None  # the role exists
    facts: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.items()
    }
    return Target(**facts, cron=cron, roles=read_roles(connection, names, migrating_role))


def read_roles(
    connection: Connection, names: Iterable[str], migrating_role: str
) -> tuple[RoleFacts, ...]:
    """Read those of the named roles that exist, by name. One statement."""
    # 16 made becoming a role a right of its own, and altering one a matter of ADMIN.
    is_fine_grained = connection.info.server_version >= 160_000
    with connection.cursor(row_factory=class_row(RoleFacts)) as cursor:
        cursor.execute(
            _ROLES,
            {
                "names": list(names),
                "migrating_role": migrating_role,
                "become": "set" if is_fine_grained else "member",
                "any_creator": not is_fine_grained,
            },
        )
        return tuple(cursor.fetchall())
