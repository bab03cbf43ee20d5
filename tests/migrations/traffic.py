"""An application at work: readers and writers at a steady rate, and how long each had to wait."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from toolkit.connect import connect

_READ = b"select count(*) from public.items where id = 1"
_WRITE = b"update public.items set touched = touched + 1 where id = 2"
CLIENTS = 4


@dataclass(slots=True)
class Traffic:
    """What the application felt.

    Args:
        waits_s: how long each statement took.
        errors: what went wrong; nothing may.
    """

    waits_s: list[float] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)


@contextmanager
def traffic(url: str, *, per_second: int) -> Iterator[Traffic]:
    """Send statements for the length of a block, half of them writes."""
    felt, ended = Traffic(), threading.Event()
    threads = [
        threading.Thread(target=_work, args=(url, felt, ended, per_second / CLIENTS, number))
        for number in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield felt
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _work(url: str, felt: Traffic, ended: threading.Event, per_second: float, number: int) -> None:
    try:
        with connect(url, application_name="the application") as connection:
            statement = _WRITE if number % 2 else _READ
            while not ended.wait(1 / per_second):
                began = time.monotonic()
                connection.execute(statement)
                felt.waits_s.append(time.monotonic() - began)
    except Exception as error:  # noqa: BLE001 - whatever it is, the test has to see it
        felt.errors.append(error)
