"""The order of a comparison: the same calls of both versions first, then what a call costs."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from toolkit.bench.client import open_client
from toolkit.bench.counting import count
from toolkit.bench.progress import Progress, silent
from toolkit.bench.ratio import Ratio, ratio_of
from toolkit.bench.relay import Relay
from toolkit.bench.result import Cost
from toolkit.bench.timing import Pace, time_together
from toolkit.connect import Connection, connect
from toolkit.counters import Counters
from toolkit.versions.answers import Answer, Fields, compare_fields, find_difference
from toolkit.versions.calling import answer, call_statement, staying
from toolkit.versions.cases import Arguments, Case
from toolkit.versions.declared import Declared
from toolkit.versions.routine import Routine

PACE = Pace(budget_s=0.3, least=10, most=100)


@dataclass(frozen=True, slots=True)
class Difference:
    """A call that the versions answer differently."""

    case: Case
    what: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """What one call costs in both versions.

    Args:
        case: the call.
        rows: in the old version's answer.
        old: counted; None on a target, where nothing is.
        new: the same; of its first page.
        ratio: the new version's time over the old one's.
        noise: how far from 1 the old one was from itself.
    """

    case: Case
    rows: int
    old: Cost | None
    new: Cost | None
    ratio: Ratio
    noise: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything of one run.

    Args:
        old: the version that is there.
        new: the one beside it.
        calls: how many were made of each.
        answered: how many of them the old version answered; the others it refused.
        differences: calls that were answered differently.
        fields: what only one of them has in its rows.
        weighed: costs, smallest answer first.
    """

    old: Routine
    new: Routine
    calls: int
    answered: int
    differences: tuple[Difference, ...]
    fields: Fields
    weighed: tuple[Weighed, ...]


def compare(
    url: str,
    old: Routine,
    new: Routine,
    cases: Sequence[Case],
    declared: Declared,
    *,
    admin_url: str | None = None,
    progress: Progress = silent,
) -> Comparison:
    """Call both versions and weigh them.

    Args:
        url: as a role that may become every caller.
        old: read from there.
        new: likewise.
        cases: calls to make, at least one.
        declared: how pages go on, and what may differ.
        admin_url: the same database as a superuser; without it nothing is counted.
        progress: told after each call.
    """
    with connect(url) as connection:
        answers = [
            _both(connection, old, new, case, declared, progress, (number, len(cases)))
            for number, case in enumerate(cases, start=1)
        ]
    differences = [
        Difference(case, what)
        for case, (mine, other) in zip(cases, answers, strict=True)
        if (what := find_difference(mine, other, declared.ignore)) is not None
    ]
    fields = [compare_fields(mine, other) for mine, other in answers]
    sizes = {
        number: len(mine.rows)
        for number, (mine, _) in enumerate(answers)
        if cases[number].is_plain and mine.sqlstate is None
    }
    weighed = [
        _weigh(url, admin_url, old, new, cases[number], sizes[number], progress)
        for number in _typical(sizes)
    ]
    return Comparison(
        old=old,
        new=new,
        calls=len(cases),
        answered=sum(mine.sqlstate is None for mine, _ in answers),
        differences=tuple(differences),
        fields=Fields(
            frozenset().union(*(one.lost for one in fields)),
            frozenset().union(*(one.gained for one in fields)),
        ),
        weighed=tuple(weighed),
    )


def _both(
    connection: Connection,
    old: Routine,
    new: Routine,
    case: Case,
    declared: Declared,
    progress: Progress,
    place: tuple[int, int],
) -> tuple[Answer, Answer]:
    mine = answer(connection, old, case, {})
    other = answer(connection, new, case, declared.next_page)
    progress("calling both versions", done=place[0], total=place[1])
    return mine, other


def _typical(sizes: Mapping[int, int]) -> list[int]:
    """Return the calls with the smallest, the middle and the largest answer, each once."""
    ordered = sorted(sizes, key=lambda number: (sizes[number], number))
    if not ordered:
        return []
    places = (0, len(ordered) // 2, len(ordered) - 1)
    by_size = {sizes[ordered[place]]: ordered[place] for place in places}
    return list(by_size.values())


def _weigh(
    url: str,
    admin_url: str | None,
    old: Routine,
    new: Routine,
    case: Case,
    rows: int,
    progress: Progress,
) -> Weighed:
    old_cost = new_cost = None
    if admin_url:
        old_cost, new_cost = (_count(url, admin_url, routine, case) for routine in (old, new))
    with open_client(url) as client, staying(client.connection, case):
        calls: dict[str, Callable[[], object]] = {
            "old": _caller(client.connection, old, case.arguments),
            "old again": _caller(client.connection, old, case.arguments),
            "new": _caller(client.connection, new, case.arguments),
        }
        found = time_together(calls, PACE, stage=f"timing {rows} rows", progress=progress)
    again = found["old again"].p50_ms / found["old"].p50_ms
    return Weighed(
        case=case,
        rows=rows,
        old=old_cost,
        new=new_cost,
        ratio=ratio_of(found["new"].samples_ms, found["old"].samples_ms),
        noise=abs(again - 1),
    )


def _count(url: str, admin_url: str, routine: Routine, case: Case) -> Cost:
    with ExitStack() as stack:
        counters = Counters(stack.enter_context(connect(admin_url)))
        relay = stack.enter_context(Relay(url))
        client = stack.enter_context(open_client(relay.url))
        stack.enter_context(staying(client.connection, case))
        call = _caller(client.connection, routine, case.arguments)
        call()
        return count(call, name=routine.name, relay=relay, counters=counters)


def _caller(connection: Connection, routine: Routine, arguments: Arguments) -> Callable[[], object]:
    """Return what calls a function once; what may write is rolled back each time."""
    statement, values = call_statement(routine, arguments)
    return partial(_written if routine.is_volatile else _read, connection, statement, values)


def _read(connection: Connection, statement: bytes, values: Sequence[object]) -> object:
    return connection.execute(statement, values).fetchall()


def _written(connection: Connection, statement: bytes, values: Sequence[object]) -> object:
    with connection.transaction(force_rollback=True):
        return connection.execute(statement, values).fetchall()
