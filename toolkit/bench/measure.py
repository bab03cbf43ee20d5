"""The order of a benchmark: prove that answers are equal, count what they cost, then time them.

Works on scratch servers only: it takes a Server and never a URL.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from toolkit.bench.answers import refuse_difference
from toolkit.bench.client import Client, open_client
from toolkit.bench.counting import count
from toolkit.bench.progress import Progress, silent
from toolkit.bench.relay import Relay
from toolkit.bench.result import Benchmark, Cell, Control, Cost, Reference, Timing
from toolkit.bench.timing import Pace, time_together
from toolkit.bench.workload import Row, Workload
from toolkit.connect import connect
from toolkit.counters import Counters
from toolkit.server import Server
from toolkit.server.model import MAIN_DATABASE

_CONTROL = "the candidate again"
_SELECT_1 = "select 1"

_Calls = dict[str, Callable[[], Sequence[Row]]]
_Costs = Mapping[tuple[int, str], Cost]
_Timings = Mapping[tuple[int, int], Mapping[str, Timing]]


def measure(
    server: Server,
    workload: Workload,
    *,
    database: str = MAIN_DATABASE,
    pace: Pace | None = None,
    progress: Progress = silent,
) -> Benchmark:
    """Run a workload in all its variants, sizes and round-trip times.

    Args:
        server: a scratch server.
        workload: what to run.
        database: migrated, and loaded with the workload's data.
        pace: how much time to spend; the default one when None.
        progress: told at every step.

    Returns:
        Counters and timings of v variants and one control at each size and round-trip time.

    Raises:
        DifferentAnswers: two variants disagree; nothing has been timed then.
        UnsteadyCounters: something else is at work in the database.
        CountersUnavailable: the server does not count nested statements.
    """
    run = _Run(server, workload, database, pace or Pace(), progress)
    costs = run.prove_and_count()
    timings = {
        (rtt_ms, size): run.time(rtt_ms, size)
        for rtt_ms, sizes in workload.sizes.items()
        for size in sizes
    }
    return _benchmark(server, workload, costs, timings)


@dataclass(frozen=True, slots=True)
class _Run:
    """What stays the same through one benchmark."""

    server: Server
    workload: Workload
    database: str
    pace: Pace
    progress: Progress

    def prove_and_count(self) -> _Costs:
        """Return the cost by size and variant, once all variants agree at every size."""
        costs: dict[tuple[int, str], Cost] = {}
        sizes = self.workload.every_size
        with ExitStack() as stack:
            counters = Counters(stack.enter_context(connect(self.server.admin_url(self.database))))
            relay = stack.enter_context(Relay(self.server.url(self.database)))
            for done, size in enumerate(sizes):
                self.progress("proving and counting", done=done, total=len(sizes))
                with self._open(relay.url, size) as (_, calls):
                    self._prove(calls, size)
                    for name, call in calls.items():
                        costs[size, name] = count(call, name=name, relay=relay, counters=counters)
        self.progress("proving and counting", done=len(sizes), total=len(sizes))
        return costs

    def time(self, rtt_ms: int, size: int) -> Mapping[str, Timing]:
        """Return timings of the variants, of the control and of the emptiest call."""
        with ExitStack() as stack:
            url = self.server.url(self.database)
            if rtt_ms:
                url = stack.enter_context(Relay(url, rtt_ms=rtt_ms)).url
            client, calls = stack.enter_context(self._open(url, size))
            calls[_CONTROL] = calls[self.workload.candidate]
            calls[_SELECT_1] = lambda: client.connection.execute("select 1").fetchall()
            return time_together(
                calls,
                self.pace,
                stage=f"timing {size} {self.workload.axis} at {rtt_ms} ms",
                progress=self.progress,
            )

    @contextmanager
    def _open(self, url: str, size: int) -> Iterator[tuple[Client, _Calls]]:
        """Open a session in the caller's name and prepare each variant's call on it."""
        with open_client(url) as client:
            arguments = self.workload.subject(client.connection, size)
            self.workload.sign_in(client.connection, arguments)
            yield (
                client,
                {
                    variant.name: partial(variant.answer, client, arguments)
                    for variant in self.workload.variants
                },
            )

    def _prove(self, calls: _Calls, size: int) -> None:
        baseline = self.workload.baseline
        expected = calls[baseline]()
        for name in (name for name in calls if name != baseline):
            refuse_difference(
                name,
                calls[name](),
                expected_of=baseline,
                expected=expected,
                columns=self.workload.columns,
                subject=f"{size} {self.workload.axis}",
            )


def _benchmark(server: Server, workload: Workload, costs: _Costs, timings: _Timings) -> Benchmark:
    return Benchmark(
        workload=workload.name,
        question=workload.question,
        axis=workload.axis,
        server_kind=server.kind,
        server_version=server.version,
        baseline=workload.baseline,
        candidate=workload.candidate,
        headline=workload.headline,
        cells=tuple(
            Cell(variant.name, rtt_ms, size, costs[size, variant.name], found[variant.name])
            for (rtt_ms, size), found in timings.items()
            for variant in workload.variants
        ),
        controls=tuple(
            Control(rtt_ms, size, found[_CONTROL].p50_ms / found[workload.candidate].p50_ms)
            for (rtt_ms, size), found in timings.items()
        ),
        references=tuple(
            Reference(rtt_ms, size, found[_SELECT_1].p50_ms)
            for (rtt_ms, size), found in timings.items()
        ),
    )
