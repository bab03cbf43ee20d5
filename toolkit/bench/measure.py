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
from toolkit.connect import Connection, connect
from toolkit.counters import Counters
from toolkit.server import Server
from toolkit.server.model import MAIN_DATABASE

_CONTROL = "the candidate again"
_SELECT_1 = "select 1"

_Calls = dict[str, Callable[[], Sequence[Row]]]
_Costs = Mapping[tuple[int, str], Cost]
# By round-trip time, size and name.
_Timings = Mapping[tuple[int, int, str], Timing]


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
    with connect(server.admin_url(database)) as admin:
        if workload.prepare:
            workload.prepare(admin)
        run = _Run(server, workload, database, admin, pace or Pace(), progress)
        costs = run.prove_and_count()
        timings = {
            (rtt_ms, size, name): timing
            for rtt_ms, sizes in workload.sizes.items()
            for (size, name), timing in run.time(rtt_ms, sizes).items()
        }
    return _benchmark(server, workload, costs, timings)


@dataclass(frozen=True, slots=True)
class _Run:
    """What stays the same through one benchmark."""

    server: Server
    workload: Workload
    database: str
    admin: Connection
    pace: Pace
    progress: Progress

    def prove_and_count(self) -> _Costs:
        """Return the cost by size and variant, once all variants agree at every size."""
        costs: dict[tuple[int, str], Cost] = {}
        sizes = self.workload.every_size
        with ExitStack() as stack:
            counters = Counters(self.admin)
            relay = stack.enter_context(Relay(self.server.url(self.database)))
            for done, size in enumerate(sizes):
                self.progress("proving and counting", done=done, total=len(sizes))
                with self._open(relay.url, size) as (_, calls, tidy):
                    self._prove(calls, tidy, size)
                    for variant in self.workload.measured:
                        costs[size, variant.name] = count(
                            calls[variant.name],
                            name=variant.name,
                            relay=relay,
                            counters=counters,
                            pipelined=variant.pipelined,
                            tidy=tidy,
                            writes=self.workload.tidy is not None,
                        )
        self.progress("proving and counting", done=len(sizes), total=len(sizes))
        return costs

    def time(self, rtt_ms: int, sizes: Sequence[int]) -> Mapping[tuple[int, str], Timing]:
        """Return timings of the variants, of the control and of the emptiest call.

        All sizes in one go, each by its own session: growth is a ratio like any other.
        """
        everything: dict[tuple[int, str], Callable[[], object]] = {}
        tidying: dict[tuple[int, str], Callable[[], object]] = {}
        with ExitStack() as stack:
            url = self.server.url(self.database)
            if rtt_ms:
                url = stack.enter_context(Relay(url, rtt_ms=rtt_ms)).url
            for size in sizes:
                client, calls, tidy = stack.enter_context(self._open(url, size))
                calls[_CONTROL] = calls[self.workload.candidate]
                if self.workload.tidy:
                    tidying |= {(size, name): tidy for name in calls}
                calls[_SELECT_1] = partial(_select_1, client)
                everything |= {(size, name): call for name, call in calls.items()}
            return time_together(
                everything,
                self.pace,
                stage=f"timing at {rtt_ms} ms",
                progress=self.progress,
                tidy=tidying,
            )

    @contextmanager
    def _open(self, url: str, size: int) -> Iterator[tuple[Client, _Calls, Callable[[], object]]]:
        """Open a session in the caller's name and prepare each variant's call on it.

        Yields:
            The session, the calls by name, and what takes back what they wrote.
        """
        with open_client(url) as client:
            arguments = self.workload.subject(client.connection, size)
            self.workload.sign_in(client.connection, arguments)
            yield (
                client,
                {
                    variant.name: partial(variant.answer, client, arguments)
                    for variant in self.workload.measured
                },
                partial(self._tidy, arguments),
            )

    def _tidy(self, arguments: object) -> None:
        if self.workload.tidy:
            self.workload.tidy(self.admin, arguments)

    def _prove(self, calls: _Calls, tidy: Callable[[], object], size: int) -> None:
        baseline = self.workload.baseline
        expected = calls[baseline]()
        tidy()
        for name in (name for name in calls if name != baseline):
            answer = calls[name]()
            tidy()
            refuse_difference(
                name,
                answer,
                expected_of=baseline,
                expected=expected,
                columns=self.workload.columns,
                subject=f"{size} {self.workload.axis}",
            )


def _benchmark(server: Server, workload: Workload, costs: _Costs, timings: _Timings) -> Benchmark:
    places = [(rtt_ms, size) for rtt_ms, sizes in workload.sizes.items() for size in sizes]
    return Benchmark(
        workload=workload.name,
        question=workload.question,
        axis=workload.axis,
        server_kind=server.kind,
        server_version=server.version,
        baseline=workload.baseline,
        candidate=workload.candidate,
        headline=workload.headline,
        floor=workload.floor.name if workload.floor else None,
        goals=workload.goals,
        cells=tuple(
            Cell(name, rtt_ms, size, costs[size, name], timings[rtt_ms, size, name])
            for rtt_ms, size in places
            for name in (variant.name for variant in workload.measured)
        ),
        controls=tuple(
            Control(
                *place,
                timings[*place, _CONTROL].p50_ms / timings[*place, workload.candidate].p50_ms,
            )
            for place in places
        ),
        references=tuple(Reference(*place, timings[*place, _SELECT_1].p50_ms) for place in places),
    )


def _select_1(client: Client) -> Sequence[Row]:
    return client.connection.execute("select 1").fetchall()
