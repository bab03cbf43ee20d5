"""The frozen history: SQL files that revisions pin by hash, and that nobody edits again.

A revision never reads `sql/`, which describes the present; it sends its own frozen text, verbatim,
and the same text is what `--sql` prints.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alembic import op
from alembic.script import ScriptDirectory

from toolkit.errors import HistoryError, HistoryTampered

_FOLDER = "frozen"


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
        _send(read_pinned(self._path("up"), self.up))

    def downgrade(self) -> None:
        """Run NNNN.down.sql, or print it offline.

        Raises:
            HistoryTampered: the file is not the one that was pinned.
        """
        _send(read_pinned(self._path("down"), self.down))

    def verify(self) -> None:
        """Check both files without running them. O(bytes).

        Raises:
            HistoryTampered: a file is missing or not the one that was pinned.
        """
        read_pinned(self._path("up"), self.up)
        read_pinned(self._path("down"), self.down)

    def _path(self, direction: str) -> Path:
        revision = Path(self.revision_file)
        return revision.parents[1] / _FOLDER / f"{revision.name[:4]}.{direction}.sql"


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


def _frozen_files(script: ScriptDirectory) -> Iterator[Frozen]:
    for revision in script.walk_revisions():
        frozen = getattr(revision.module, "FROZEN", None)
        if isinstance(frozen, Frozen):
            yield frozen


def _send(text: str) -> None:
    context = op.get_context()
    if context.as_sql:
        context.impl.static_output(text)
        return
    assert context.connection is not None  # only offline runs have none
    # Without parameters, so that a % or a :name in a body is just text.
    context.connection.exec_driver_sql(text, execution_options={"no_parameters": True}).close()
