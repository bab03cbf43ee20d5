"""Readers in a loop: what each was told, how long it waited, and whether anything went wrong."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from toolkit.connect import connect

_STARTED_S = 30.0


@dataclass(slots=True)
class Felt:
    """What the readers met with.

    Args:
        waits_s: how long each reading took.
        answers: what was read, each different answer once.
        errors: what went wrong.
    """

    waits_s: list[float] = field(default_factory=list)
    answers: set[object] = field(default_factory=set)
    errors: list[Exception] = field(default_factory=list)


@contextmanager
def reading(url: str, queries: Sequence[str], *, repeatable: bool = False) -> Iterator[Felt]:
    """Read in a loop for the length of a block, a reader a query, until each has read twice.

    Args:
        url: the database.
        queries: what each reader asks, one row a query.
        repeatable: whether each reading is two queries of one snapshot, which have to agree.
    """
    felt, ended = Felt(), threading.Event()
    ready = threading.Barrier(len(queries) + 1)
    threads = [
        threading.Thread(target=_read, args=(url, query, repeatable, felt, ready, ended))
        for query in queries
    ]
    for thread in threads:
        thread.start()
    try:
        ready.wait(_STARTED_S)
        yield felt
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _read(
    url: str,
    query: str,
    repeatable: bool,  # noqa: FBT001 - as above
    felt: Felt,
    ready: threading.Barrier,
    ended: threading.Event,
) -> None:
    try:
        with connect(url, autocommit=not repeatable, application_name="reader") as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.execute(query.encode())
            connection.rollback()
            ready.wait(_STARTED_S)
            is_last = False
            while not is_last:
                is_last = ended.is_set()  # one reading more after the end: it sees what came of it
                began = time.perf_counter()
                if repeatable:
                    connection.execute("select 1")  # the snapshot is older than the lock
                answer = connection.execute(query.encode()).fetchone()
                connection.rollback()
                felt.waits_s.append(time.perf_counter() - began)
                felt.answers.add(answer)
    except Exception as error:  # noqa: BLE001 - whatever it is, whoever measures has to see it
        felt.errors.append(error)
