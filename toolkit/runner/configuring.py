"""Alembic's context, configured: for a look, for a run, or for a script that is only printed.

The version table is Alembic's; that nobody else writes it is looked after here.
"""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import sqlalchemy
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationInfo

from toolkit.history import ALONE_OPTION
from toolkit.runner.options import SCRATCH, RunOptions
from toolkit.runner.run import run_alone

# Legacy privilege regimes grant every new table in public to the API's roles, and whoever can
# write this one can make the next run skip or repeat revisions.
_CLOSE_VERSION_TABLE = """
do $$
declare
    grantee text;
begin
    for grantee in
        select distinct
            case entry.grantee
                when 0 then 'public'
                else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(entry.grantee))
            end
        from pg_catalog.pg_class as version_table,
            pg_catalog.aclexplode(version_table.relacl) as entry
        where
            version_table.oid = 'alembic_version'::regclass
            and entry.grantee <> version_table.relowner
    loop
        execute pg_catalog.format('revoke all on alembic_version from %s', grantee);
    end loop;
end
$$;
"""


def configure(
    context: EnvironmentContext,
    *,
    before_commit: Callable[[], None] | None = None,
    options: RunOptions = SCRATCH,
    **where: Any,
) -> None:
    """Configure Alembic's context.

    Args:
        context: the environment of the running command.
        before_commit: called at the end of every step's transaction.
        options: what the run may do.
        where: Alembic's own arguments: a connection or a dialect, the command's function.
    """

    def on_version_apply(
        ctx: MigrationContext,
        step: MigrationInfo,
        heads: Collection[Any],  # noqa: ARG001 - Alembic passes all four by name
        run_args: Mapping[str, Any],  # noqa: ARG001 - as above
    ) -> None:
        _close_version_table(ctx, step)
        if before_commit is not None:
            before_commit()

    alone: Mapping[str, Any] = {ALONE_OPTION: partial(run_alone, options=options)}
    context.configure(
        target_metadata=sqlalchemy.MetaData(),
        transaction_per_migration=True,
        on_version_apply=on_version_apply,
        **where,
        **alone,
    )


def _close_version_table(ctx: MigrationContext, step: MigrationInfo) -> None:
    # A stamp may be what makes the table, wherever it leads.
    if not step.is_stamp and (not step.is_upgrade or step.down_revision_ids):
        return
    if ctx.as_sql:
        ctx.impl.static_output(_CLOSE_VERSION_TABLE)
        return
    assert ctx.connection is not None  # only offline runs have none
    ctx.connection.exec_driver_sql(_CLOSE_VERSION_TABLE, execution_options={"no_parameters": True})


def revision_of(connection: sqlalchemy.Connection) -> str | None:
    """Return the revision a database is at; outside a transaction, and left so."""
    found = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    return found
