"""What one call costs, counted until it is certain.

Two witnesses stand apart from the client: a relay on the wire and the server's own statistics.
"""

from collections.abc import Callable
from dataclasses import replace

from toolkit.bench.relay import Relay
from toolkit.bench.result import Cost
from toolkit.counters import Counters
from toolkit.errors import ToolkitError

# Two equal readings in a row settle it; a busy neighbour may spoil this many before.
_MOST_READINGS = 20
# Of a pipeline, whose round trips depend on how far the server is when the client looks.
_PIPELINED_READINGS = 3


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
        pipelined: whether its round trips may vary, so that the fewest of several are taken.
        tidy: takes back what a call wrote; uncounted.
        writes: whether it writes: what it leaves in the pages that the next one finds makes
            neighbours unlike, so any two equal readings settle it.

    Raises:
        UnsteadyCounters: no two calls in a row cost the same.
    """
    readings: list[Cost] = []
    for _ in range(_MOST_READINGS + 1):
        readings.append(_count_once(call, relay, counters))
        tidy()
        if _settled(readings, pipelined=pipelined, writes=writes):
            trips = [cost.round_trips for cost in (readings if pipelined else readings[-1:])]
            return replace(readings[-1], round_trips=min(trips))
    previous, before = readings[-2:]
    raise UnsteadyCounters(
        f"variant {name} never costs the same twice",
        detail=f"the last two of {_MOST_READINGS + 1} calls cost {previous} and {before}",
        hint="Stop whatever else works in this database, then measure again.",
    )


def _settled(readings: list[Cost], *, pipelined: bool, writes: bool) -> bool:
    if pipelined:
        last = [replace(cost, round_trips=0) for cost in readings[-2:]]
        return len(readings) >= _PIPELINED_READINGS and last[0] == last[1]
    return readings[-1] in (readings[:-1] if writes else readings[-2:-1])


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
