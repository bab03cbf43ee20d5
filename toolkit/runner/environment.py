"""What migrations/env.py does: find the database, check history, run the revisions.

Plain Alembic and the toolkit's own commands both come through here, so neither has more than the
other.
"""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationInfo

from toolkit.connect import engine
from toolkit.errors import SettingsError
from toolkit.history import verify_history
from toolkit.settings import read_settings

URL_ATTRIBUTE = "hephaitos.url"
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


def run_environment(context: EnvironmentContext) -> None:
    """Run the revisions that Alembic's command asked for, online or offline.

    Raises:
        HistoryTampered: a frozen file was edited; nothing was run.
        HistoryError: history forks.
        SettingsError: no database was named.
        ConnectionRefused: it cannot be reached.
    """
    verify_history(context.script)
    if context.is_offline_mode():
        _configure(context, dialect_name="postgresql", literal_binds=True)
        context.run_migrations()
        return
    database = engine(_target_url(context))
    try:
        with database.connect() as connection:
            _configure(context, connection=connection)
            context.run_migrations()
    finally:
        database.dispose()


def _configure(context: EnvironmentContext, **where: Any) -> None:
    context.configure(
        **where,
        target_metadata=sqlalchemy.MetaData(),
        transaction_per_migration=True,
        on_version_apply=_close_version_table,
    )


def _close_version_table(
    ctx: MigrationContext,
    step: MigrationInfo,
    heads: Collection[Any],  # noqa: ARG001 - Alembic passes all four by name
    run_args: Mapping[str, Any],  # noqa: ARG001 - as above
) -> None:
    if not step.is_upgrade or step.down_revision_ids:
        return
    if ctx.as_sql:
        ctx.impl.static_output(_CLOSE_VERSION_TABLE)
        return
    assert ctx.connection is not None  # only offline runs have none
    ctx.connection.exec_driver_sql(_CLOSE_VERSION_TABLE, execution_options={"no_parameters": True})


def _target_url(context: EnvironmentContext) -> str:
    url = context.config.attributes.get(URL_ATTRIBUTE) or read_settings().database_url
    if url is None:
        raise SettingsError(
            "no database was named",
            detail="HEPHAITOS_DATABASE_URL is not set, and alembic.ini holds no URL on purpose",
            hint="Set HEPHAITOS_DATABASE_URL to postgresql://user:password@host:port/database.",
        )
    return str(url)
