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

PROBE_S, PATIENCE_S = 1.5, 60.0
_WHO = b"select pg_catalog.pg_backend_pid()"
# An order that no fair rotation over two or more server processes can follow without showing.
_TURNS = (0, 1, 1, 0, 0, 1, 0, 1)


class PoolerInTheWay(ToolkitError):
    """A run needs sessions of its own, and the address leads to a pooler that gives none."""


class ServerSilent(ToolkitError):
    """The server took a connection and does not answer on it."""


def refuse_pooler(url: str, first: Connection, second: Connection) -> None:
    """Check that two connections are two sessions that stay the same.

    Args:
        url: where they lead, for the message.
        first: a connection in autocommit mode.
        second: another one.

    Raises:
        PoolerInTheWay: they are not, or the server knows no session of one that got no answer
            within PROBE_S, which is what a pool of one session does.
        ServerSilent: it knows it, and has not answered for PATIENCE_S.
    """
    deadline = time.monotonic() + PROBE_S
    pair = (first, second)
    seen: tuple[set[str], set[str]] = (set(), set())
    for turn in _TURNS:
        connection, other = pair[turn], pair[1 - turn]
        _ask(connection, _WHO)
        pid = _answer(connection, deadline)
        if pid is None and not _is_session(connection, asker=other, url=url):
            raise _refusal(url, f"no server process was free for the second one in {PROBE_S} s")
        pid = pid or _patient_answer(connection, url)
        seen[turn].add(pid)
        if seen[0] & seen[1]:
            raise _refusal(url, "two open connections met in one server process")
        if len(seen[turn]) > 1:
            raise _refusal(url, "one connection wandered between server processes")


def _is_session(connection: Connection, *, asker: Connection, url: str) -> bool:
    """Tell whether the server has a session for a connection: a busy server is no pooler."""
    known = f"select pid from pg_catalog.pg_stat_activity where pid = {connection.info.backend_pid}"
    _ask(asker, f"select count(*) from ({known}) as known".encode())
    return _patient_answer(asker, url) == "1"


def _ask(connection: Connection, question: bytes) -> None:
    connection.pgconn.send_query(question)
    connection.pgconn.flush()


def _patient_answer(connection: Connection, url: str) -> str:
    answer = _answer(connection, time.monotonic() + PATIENCE_S)
    if answer is not None:
        return answer
    raise ServerSilent(
        f"{describe(url)} does not answer",
        detail=f"a session was opened, and its first question is open for {PATIENCE_S:.0f} s",
        hint="Give the command again when the server is less busy.",
    )


def _answer(connection: Connection, deadline: float) -> str | None:
    """Wait for the one value of a question, no longer than the deadline; then it stays open."""
    pgconn = connection.pgconn
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
