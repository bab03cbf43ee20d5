"""The baseline: snapshots made by replaying history from nothing, a revision at a time."""

from collections.abc import Iterator
from pathlib import Path

from toolkit.catalog import Facts, Scope, Snapshots, read_facts
from toolkit.clones import clone
from toolkit.connect import connect
from toolkit.runner import count_revisions, current_revision, upgrade
from toolkit.server import Progress, Server, silent
from toolkit.server.model import PRISTINE_TEMPLATE
from toolkit.settings import Settings


def write_snapshots(
    server: Server, settings: Settings, progress: Progress = silent
) -> tuple[Path, ...]:
    """Write the snapshots of all revisions for a server's major version.

    Args:
        server: a scratch server whose roles are prepared.
        settings: the project.
        progress: told each revision.

    Returns:
        The files, first revision first; snapshots of revisions that history lost are removed.
        Time: one replay of history and one reading of facts a revision.
    """
    snapshots = Snapshots.of(settings.project_root)
    written: list[Path] = []
    parent = None
    for revision, facts in replay(server, settings):
        progress(f"writing facts of revision {revision} on PostgreSQL {server.major}")
        written.append(snapshots.write(revision, parent, facts))
        parent = revision
    for path in snapshots.folder.glob(f"*.{server.major}.jsonl"):
        if path not in written:
            path.unlink()
    return tuple(written)


def replay(server: Server, settings: Settings) -> Iterator[tuple[str, Facts]]:
    """Yield each revision of history with the facts of a database that just reached it."""
    scope = Scope.of(settings)
    with clone(server, PRISTINE_TEMPLATE) as database:
        for _ in range(count_revisions(settings.project_root)):
            upgrade(settings.project_root, database.url, "+1")
            revision = current_revision(database.url)
            assert revision is not None  # one was just applied
            with connect(database.url) as connection:
                yield revision, read_facts(connection, scope)
