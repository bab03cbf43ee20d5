"""One runner at a time: whose turn it is, without ever waiting inside the database.

A session that waits in `pg_advisory_lock` holds a snapshot, and an index that the leader builds
concurrently waits for that snapshot: a deadlock. So the lock is asked for, again and again, from
the outside, on a connection that is never in a transaction.

The turn is two locks. The guard's is held by a connection that does nothing else. The worker's is
held by the connection that runs the revisions: when a runner is killed, its server process may
still be busy with the last statement, and until it is gone nobody else may begin.
"""

import random
import time
from enum import IntEnum

from toolkit.connect import Connection
from toolkit.errors import ToolkitError
from toolkit.runner.sessions import Session, find_sessions
from toolkit.runner.voice import say

# Any fixed number: it only has to be the same in every runner. Locks are per database.
_FAMILY = 0x4E50
_POLL_S = (0.1, 0.4)
_REMIND_S = 10.0


class Seat(IntEnum):
    """The two locks of a turn."""

    GUARD = 1
    WORKER = 2


class RunnerBusy(ToolkitError):
    """Another runner did not finish in the time that this one would wait."""


def take(seat: Seat, connection: Connection, *, asker: Connection, wait_s: float) -> float:
    """Take one of the two locks for the rest of a session.

    Args:
        seat: which one.
        connection: the session that shall hold it.
        asker: any connection in autocommit mode, to find out who holds it meanwhile.
        wait_s: when to give up.

    Returns:
        For how many seconds it had to wait.

    Raises:
        RunnerBusy: somebody else holds it still.
    """
    began = time.monotonic()
    reminded = -_REMIND_S
    while not _try(seat, connection):
        waited = time.monotonic() - began
        holders = holders_of(seat, asker)
        if waited >= wait_s:
            raise _busy(seat, holders, waited)
        if waited - reminded >= _REMIND_S and holders:
            reminded = waited
            who = "; ".join(_named(holder) for holder in holders)
            say("waiting_for_turn", f"another runner is at work: {who}", waited_s=round(waited, 1))
        time.sleep(random.uniform(*_POLL_S))
    return time.monotonic() - began


def holders_of(seat: Seat, asker: Connection) -> tuple[Session, ...]:
    """Say who holds a lock of the turn. Two statements."""
    rows = asker.execute(
        """
        select pid from pg_catalog.pg_locks
        where
            locktype = 'advisory' and granted
            and database = (select oid from pg_catalog.pg_database
                            where datname = current_database())
            and classid = %s and objid = %s and objsubid = 2
        """,
        [_FAMILY, int(seat)],
    ).fetchall()
    return find_sessions(asker, (pid for (pid,) in rows))


def _try(seat: Seat, connection: Connection) -> bool:
    row = connection.execute(
        "select pg_catalog.pg_try_advisory_lock(%s, %s)", [_FAMILY, int(seat)]
    ).fetchone()
    if not connection.autocommit:
        connection.commit()  # the lock is the session's and stays
    return row == (True,)


def _named(holder: Session) -> str:
    return (
        f"pid {holder.pid}, application {holder.application or 'unnamed'}, role {holder.role}, "
        f"since {holder.age_s:.0f} s"
    )


def _busy(seat: Seat, holders: tuple[Session, ...], waited: float) -> RunnerBusy:
    who = "; ".join(_named(holder) for holder in holders) or "it went this moment"
    end = " ".join(f"select pg_terminate_backend({holder.pid});" for holder in holders)
    orphaned = " and its runner is gone" if seat is Seat.WORKER else ""
    return RunnerBusy(
        "another runner is at work on this database",
        detail=f"waited {waited:.0f} s for {who}{orphaned}",
        hint=f"Wait until it has finished; if it hangs, end it: {end}",
    )
