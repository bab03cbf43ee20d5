"""What one call costs, by two witnesses: libpq's own trace of the wire, and the server's counters.

Exact, so that figures may be compared without a tolerance for chance.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.pq import Trace

from toolkit.connect import Connection
from toolkit.counters import Counters
from toolkit.verify.calling import acting_as, written_call
from toolkit.verify.matrix import Caller
from toolkit.verify.subject import Arguments, Function

# PL/pgSQL settles on a plan for good with the sixth call of a session.
_WARM_UP = 6
# A page that somebody else's work touches meanwhile can only add to what was counted.
_READINGS = 3
_ANSWERED = "B"
_TYPE_BYTE = 1


@dataclass(frozen=True, slots=True)
class Price:
    """What one call costs.

    Args:
        trips: how often the client waited for the server.
        statements: sent by the client.
        nested: statements run inside.
        buffers: pages looked at.
        bytes: of the answer, on the wire.
    """

    trips: int
    statements: int
    nested: int
    buffers: int
    bytes: int


class Unsteady(Exception):
    """Of the same call, something came out differently each time that must not."""


def read_price(
    connection: Connection,
    counters: Counters,
    function: Function,
    caller: Caller,
    arguments: Arguments,
) -> Price:
    """Call a function some times, and say what one call costs.

    Args:
        connection: outside a transaction, as a role that may become the caller's.
        counters: of the same database, read elsewhere.
        function: which.
        caller: who calls; everything it writes is rolled back each time.
        arguments: what is passed.

    Raises:
        Unsteady: the number of trips or statements changes from call to call.
        psycopg.Error: the function refuses.
    """
    for _ in range(_WARM_UP):
        _call(connection, counters, function, caller, arguments)
    prices = [_call(connection, counters, function, caller, arguments) for _ in range(_READINGS)]
    steady = {(price.trips, price.statements, price.nested) for price in prices}
    if len(steady) > 1:
        raise Unsteady(f"trips, statements and nested ones were {sorted(steady)}")
    return min(prices, key=lambda price: (price.buffers, price.bytes))


def _call(
    connection: Connection,
    counters: Counters,
    function: Function,
    caller: Caller,
    arguments: Arguments,
) -> Price:
    query, values = written_call(function, arguments)
    # By the simple protocol: by the other one a statement in a transaction ends, and is counted,
    # only when the next one begins.
    with acting_as(connection, caller), psycopg.ClientCursor(connection) as cursor:
        cursor.execute(b"select")
        inside = counters.read()
        with _traced(connection) as wire:
            cursor.execute(query, values)
        inside = counters.read() - inside
    return Price(
        wire.trips, inside.statements, inside.nested_statements, inside.buffers, wire.bytes
    )


@dataclass(slots=True)
class _Wire:
    trips: int = 0
    bytes: int = 0


@contextmanager
def _traced(connection: Connection) -> Iterator[_Wire]:
    """Count what goes over the wire during a block."""
    wire = _Wire()
    with tempfile.TemporaryFile("w+") as trace:
        connection.pgconn.trace(trace.fileno())
        connection.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
        try:
            yield wire
        finally:
            connection.pgconn.untrace()
        trace.seek(0)
        for line in trace:
            direction, length, message = line.rstrip("\n").split("\t")[:3]
            if direction == _ANSWERED:
                wire.bytes += int(length) + _TYPE_BYTE
                wire.trips += message == "ReadyForQuery"
