"""The two sides of a plan: what a person calls a database, and the facts behind the name."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from toolkit.catalog import Facts, Scope, read_facts
from toolkit.clones import clone, migrated_template
from toolkit.connect import connect
from toolkit.errors import SettingsError
from toolkit.prepare import prepare_server
from toolkit.rehearsal import Stage
from toolkit.server import Progress, Server, standing, start
from toolkit.settings import Settings
from toolkit.shadow import declare
from toolkit.witness import find_pg_dump

HEAD = "head"
# What begins a libpq URI; nothing else that a person may name has it.
_SCHEMES = ("postgresql://", "postgres://")


@dataclass(frozen=True)
class Workshop:
    """Where sides are read, with a scratch server that is started when one is first needed.

    Args:
        settings: the project.
        progress: told what takes time.
        stack: ends what was started.
    """

    settings: Settings
    progress: Progress
    stack: ExitStack

    def facts(self, side: str) -> Facts:
        """Return the facts of one side.

        Args:
            side: a database URL, a folder of SQL files, or `head` for what the whole history makes.

        Raises:
            SettingsError: it is none of them.
            SourcesRefused: a file of the folder cannot be loaded.
        """
        if side.startswith(_SCHEMES):
            return self._read(side)
        if side == HEAD:
            self.progress("replaying history")
            template = migrated_template(self.server, self.settings.project_root)
            with clone(self.server, template) as database:
                return self._read(database.url)
        if (folder := Path(side)).is_dir():
            self.progress(f"loading {side}")
            is_ours = folder.resolve() == self.settings.project_root / "sql"
            return declare(self.server, self.settings, None if is_ours else folder.resolve()).after
        raise SettingsError(
            f"{side} is no side of a plan",
            detail="a side is a database URL, a folder of SQL files, or head: the whole history",
            hint="Write a URL as postgresql://user:password@host:port/database.",
        )

    def rehearse(self, before: Facts, after: Facts) -> None:
        """Carry the plan between two sides out on a scratch server.

        Raises:
            SettingsError: the scratch server is of another major version than the facts.
            CannotRehearse: no copy can be made of the one side.
            PlanFailed: the plan does not lead where it says.
        """
        if self.server.major != before.major:
            raise SettingsError(
                f"the plan is for PostgreSQL {before.major}, the scratch server is another one",
                detail=f"the scratch server is PostgreSQL {self.server.major}",
                hint="Choose a scratch server of the same major version with --kind.",
            )
        pg_dump = find_pg_dump(before.major, self.settings.pg_bin)
        stage = Stage(self.server, Scope.of(self.settings), pg_dump, self.progress)
        stage.rehearse(before, after)

    def _read(self, url: str) -> Facts:
        with connect(url) as connection:
            return read_facts(connection, Scope.of(self.settings))

    @cached_property
    def server(self) -> Server:
        """The scratch server, started when nobody did."""
        server = standing.current(self.settings) or self.stack.enter_context(
            start(self.settings, progress=self.progress)
        )
        prepare_server(server, self.settings.roles)
        return server


@contextmanager
def workshop(settings: Settings, progress: Progress) -> Iterator[Workshop]:
    """Open a workshop for the length of a block."""
    with ExitStack() as stack:
        yield Workshop(settings, progress, stack)
