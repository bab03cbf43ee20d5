"""Revisions as files: the next number, both scripts, and what pins them.

The one module that writes into migrations/.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from toolkit.history import verify_history

_TEMPLATE = '''"""{docstring}"""

from toolkit.history import Frozen

revision = "{number}"
down_revision = {parent}

FROZEN = Frozen(
    __file__,
    up="{up}",
    down="{down}",
)


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
'''


@dataclass(frozen=True, slots=True)
class History:
    """Where the next revision goes.

    Args:
        root: the project.
        head: the newest revision; None when there is none.
        number: the next one.
        scripts: the .up.sql files that there are, first to last.
    """

    root: Path
    head: str | None
    number: str
    scripts: tuple[Path, ...]

    @classmethod
    def of(cls, root: Path) -> "History":
        """Read the history of a project.

        Raises:
            HistoryError: it forks.
            HistoryTampered: a frozen file was edited.
        """
        script = ScriptDirectory.from_config(Config(str(root / "alembic.ini")))
        verify_history(script)
        revisions = [one.revision for one in reversed(list(script.walk_revisions()))]
        frozen = root / "migrations" / "frozen"
        scripts = (frozen / f"{revision[:4]}.up.sql" for revision in revisions)
        return cls(
            root,
            revisions[-1] if revisions else None,
            f"{len(revisions) + 1:04d}",
            tuple(path for path in scripts if path.is_file()),
        )

    def write(self, name: str, docstring: str, up: str, down: str) -> tuple[Path, ...]:
        """Write the next revision: all of its files, or none.

        Returns:
            The files, the revision last.
        """
        migrations = self.root / "migrations"
        contents = {
            migrations / "frozen" / f"{self.number}.up.sql": up,
            migrations / "frozen" / f"{self.number}.down.sql": down,
            migrations / "versions" / f"{self.number}_{name}.py": _TEMPLATE.format(
                docstring=docstring,
                number=self.number,
                parent="None" if self.head is None else f'"{self.head}"',
                up=_sha256(up),
                down=_sha256(down),
            ),
        }
        written: list[Path] = []
        try:
            for path, text in contents.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("xb") as file:
                    written.append(path)
                    file.write(text.encode())
        except BaseException:
            for path in written:
                path.unlink(missing_ok=True)
            raise
        return tuple(written)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
