"""A scratch server with the tenant's roles: the one that stands, or one for the moment."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from toolkit.prepare.roles import prepare_server
from toolkit.server import Progress, Server, standing, start
from toolkit.settings import Settings


@contextmanager
def scratch(settings: Settings, progress: Progress) -> Iterator[Server]:
    """Find or start a scratch server, with the tenant's roles, for the length of a block."""
    with ExitStack() as stack:
        server = standing.current(settings) or stack.enter_context(
            start(settings, progress=progress)
        )
        prepare_server(server, settings.roles)
        yield server
