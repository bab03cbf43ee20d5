"""The roads from an empty database to the head of history; all of them apply the same SQL."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.history import AUTOCOMMIT, Revision, read_revisions
from toolkit.runner import SCRATCH, RunOptions, offline_sql, upgrade
from toolkit.server import Server
from toolkit.witness import find_pg_dump

DBMATE = "2.36.0"
OURS, PSQL = "the runner, gates off", "psql, one script"
LOGGED, COMPARED, GATED = "with the run log", "with facts compared", "with both, as it comes"
MATE = "dbmate, the command that npm installs, without its dump"
BARE, DUMPING = "dbmate, its program without Node", "dbmate, dumping the schema, as it comes"
COMMAND, SHELL = "alembic upgrade head, gates off", "hephaitos migrate, gates off"
STARTED = "Python and the imports of the runner alone"
FLOOR = "the server alone: one connection, a message and a commit a revision"
_GATES_OFF = ("-x", "fingerprint=off", "-x", "log=off")
_SWITCHED_OFF = ("--no-fingerprint", "--no-log")
_UNDUMPED = "--no-dump-schema"

Road = Callable[[Database], None]


@dataclass(frozen=True, slots=True)
class Workplace:
    """What the other tools need.

    Args:
        project_root: the project.
        server: the scratch server.
        folder: an empty one of their own.
    """

    project_root: Path
    server: Server
    folder: Path

    @property
    def psql(self) -> Path:
        """The program."""
        return find_pg_dump(self.server.major).with_name("psql")

    @property
    def dbmate(self) -> Path:
        """What npm installed: a script for Node that starts the program."""
        return self.folder / "node_modules" / ".bin" / "dbmate"

    @property
    def bare_dbmate(self) -> Path:
        """The program itself."""
        (found,) = self.folder.glob("node_modules/@dbmate/*/bin/dbmate")
        return found


def prepare(workplace: Workplace) -> int:
    """Install dbmate and write history down as each tool wants it; return how many revisions."""
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--prefix", workplace.folder,
         f"dbmate@{DBMATE}"],
        check=True,
        stdout=sys.stderr,
    )  # fmt: skip
    script = offline_sql(workplace.project_root, "head")
    (workplace.folder / "all.sql").write_text(script, encoding="utf-8")
    migrations = workplace.folder / "db" / "migrations"
    migrations.mkdir(parents=True)
    revisions = read_revisions(workplace.project_root)
    for revision in revisions:
        up, down = _texts(revision)
        alone = " transaction:false" if up.startswith(AUTOCOMMIT) else ""
        (migrations / f"{revision.number}_step.sql").write_text(
            f"-- migrate:up{alone}\n{up}\n-- migrate:down\n{down}", encoding="utf-8"
        )
    return len(revisions)


def roads(workplace: Workplace) -> Mapping[str, Road]:
    """Return every road by its name."""
    root = workplace.project_root
    texts = [_texts(revision)[0] for revision in read_revisions(root)]
    return {
        FLOOR: lambda database: _floor(texts, database),
        PSQL: lambda database: _psql(workplace, database),
        OURS: lambda database: _ours(root, database, SCRATCH),
        LOGGED: lambda database: _ours(root, database, RunOptions(fingerprint=False)),
        COMPARED: lambda database: _ours(root, database, RunOptions(log=False)),
        GATED: lambda database: _ours(root, database, RunOptions()),
        MATE: lambda database: _dbmate(workplace, workplace.dbmate, database, _UNDUMPED),
        BARE: lambda database: _dbmate(workplace, workplace.bare_dbmate, database, _UNDUMPED),
        DUMPING: lambda database: _dbmate(workplace, workplace.dbmate, database),
        COMMAND: lambda database: _python(
            root, database, "-m", "alembic", *_GATES_OFF, "upgrade", "head"
        ),
        SHELL: lambda database: _python(root, database, "-m", "toolkit", "migrate", *_SWITCHED_OFF),
        STARTED: lambda database: _python(
            root, database, "-c", "import alembic.config, toolkit.freeze.environment"
        ),
    }


def _floor(texts: Sequence[str], database: Database) -> None:
    with connect(database.url) as connection:
        for text in texts:
            connection.autocommit = text.startswith(AUTOCOMMIT)
            connection.execute(text.encode())
            connection.commit()


def _ours(root: Path, database: Database, options: RunOptions) -> None:
    upgrade(root, database.url, options=options)


def _psql(workplace: Workplace, database: Database) -> None:
    command = [str(workplace.psql), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database.url]
    _run([*command, "-f", "all.sql"], workplace.folder, {})


def _dbmate(workplace: Workplace, program: Path, database: Database, *flags: str) -> None:
    _run(
        [program, "--url", f"{database.url}?sslmode=disable", *flags, "migrate"],
        workplace.folder,
        # It calls pg_dump, which has to be as new as the server.
        {"PATH": f"{workplace.psql.parent}{os.pathsep}{os.environ['PATH']}"},
    )


def _python(root: Path, database: Database, *arguments: str) -> None:
    _run([sys.executable, *arguments], root, {"HEPHAITOS_DATABASE_URL": database.url})


def _run(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> None:
    subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
    )


def _texts(revision: Revision) -> tuple[str, str]:
    assert revision.frozen is not None  # the project's own history is frozen
    return revision.frozen.text(upgrade=True), revision.frozen.text(upgrade=False)
