"""Counting one call: until it is certain, and how a pipeline's round trips are taken."""

from collections.abc import Iterator
from typing import cast

import pytest

from toolkit.bench.counting import UnsteadyCounters, count
from toolkit.bench.relay import Relay, Traffic
from toolkit.bench.result import Cost
from toolkit.counters import Counters, ServerCost


class Wire:
    """A relay and a server's counters, both moved by a script of calls."""

    def __init__(self, trips: list[int], *, buffers: list[int] | None = None) -> None:
        self._trips: Iterator[int] = iter(trips)
        self._buffers: Iterator[int] = iter(buffers or [7] * len(trips))
        self._traffic, self._cost = Traffic(), ServerCost()
        self.calls = self.tidied = 0

    def call(self) -> None:
        """Cost what the script says."""
        self.calls += 1
        self._traffic = Traffic(
            self._traffic.round_trips + next(self._trips),
            self._traffic.bytes_out + 10,
            self._traffic.bytes_in + 100,
        )
        self._cost = ServerCost(
            self._cost.statements + 3, 0, self._cost.buffers + next(self._buffers)
        )

    def traffic(self) -> Traffic:
        """As the relay does."""
        return self._traffic

    def read(self) -> ServerCost:
        """As the server's counters do."""
        return self._cost

    def tidy(self) -> None:
        """Cost something, too, that nobody is to count."""
        self.tidied += 1
        self._cost = ServerCost(self._cost.statements + 1, 0, self._cost.buffers + 50)


def counted(wire: Wire, *, pipelined: bool = False, writes: bool = False) -> Cost:
    return count(
        wire.call,
        name="it",
        relay=cast("Relay", wire),
        counters=cast("Counters", wire),
        pipelined=pipelined,
        tidy=wire.tidy,
        writes=writes,
    )


def test_two_equal_readings_in_a_row_settle_it() -> None:
    wire = Wire([5, 4, 2, 2])

    assert counted(wire) == Cost(2, 3, 0, 7, 10, 100)
    assert wire.calls == 4


def test_a_pipeline_is_counted_by_its_fewest_round_trips() -> None:
    wire = Wire([4, 2, 9, 3])

    assert counted(wire, pipelined=True) == Cost(2, 3, 0, 7, 10, 100)
    assert wire.calls == 4


def test_what_is_not_pipelined_may_not_vary() -> None:
    with pytest.raises(UnsteadyCounters, match="variant it never costs the same twice"):
        counted(Wire([1, 2] * 11))


def test_a_write_is_counted_by_its_fewest_pages_while_dead_rows_pile_up() -> None:
    wire = Wire([1] * 4, buffers=[34, 36, 45, 45])

    assert counted(wire, writes=True) == Cost(1, 3, 0, 34, 10, 100)


def test_the_round_trips_of_a_write_may_not_vary() -> None:
    with pytest.raises(UnsteadyCounters):
        counted(Wire([1, 2] * 11), writes=True)


def test_tidying_up_costs_nothing_and_happens_after_every_call() -> None:
    wire = Wire([1, 1])

    assert counted(wire).buffers == 7
    assert wire.tidied == wire.calls == 2
