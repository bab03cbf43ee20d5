"""What a target lacks, and the statements that mend it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from psycopg import sql

from toolkit.connect import OLDEST_SUPPORTED, Connection
from toolkit.prepare.plan import plan_roles, quoted
from toolkit.prepare.target import CronFacts, Target, own_role, read_target
from toolkit.settings import RoleDeclaration


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that migrations need and a target does not have.

    Args:
        message: one line, lower case, naming the object.
        detail: a fact; what was found.
        hint: one imperative sentence.
        sql: what an administrator of the target runs; empty when no statement mends it.
    """

    message: str
    detail: str
    hint: str
    sql: str = ""


def missing(
    connection: Connection,
    roles: Sequence[RoleDeclaration],
    *,
    migrating_role: str | None = None,
) -> tuple[Lack, ...]:
    """Say what a target lacks. Changes nothing.

    Args:
        connection: to the target; what it may not see is reported as not seen.
        roles: what the tenant declares.
        migrating_role: who applies revisions; the connection's own role when None.
    """
    member = migrating_role or own_role(connection)
    return find_lacks(read_target(connection, (role.name for role in roles), member), roles)


def find_lacks(target: Target, roles: Sequence[RoleDeclaration]) -> tuple[Lack, ...]:
    """Compare a target with what migrations need; pure.

    Returns:
        Lacks in the order in which they are best mended. O(r log r) for r declared roles.
    """
    return tuple(
        lack for look in (_server, _platform, _rights, _cron) for lack in look(target)
    ) + tuple(_roles(target, roles))


def _server(target: Target) -> Iterator[Lack]:
    major = target.server_version // 10_000
    if major < OLDEST_SUPPORTED:
        yield Lack(
            f"PostgreSQL {major} is too old",
            f"migrations are written for PostgreSQL {OLDEST_SUPPORTED} and newer",
            f"Upgrade the server to PostgreSQL {OLDEST_SUPPORTED} or newer.",
        )


def _platform(target: Target) -> Iterator[Lack]:
    absent = [f"schema {name}" for name in target.absent_schemas]
    absent += [f"role {name}" for name in target.absent_api_roles]
    if absent:
        yield Lack(
            f"database {target.database} is not Supabase's",
            f"absent: {', '.join(absent)}",
            "Point the database URL at a Supabase project, or at a scratch server of the toolkit.",
        )


def _rights(target: Target) -> Iterator[Lack]:
    role, database = quoted(target.migrating_role), quoted(target.database)
    if not target.may_create:
        yield Lack(
            f"{target.migrating_role} may not create schemas in database {target.database}",
            "the role has no CREATE on the database",
            "Grant it.",
            f"grant create on database {database} to {role};",
        )
    for schema in target.closed_schemas:
        yield Lack(
            f"{target.migrating_role} may not look into schema {schema}",
            "the role has no USAGE on the schema",
            "Grant it.",
            f"grant usage on schema {quoted(schema)} to {role};",
        )
    if target.may_reference_users is False:
        yield Lack(
            f"{target.migrating_role} may not point a foreign key at auth.users",
            "the role has no REFERENCES on the table",
            "Grant it.",
            f"grant references on table auth.users to {role};",
        )


def _cron(target: Target) -> Iterator[Lack]:
    cron = target.cron
    if not cron.is_available:
        major = target.server_version // 10_000
        yield Lack(
            "pg_cron is a stub: jobs are kept and never run"
            if cron.has_schema
            else "pg_cron is not installed on the server",
            "pg_available_extensions does not list it",
            f"Install pg_cron on the server (Debian: postgresql-{major}-cron).",
        )
    elif cron.is_preloaded is False:
        libraries = [library.strip() for library in (cron.libraries or "").split(",")]
        wanted = ", ".join(_literal(name) for name in (*filter(None, libraries), "pg_cron"))
        yield Lack(
            "pg_cron is not loaded by the server",
            f"shared_preload_libraries is {cron.libraries!r}",
            "Change the setting, then restart the server.",
            f"alter system set shared_preload_libraries = {wanted};",
        )
    else:
        yield from _loaded_cron(target, cron)


def _loaded_cron(target: Target, cron: CronFacts) -> Iterator[Lack]:
    role = quoted(target.migrating_role)
    if cron.home is not None and cron.home != target.database:
        yield Lack(
            f"jobs of database {target.database} never run",
            f"pg_cron reads the jobs of database {cron.home} only",
            "Change the setting, then restart the server.",
            f"alter system set cron.database_name = {_literal(target.database)};",
        )
    may_schedule = (
        f"grant usage on schema cron to {role};"
        f" grant execute on all functions in schema cron to {role};"
    )
    if cron.version is None:
        yield Lack(
            f"extension pg_cron is absent from database {target.database}",
            "pg_extension does not list it",
            "Create it.",
            f"create extension pg_cron with schema pg_catalog; {may_schedule}",
        )
    elif not cron.is_usable:
        yield Lack(
            f"{target.migrating_role} may not schedule jobs",
            "the role lacks USAGE on schema cron or EXECUTE on its functions",
            "Grant them.",
            may_schedule,
        )
    if cron.is_running is None:
        yield Lack(
            "nobody can tell whether pg_cron runs",
            "this role sees neither settings nor processes of the server",
            f"Let {target.migrating_role} see them.",
            f"grant pg_monitor to {role};",
        )
    elif not cron.is_running:
        yield Lack(
            "pg_cron's launcher is not running",
            "pg_stat_activity shows no process of type pg_cron launcher",
            "Restart the server, and look into its log when that does not help.",
        )


def _roles(target: Target, declared: Sequence[RoleDeclaration]) -> Iterator[Lack]:
    present = {role.name for role in target.roles}
    changes = plan_roles(declared, target.roles, target.migrating_role, target.server_version)
    for role in sorted(declared, key=lambda role: role.name):
        needed = [change for change in changes if change.role == role.name]
        if all(change.done == "described" for change in needed):
            continue
        yield Lack(
            f"role {role.name} is not as declared"
            if role.name in present
            else f"role {role.name} is absent",
            f"purpose: {role.purpose}; it is to be {', '.join(change.done for change in needed)}",
            "Run hephaitos prepare as a role that may create roles, or the statements.",
            " ".join(change.sql for change in needed),
        )


def _literal(text: str) -> str:
    return sql.Literal(text).as_string(None)
