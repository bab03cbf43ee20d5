"""sql/ compared with history for an Alembic command, on a scratch server."""

from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy
from alembic.operations.ops import MigrationScript
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext

from toolkit.clones import clone, migrated_template
from toolkit.connect import engine
from toolkit.freeze.freezing import find_pending, freeze
from toolkit.freeze.plugin import PENDING_OPTION, PLUGIN
from toolkit.freeze.rows import find_rows
from toolkit.history import verify_history
from toolkit.prepare.scratch import scratch
from toolkit.runner.voice import say
from toolkit.server import Server
from toolkit.settings import Settings, read_settings
from toolkit.witness.program import find_pg_dump


def compare_sources(context: EnvironmentContext) -> None:
    """Tell Alembic what sql/ says and history does not; write the revision when asked for one.

    Raises:
        ToolkitError: there is no scratch server, or the revision was refused.
    """
    verify_history(context.script)
    settings = read_settings(start=Path(str(context.config.config_file_name)).parent)
    with scratch(settings, _tell) as server:
        _compare(context, server, settings)


def _compare(context: EnvironmentContext, server: Server, settings: Settings) -> None:
    own = context.get_context().environment_context
    assert own is not None  # it was configured by the environment
    # Replaying history takes environments of its own, and the last one leaves Alembic without any;
    # so all of that is done first, and ours entered again.
    pending = find_pending(server, settings)
    template = migrated_template(server, settings.project_root)
    own.__enter__()
    with clone(server, template) as database:
        head = engine(database.url)
        try:
            with head.connect() as connection:
                options: dict[str, Any] = {
                    PENDING_OPTION: pending,
                    "autogenerate_plugins": [PLUGIN],
                    "process_revision_directives": partial(_write, server, settings),
                }
                own.configure(
                    connection=connection, target_metadata=sqlalchemy.MetaData(), **options
                )
                own.run_migrations()
        finally:
            head.dispose()


def _write(
    server: Server,
    settings: Settings,
    _context: MigrationContext,
    _revision: object,
    directives: list[MigrationScript],
) -> None:
    """Write the revision here, so that it is the same file whoever asks; Alembic has none left.

    Alembic calls this for `check` as well, which has no message.
    """
    (script,) = directives
    if script.message is None:
        return
    directives.clear()
    if script.upgrade_ops is None or script.upgrade_ops.is_empty():
        say("nothing_to_freeze", "nothing to freeze: sql/ is the head of history")
        return
    frozen = freeze(
        server,
        settings,
        script.message,
        fill=find_rows(server, settings),
        pg_dump=find_pg_dump(server.major, settings.pg_bin),
        progress=_tell,
    )
    for path in frozen.paths:
        name = str(path.relative_to(settings.project_root))
        say("written", f"written, proven in both directions: {name}", path=name)


def _tell(step: str) -> None:
    say("freezing", step)
