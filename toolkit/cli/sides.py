"""The two sides of a plan: what a person calls a database, and the facts behind the name."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from toolkit.catalog import Facts, Scope, read_facts
from toolkit.clones import clone, migrated_template
from toolkit.connect import connect
from toolkit.errors import SettingsError
from toolkit.prepare import prepare_server
from toolkit.server import Progress, Server, standing, start
from toolkit.settings import Settings

HEAD = "head"
# What begins a libpq URI; nothing else that a person may name has it.
_SCHEMES = ("postgresql://", "postgres://")


@dataclass(frozen=True, slots=True)
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
            side: a database URL, or `head` for what the whole history makes.

        Raises:
            SettingsError: it is neither.
        """
        if side.startswith(_SCHEMES):
            return self._read(side)
        if side == HEAD:
            self.progress("replaying history")
            server = self._server()
            template = migrated_template(server, self.settings.project_root)
            with clone(server, template) as database:
                return self._read(database.url)
        raise SettingsError(
            f"{side} is no side of a plan",
            detail="a side is a database URL or head, which is the whole history",
            hint="Write a URL as postgresql://user:password@host:port/database.",
        )

    def _read(self, url: str) -> Facts:
        with connect(url) as connection:
            return read_facts(connection, Scope.of(self.settings))

    def _server(self) -> Server:
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
