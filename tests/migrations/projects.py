"""Small projects of a test's own: an alembic.ini, our env.py and a few revisions."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from toolkit.drift.baseline import write_snapshots
from toolkit.server import Server
from toolkit.settings import read_settings

REPOSITORY = Path(__file__).resolve().parents[2]
BOUNDED = "set local lock_timeout = '2s';\n"
_REVISION = '''"""Test {number}.

Locks:   none worth a word.
Rewrite: none.
Reverse: takes it back.
"""

from toolkit.history import Frozen

revision = "{number}"
down_revision = {parent!r}

FROZEN = Frozen(__file__, up="{up}", down="{down}")


def upgrade() -> None:
    FROZEN.upgrade()


def downgrade() -> None:
    FROZEN.downgrade()
'''


@dataclass(frozen=True, slots=True)
class Ran:
    """What a finished command left."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class SmallProject:
    """A history of a test's own.

    Args:
        root: the folder of its alembic.ini.
    """

    root: Path

    @classmethod
    def create(cls, root: Path, pyproject: str = "") -> "SmallProject":
        """Make an empty history."""
        migrations = root / "migrations"
        (migrations / "versions").mkdir(parents=True)
        (migrations / "frozen").mkdir()
        shutil.copy(REPOSITORY / "alembic.ini", root)
        shutil.copy(REPOSITORY / "migrations" / "env.py", migrations)
        shutil.copy(REPOSITORY / "migrations" / "script.py.mako", migrations)
        (root / "pyproject.toml").write_text(pyproject, encoding="utf-8")
        return cls(root)

    @property
    def numbers(self) -> list[str]:
        """The revisions, first to last."""
        names = sorted((self.root / "migrations" / "versions").glob("*.py"))
        return [path.name[:4] for path in names]

    def add(self, up: str, down: str, *, parent: str | None = None) -> str:
        """Append a revision; SQL that does not begin with a comment runs in a transaction.

        Returns:
            Its number.
        """
        numbers = self.numbers
        number = f"{len(numbers) + 1:04d}"
        hashes = {"up": self._freeze(number, "up", up), "down": self._freeze(number, "down", down)}
        before = parent or (numbers[-1] if numbers else None)
        path = self.root / "migrations" / "versions" / f"{number}_make_step.py"
        path.write_text(_REVISION.format(number=number, parent=before, **hashes), encoding="utf-8")
        return number

    def write_snapshots(self, server: Server) -> None:
        """Write down what each revision makes on a server's version."""
        write_snapshots(server, read_settings(start=self.root, environment={}))

    def run(self, url: str, *arguments: str, module: str = "alembic") -> Ran:
        """Run a command on a database and wait for it."""
        finished = subprocess.run(
            self._command(module, arguments),
            cwd=self.root,
            env=self._environment(url),
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(finished.returncode, finished.stdout, finished.stderr)

    def start(self, url: str, *arguments: str) -> subprocess.Popen[str]:
        """Start plain Alembic and return at once."""
        return subprocess.Popen(
            self._command("alembic", arguments),
            cwd=self.root,
            env=self._environment(url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _command(self, module: str, arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", module, *arguments]

    def _environment(self, url: str) -> Mapping[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("HEPHAITOS_")
        }
        # Without a terminal's width rich may break lines.
        return {**kept, "HEPHAITOS_DATABASE_URL": url, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}

    def _freeze(self, number: str, direction: str, text: str) -> str:
        text = text if text.startswith("--") else BOUNDED + text
        content = text.encode()
        (self.root / "migrations" / "frozen" / f"{number}.{direction}.sql").write_bytes(content)
        return hashlib.sha256(content).hexdigest()
