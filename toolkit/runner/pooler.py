"""The pooler probe: is each of our connections one session, or a place in somebody's pool?

Found by behaviour, never by port: a transaction-mode pooler hands every statement to whichever
server process is free, so two connections meet in one process, or one wanders between several.
Leaves nothing behind in the pool: it takes no lock and sets nothing.
"""

import select
import time

from psycopg.pq import ExecStatus

from toolkit.connect import Connection, describe
from toolkit.errors import ToolkitError

PROBE_S = 1.5
# An order that no fair rotation over two or more server processes can follow without showing.
_TURNS = (0, 1, 1, 0, 0, 1, 0, 1)


class PoolerInTheWay(ToolkitError):
    """A run needs sessions of its own, and the address leads to a pooler that gives none."""


def refuse_pooler(url: str, first: Connection, second: Connection) -> None:
    """Check that two connections are two sessions that stay the same.

    Args:
        url: where they lead, for the message.
        first: a connection in autocommit mode.
        second: another one.

    Raises:
        PoolerInTheWay: they are not, or an answer took longer than PROBE_S in all, which is what
            a pool of one session does.
    """
    deadline = time.monotonic() + PROBE_S
    seen: tuple[set[str], set[str]] = (set(), set())
    for turn in _TURNS:
        pid = _backend((first, second)[turn], deadline)
        if pid is None:
            raise _refusal(url, f"no server process was free for the second one in {PROBE_S} s")
        seen[turn].add(pid)
        if seen[0] & seen[1]:
            raise _refusal(url, "two open connections met in one server process")
        if len(seen[turn]) > 1:
            raise _refusal(url, "one connection wandered between server processes")


def _backend(connection: Connection, deadline: float) -> str | None:
    """Ask for the server process without waiting longer than the deadline."""
    pgconn = connection.pgconn
    pgconn.send_query(b"select pg_catalog.pg_backend_pid()")
    pgconn.flush()
    answer = None
    while True:
        while pgconn.is_busy():
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([pgconn.socket], [], [], left)[0]:
                return None
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            return answer
        if result.status == ExecStatus.TUPLES_OK:
            value = result.get_value(0, 0)
            answer = value.decode() if value else None


def _refusal(url: str, seen: str) -> PoolerInTheWay:
    return PoolerInTheWay(
        f"{describe(url)} is a transaction-mode pooler",
        detail=f"{seen}; locks and settings of a run would belong to strangers",
        hint="Connect to the database itself, or to the pooler's session mode with at least "
        "2 connections (on Supabase port 5432 in place of 6543).",
    )
