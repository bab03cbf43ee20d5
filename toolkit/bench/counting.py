"""What one call costs, counted until it is certain.

Two witnesses stand apart from the client: a relay on the wire and the server's own statistics.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import compress

from toolkit.bench.relay import Relay
from toolkit.bench.result import Cost
from toolkit.counters import Counters
from toolkit.errors import ToolkitError

# A busy neighbour may spoil this many readings before so many in a row are alike.
_MOST_READINGS = 20
_ALIKE = 2
# Where one counter may vary, and the least of several is taken.
_ALIKE_BUT_FOR_ONE = 4


class UnsteadyCounters(ToolkitError):
    """The same call cost something else each time, so no figure can be given."""


def count(
    call: Callable[[], object],
    *,
    name: str,
    relay: Relay,
    counters: Counters,
    pipelined: bool = False,
    tidy: Callable[[], object] = lambda: None,
    writes: bool = False,
) -> Cost:
    """Count one call.

    Args:
        call: runs over `relay` and has run before, so that catalog caches are warm.
        name: for the error.
        relay: the only way `call` has to the server.
        counters: of the database that `call` works in.
        pipelined: whether its round trips may vary, since they depend on how far the server is
            when the client looks; the fewest of several are taken.
        tidy: takes back what a call wrote; uncounted.
        writes: whether its buffers may vary: the dead rows of one call lie in the way of the
            next until no transaction anywhere can see them; the fewest of several are taken.

    Raises:
        UnsteadyCounters: calls in a row never cost the same.
    """

    def fixed(cost: Cost) -> Cost:
        return replace(
            cost,
            round_trips=0 if pipelined else cost.round_trips,
            buffers=0 if writes else cost.buffers,
        )

    needed = _ALIKE_BUT_FOR_ONE if pipelined or writes else _ALIKE
    readings: list[Cost] = []
    for _ in range(_MOST_READINGS + 1):
        readings.append(_count_once(call, relay, counters))
        tidy()
        alike = [fixed(cost) == fixed(readings[-1]) for cost in readings]
        if len(readings) >= needed and all(alike[-needed:]):
            return _least(list(compress(readings, alike)))
    previous, before = readings[-2:]
    raise UnsteadyCounters(
        f"variant {name} never costs the same twice",
        detail=f"the last two of {_MOST_READINGS + 1} calls cost {previous} and {before}",
        hint="Stop whatever else works in this database, then measure again.",
    )


def _least(readings: list[Cost]) -> Cost:
    """Return the counters that readings share, and the least of the one in which they differ."""
    return replace(
        readings[-1],
        round_trips=min(cost.round_trips for cost in readings),
        buffers=min(cost.buffers for cost in readings),
    )


def _count_once(call: Callable[[], object], relay: Relay, counters: Counters) -> Cost:
    inside, outside = counters.read(), relay.traffic()
    call()
    outside, inside = relay.traffic() - outside, counters.read() - inside
    return Cost(
        round_trips=outside.round_trips,
        statements=inside.statements,
        nested_statements=inside.nested_statements,
        buffers=inside.buffers,
        bytes_out=outside.bytes_out,
        bytes_in=outside.bytes_in,
    )
