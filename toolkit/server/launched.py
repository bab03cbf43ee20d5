"""A server process that was started: where it is, whether it lives, how to end it."""

import time
from typing import Protocol

from toolkit.connect import connect
from toolkit.errors import ConnectionRefused, ServerUnavailable

_DEADLINE_S = 90.0
_POLL_S = 0.02


class Launched(Protocol):
    """What each kind hands back after starting its process."""

    @property
    def host(self) -> str:
        """A loopback address."""

    @property
    def port(self) -> int:
        """Where the server listens, or will."""

    @property
    def handle(self) -> str:
        """Enough to find the server again from another process."""

    def failure(self) -> str | None:
        """Return the server's own last words when it has died, else None."""

    def let_go(self) -> None:
        """Free what watching it takes; the server goes on."""

    def stop(self) -> None:
        """End the server and remove everything it wrote; harmless when it is gone already."""


def wait_until_ready(launched: Launched, admin_url: str) -> None:
    """Wait for the first connection that succeeds.

    Raises:
        ServerUnavailable: the process died (with its own words), or the deadline passed.
    """
    deadline = time.monotonic() + _DEADLINE_S
    while True:
        try:
            connect(admin_url).close()
        except ConnectionRefused as refusal:
            words = launched.failure()
            if words is not None:
                raise ServerUnavailable(
                    "the scratch server ended while starting",
                    detail=words.strip() or "it left no message",
                    hint="Run `hephaitos doctor` to see what this machine can start.",
                ) from None
            if time.monotonic() > deadline:
                raise ServerUnavailable(
                    f"the scratch server did not answer within {_DEADLINE_S:.0f} s",
                    detail=refusal.detail,
                    hint="Try again on a less busy machine, or another kind of server.",
                ) from refusal
            time.sleep(_POLL_S)
        else:
            return
