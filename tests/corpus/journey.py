"""Journeys: cases planned together, each in schemas of its own, there and back.

Faster than one by one, and no plan is ever alone in life.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.corpus.cases import Case
from toolkit.catalog import Facts, Identity, read_facts
from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.drift import Difference
from toolkit.plan import Plan, Statement, Strategy, Unplanned, make_plan
from toolkit.plan.differences import differing
from toolkit.rehearsal import unnamed


@dataclass(frozen=True, slots=True)
class Way:
    """A plan that was run, what differs afterwards without having been named, and all that does.

    Args:
        plan: the statements, and what they leave.
        wanted: what was to be reached.
        unnamed: what was not, though the plan does not say so.
        differing: every object that is not equal.
    """

    plan: Plan
    wanted: Facts
    unnamed: tuple[Difference, ...]
    differing: frozenset[Identity]


@dataclass(frozen=True, slots=True)
class Journey:
    """Some cases, there and back."""

    there: Way
    back: Way


def _nothing(_connection: Connection) -> None:
    pass


def travel(
    database: Database,
    cases: Sequence[Case],
    look: Callable[[Connection], None] = _nothing,
) -> Journey:
    """Plan and run the way from a to b and that from b to a, and leave nothing behind.

    Args:
        database: where nothing is in the way.
        cases: what to make there, all for the same role.
        look: called at each end of the journey.
    """
    url = database.admin_url if cases[0].is_superusers else database.url
    with connect(url, autocommit=False) as connection:
        b = make(connection, [case.b for case in cases], cases)
        a = make(connection, [case.a for case in cases], cases)
        there = _go(connection, a, b, cases)
        look(connection)
        # Where the way there ends, the way back need not begin: something may be left to people.
        make(connection, [case.b for case in cases], cases)
        back = _go(connection, b, a, cases)
        look(connection)
        connection.rollback()
    return Journey(there, back)


def is_of(thing: Statement | Unplanned | Difference | Identity, case: Case) -> bool:
    """Tell whether something is about a case; of one that is alone, everything is."""
    identity = thing if isinstance(thing, Identity) else thing.identity
    return case.is_alone or case.schema in f"{identity} {identity.schema}"


def make(connection: Connection, rest: Iterable[str], cases: Sequence[Case]) -> Facts:
    """Make one side of some cases in a fresh transaction, and read its facts."""
    connection.rollback()
    for case, statements in zip(cases, rest, strict=True):
        script = f"create schema {case.schema}; {case.common}; {statements}"
        connection.execute(script.encode())
    return read_facts(connection)


def _go(connection: Connection, present: Facts, wanted: Facts, cases: Sequence[Case]) -> Way:
    rebuilt = [view for case in cases for view in case.rebuilt]
    plan = make_plan(present, wanted, strategies=dict.fromkeys(rebuilt, Strategy.REBUILD))
    connection.execute(plan.render().encode())
    arrived = read_facts(connection)
    unequal = {
        identity
        for identity, _ in wanted.objects.items() ^ arrived.objects.items()
        if differing(arrived.get(identity), wanted.get(identity))
    }
    return Way(plan, wanted, tuple(unnamed(plan, wanted, arrived)), frozenset(unequal))
