"""The frozen history: SQL files that revisions pin by hash, and that nobody edits again.

A revision never reads `sql/`, which describes the present; it sends its own frozen text, verbatim,
and the same text is what `--sql` prints. A file runs in the revision's transaction, unless its
first line is AUTOCOMMIT: then it holds one statement that PostgreSQL refuses inside a transaction.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
from alembic import op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory

from toolkit.errors import HistoryError, HistoryTampered
from toolkit.script import split
from toolkit.sending import send_together

AUTOCOMMIT = "-- autocommit\n"
# Where the runner leaves what runs a statement alone: a function of a connection and the text.
ALONE_OPTION = "hephaitos_alone"
_FOLDER = "frozen"
# More than a history has files: each is looked for several times in a run.
_KEPT = 2048
_SECTION = r"^{label}:[ ]*(?P<text>\S.*(?:\n[ ]+\S.*)*)"


@dataclass(frozen=True, slots=True)
class Frozen:
    """The two SQL files of one revision.

    Args:
        revision_file: the revision's `__file__`; its first four characters name the SQL files.
        up: sha256 of NNNN.up.sql.
        down: sha256 of NNNN.down.sql.
    """

    revision_file: str
    up: str
    down: str

    def upgrade(self) -> None:
        """Run NNNN.up.sql, or print it offline.

        Raises:
            HistoryTampered: the file is not the one that was pinned.
        """
        _send(self.text(upgrade=True))

    def downgrade(self) -> None:
        """Run NNNN.down.sql, or print it offline.

        Raises:
            HistoryTampered: the file is not the one that was pinned.
        """
        _send(self.text(upgrade=False))

    def text(self, *, upgrade: bool) -> str:
        """Return what one direction runs.

        Raises:
            HistoryTampered: the file is not the one that was pinned.
        """
        direction, pinned = ("up", self.up) if upgrade else ("down", self.down)
        return read_pinned(self._path(direction), pinned)

    def verify(self) -> None:
        """Check both files without running them. O(bytes).

        Raises:
            HistoryTampered: a file is missing or not the one that was pinned.
        """
        self.text(upgrade=True)
        self.text(upgrade=False)

    def _path(self, direction: str) -> Path:
        return _frozen_path(self.revision_file, direction)


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision as it stands in migrations/versions.

    Args:
        number: its id.
        parent: the one before, None for the first.
        docstring: what it says about itself.
        frozen: its SQL; None when it is written some other way.
    """

    number: str
    parent: str | None
    docstring: str
    frozen: Frozen | None

    def section(self, label: str) -> str:
        """Return what its docstring says after a label at the line's beginning, on one line."""
        match = re.search(_SECTION.format(label=label), self.docstring, re.MULTILINE)
        return " ".join(match["text"].split()) if match else ""


def read_revisions(project_root: Path) -> tuple[Revision, ...]:
    """Read history, first revision first. Opens no connection.

    Raises:
        HistoryError: the line forks.
        HistoryTampered: a frozen file is missing or edited.
    """
    script = ScriptDirectory.from_config(Config(str(project_root / "alembic.ini")))
    verify_history(script)
    newest_first = [
        Revision(
            number=one.revision,
            parent=str(one.down_revision) if one.down_revision else None,
            docstring=one.module.__doc__ or "",
            frozen=frozen_of(one),
        )
        for one in script.walk_revisions()
    ]
    return tuple(reversed(newest_first))


def verify_history(script: ScriptDirectory) -> None:
    """Check that history is one straight line and that every frozen file is untouched.

    Called before the first statement of any run, so that a changed file changes nothing. O(bytes).

    Raises:
        HistoryError: the line forks.
        HistoryTampered: a frozen file is missing or edited.
    """
    heads = script.get_heads()
    if len(heads) > 1:
        raise HistoryError(
            f"history forks into {len(heads)} heads",
            detail=f"the heads are {', '.join(sorted(heads))}",
            hint="Give one of them the other as its down_revision.",
        )
    for revision in script.walk_revisions():
        if revision.is_merge_point or revision.is_branch_point or revision.dependencies:
            before, after = _named(revision.down_revision), _named(revision.nextrev)
            raise HistoryError(
                f"history is no straight line at {revision.revision}",
                detail=f"it follows {before}, is followed by {after}, "
                f"depends on {_named(revision.dependencies)}",
                hint="Put the revisions one after another: one down_revision each, no depends_on.",
            )
    for frozen in _frozen_files(script):
        frozen.verify()


def read_pinned(path: Path, pinned_sha256: str) -> str:
    """Return the text of a frozen file.

    Raises:
        HistoryTampered: the file is missing, or its bytes have another hash.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise HistoryTampered(
            f"frozen SQL is missing: {path.name}",
            detail=f"its revision pins sha256 {pinned_sha256[:12]}",
            hint="Restore the file from git.",
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != pinned_sha256:
        raise HistoryTampered(
            f"frozen SQL was edited: {path.name}",
            detail=f"sha256 is {found[:12]}, the revision pins {pinned_sha256[:12]}",
            hint="Restore the file from git, then put the change in a new revision.",
        )
    return content.decode()


@lru_cache(maxsize=_KEPT)
def _frozen_path(revision_file: str, direction: str) -> Path:
    revision = Path(revision_file)
    return revision.parents[1] / _FOLDER / f"{revision.name[:4]}.{direction}.sql"


def frozen_of(script: Script) -> Frozen | None:
    """Return the frozen files of a revision, None when it is written some other way."""
    frozen = getattr(script.module, "FROZEN", None)
    return frozen if isinstance(frozen, Frozen) else None


def _named(revisions: Iterable[str] | str | None) -> str:
    if isinstance(revisions, str):
        return revisions
    return " and ".join(sorted(revisions or ())) or "nothing"


def _frozen_files(script: ScriptDirectory) -> Iterator[Frozen]:
    for revision in script.walk_revisions():
        frozen = frozen_of(revision)
        if frozen is not None:
            yield frozen


def _send(text: str) -> None:
    context = op.get_context()
    if text.startswith(AUTOCOMMIT):
        with context.autocommit_block():
            _send_alone(context, text)
    elif context.as_sql:
        context.impl.static_output(text)
    else:
        send_together(_driver_connection(context), split(text))


def _send_alone(context: MigrationContext, text: str) -> None:
    if context.as_sql:
        context.impl.static_output(text)
        return
    run_alone = context.opts.get(ALONE_OPTION, psycopg.Connection.execute)
    run_alone(_driver_connection(context), text)


def _driver_connection(context: MigrationContext) -> "psycopg.Connection[Any]":
    assert context.connection is not None  # only offline runs have none
    connection = context.connection.connection.driver_connection
    assert isinstance(connection, psycopg.Connection)  # the toolkit speaks through psycopg only
    return connection
