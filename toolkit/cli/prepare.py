"""hephaitos prepare: make the roles that the migrations rely on."""

from dataclasses import asdict

from toolkit.cli.options import (
    DatabaseUrlOption,
    Format,
    FormatOption,
    MigratingRoleOption,
    emit,
)
from toolkit.cli.target import named_target
from toolkit.connect import connect
from toolkit.prepare import Change, prepare
from toolkit.settings import read_settings


def run(
    database_url: DatabaseUrlOption = None,
    role: MigratingRoleOption = None,
    form: FormatOption = Format.TEXT,
) -> int:
    """Make the tenant's roles in the target's cluster; safe to run again, and beside itself.

    Run it as the role that applies revisions, or as an administrator with --role naming that one.

    Roles belong to the whole cluster, so no migration makes them and no downgrade drops them.
    What else the target needs is an administrator's to give: see `hephaitos doctor`.
    """
    settings = read_settings(database_url=database_url)
    with connect(named_target(settings)) as connection:
        changes = prepare(connection, settings.roles, migrating_role=role)
    emit(form, {"changes": [asdict(change) for change in changes]}, lambda: _text(changes))
    return 0


def _text(changes: tuple[Change, ...]) -> str:
    return "\n".join(str(change) for change in changes) or "every role was there already"
