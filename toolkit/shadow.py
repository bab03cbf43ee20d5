"""The shadow: a scratch database that shows what sql/ declares, for the length of one question."""

from pathlib import Path

from toolkit.catalog import Facts, Scope, read_facts
from toolkit.clones import clone, migrated_template
from toolkit.connect import connect
from toolkit.server import Server
from toolkit.server.model import PRISTINE_TEMPLATE
from toolkit.settings import Settings
from toolkit.sources import Declared, load_sources, read_sources

_SOURCES = "sql"


def declare(
    server: Server, settings: Settings, folder: Path | None = None, *, change: str = ""
) -> Declared:
    """Load a folder of SQL files into a scratch database and read both sides.

    Args:
        server: a scratch server whose roles are prepared.
        settings: the project.
        folder: sql/ of the project when None. A folder without the rooms of sql/ (functions, views,
            triggers, access, publications, cron) is a whole database of its own, tables and all,
            and is loaded into an empty one.
        change: hand-written statements to run before the files are loaded.

    Returns:
        What history makes and what the files declare.

    Raises:
        SourcesRefused: a file cannot be loaded, or makes something else than its path says.
    """
    root = settings.project_root
    sources = read_sources(folder or root / _SOURCES, root if folder is None else folder)
    scope = Scope.of(settings)
    pristine = _pristine(server, scope)
    template = PRISTINE_TEMPLATE if sources.is_free else migrated_template(server, root)
    with clone(server, template) as database:
        return load_sources(
            database.url,
            database.admin_url,
            sources,
            scope,
            pristine=pristine,
            change=change,
        )


def _pristine(server: Server, scope: Scope) -> Facts:
    with clone(server, PRISTINE_TEMPLATE) as database, connect(database.url) as connection:
        return read_facts(connection, scope)
