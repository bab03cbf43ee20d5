"""The shadow: a scratch database that shows what sql/ declares, for the length of one question."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from toolkit.catalog import Facts, Scope, read_facts
from toolkit.clones import Database, clone, maintenance, migrated_template, template
from toolkit.connect import Connection, connect
from toolkit.server import Server
from toolkit.server.model import PRISTINE_TEMPLATE
from toolkit.settings import Settings
from toolkit.sources import Declared, Sources, load_sources, read_sources, undress
from toolkit.sources.memory import recall, recall_facts, remember

_SOURCES, _BARE = "sql", "bare"


@dataclass(frozen=True, slots=True)
class Shadow:
    """A database with sql/ in it.

    Args:
        database: where it is.
        template: the database at the head of history that it was cloned from.
        sources: the files that were loaded.
        declared: history and sql/, both as facts.
    """

    database: Database
    template: str
    sources: Sources
    declared: Declared


@contextmanager
def cast_shadow(
    server: Server, settings: Settings, folder: Path | None = None, *, change: str = ""
) -> Iterator[Shadow]:
    """Load a folder of SQL files into a scratch database, and keep it for the length of a block.

    Args:
        server: a scratch server whose roles are prepared.
        settings: the project.
        folder: sql/ of the project when None. A folder without the rooms of sql/ (functions, views,
            triggers, access, publications, cron) is a whole database of its own, tables and all,
            and is loaded into an empty one.
        change: hand-written statements to run before the files are loaded.

    Raises:
        SourcesRefused: a file cannot be loaded, or makes something else than its path says.
    """
    root = settings.project_root
    sources = read_sources(folder or root / _SOURCES, root if folder is None else folder)
    scope = Scope.of(settings)
    with maintenance(server) as admin:
        migrated = bare = PRISTINE_TEMPLATE
        if not sources.is_free:
            migrated = migrated_template(server, root, admin=admin)
            bare = _bare_template(server, root, migrated, scope, admin)
        with clone(server, bare, admin=admin) as database:
            declared = _load(database, sources, scope, change)
            yield Shadow(database, migrated, sources, declared)


def _load(database: Database, sources: Sources, scope: Scope, change: str) -> Declared:
    with connect(database.url) as connection, connect(database.admin_url) as admin:
        if sources.is_free:
            before = read_facts(connection, scope)
            return load_sources(
                connection, admin, sources, scope, before=lambda: before, change=change
            )
        memory = recall(admin)
        return load_sources(
            connection,
            admin,
            sources,
            scope,
            before=lambda: recall_facts(admin),
            fingerprint=memory.fingerprint,
            kept=memory.kept,
            change=change,
        )


def declare(server: Server, settings: Settings, folder: Path | None = None) -> Declared:
    """Return what history makes and what a folder declares, as `cast_shadow` reads them."""
    with cast_shadow(server, settings, folder) as shadow:
        return shadow.declared


def _bare_template(
    server: Server, root: Path, migrated: str, scope: Scope, admin: Connection
) -> str:
    """Return a template at the head of history, undressed, that remembers what it was like."""
    # What a running system makes is nobody's difference, but it may stand on what has to go: the
    # triggers of a partition on their function.
    whole = replace(scope, runtime=())

    def build(building: Database) -> None:
        with clone(server, PRISTINE_TEMPLATE) as database:
            pristine = _read(database, whole)
        before = _read(building, scope)
        with connect(building.url) as connection:
            kept = undress(connection, read_facts(connection, whole), pristine)
        with connect(building.admin_url) as superuser:
            remember(superuser, before, kept)

    return template(server, root, _BARE, migrated, build, besides=repr(scope), admin=admin)


def _read(database: Database, scope: Scope) -> Facts:
    with connect(database.url) as connection:
        return read_facts(connection, scope)
