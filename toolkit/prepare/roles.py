"""Making the tenant's roles: missing ones are created, others mended, none is ever dropped."""

from collections.abc import Sequence

from psycopg import errors

from toolkit.connect import Connection, connect
from toolkit.errors import ToolkitError
from toolkit.prepare.plan import Change, plan_roles
from toolkit.prepare.target import own_role, read_roles
from toolkit.server import Server
from toolkit.settings import RoleDeclaration

# Another run, in this database or another of the cluster, got there first: look again.
_LOST_RACES = (
    errors.UniqueViolation,
    errors.DuplicateObject,
    errors.InternalError_,  # "tuple concurrently updated": two statements about one role
    errors.DeadlockDetected,
)
_ATTEMPTS = 20
# Spares runs in one database the races; those in others do not see it.
_QUEUE_UP = "select pg_advisory_xact_lock(hashtextextended('hephaitos prepare', 0))"


class PrerequisiteRefused(ToolkitError):
    """The server does not let this role make or mend a prerequisite."""


def prepare(
    connection: Connection,
    roles: Sequence[RoleDeclaration],
    *,
    migrating_role: str | None = None,
) -> tuple[Change, ...]:
    """Make sure that the tenant's roles exist and that the migrating role can use them.

    One transaction, all or nothing. Safe beside other runs, in this database or another of the
    cluster: whoever loses a race looks again.

    Args:
        connection: to the target, as a role that may create roles.
        roles: what the tenant declares.
        migrating_role: who applies revisions; the connection's own role when None.

    Returns:
        What was done; empty when everything was there.

    Raises:
        PrerequisiteRefused: the server said no; the hint holds the statements for one who may.
    """
    member = migrating_role or own_role(connection)
    for _ in range(_ATTEMPTS - 1):
        try:
            return _apply(connection, roles, member)
        except _LOST_RACES:
            continue
    return _apply(connection, roles, member)


def prepare_server(server: Server, roles: Sequence[RoleDeclaration]) -> tuple[Change, ...]:
    """Make the tenant's roles on a scratch server, as `migrator` does on a target."""
    with connect(server.url()) as connection:
        return prepare(connection, roles)


def _apply(
    connection: Connection, roles: Sequence[RoleDeclaration], member: str
) -> tuple[Change, ...]:
    changes: tuple[Change, ...] = ()
    try:
        with connection.transaction():
            connection.execute(_QUEUE_UP)
            present = read_roles(connection, (role.name for role in roles), member)
            changes = plan_roles(roles, present, member, connection.info.server_version)
            for change in changes:
                connection.execute(change.sql.encode())
    except errors.InsufficientPrivilege as error:
        raise PrerequisiteRefused(
            f"{own_role(connection)} may not prepare the tenant's roles",
            detail=error.diag.message_primary or str(error),
            hint=f"Have an administrator run: {' '.join(change.sql for change in changes)}",
        ) from error
    return changes
