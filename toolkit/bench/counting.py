"""What one call costs, counted until it is certain.

Two witnesses stand apart from the client: a relay on the wire and the server's own statistics.
"""

from collections.abc import Callable

from toolkit.bench.relay import Relay
from toolkit.bench.result import Cost
from toolkit.counters import Counters
from toolkit.errors import ToolkitError

# Two equal readings in a row settle it; a busy neighbour may spoil this many before.
_MOST_READINGS = 20


class UnsteadyCounters(ToolkitError):
    """The same call cost something else each time, so no figure can be given."""


def count(call: Callable[[], object], *, name: str, relay: Relay, counters: Counters) -> Cost:
    """Count one call.

    Args:
        call: runs over `relay` and has run before, so that catalog caches are warm.
        name: for the error.
        relay: the only way `call` has to the server.
        counters: of the database that `call` works in.

    Raises:
        UnsteadyCounters: no two calls in a row cost the same.
    """
    before = _count_once(call, relay, counters)
    for _ in range(_MOST_READINGS):
        cost = _count_once(call, relay, counters)
        if cost == before:
            return cost
        previous, before = before, cost
    raise UnsteadyCounters(
        f"variant {name} never costs the same twice",
        detail=f"the last two of {_MOST_READINGS + 1} calls cost {previous} and {before}",
        hint="Stop whatever else works in this database, then measure again.",
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
