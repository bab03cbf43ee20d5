"""Planning: what differs, what else that moves, in which order, in which words.

Pure.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from toolkit.catalog import Facts, Identity, Kind
from toolkit.catalog.ddl import Passage, Unwritable, create, remove
from toolkit.catalog.ownership import relation_of
from toolkit.errors import ToolkitError
from toolkit.plan import swap
from toolkit.plan.changing import change_in_place, is_copy
from toolkit.plan.closure import close, holder_of
from toolkit.plan.differences import (
    VIEWS,
    Task,
    Tasks,
    Way,
    find_differences,
    without_what_follows,
)
from toolkit.plan.graph import Graph, Step, Turn, draw, untie
from toolkit.plan.mentions import is_text
from toolkit.plan.model import Action, Plan, Statement, Strategy, Unplanned
from toolkit.plan.notes import Notes
from toolkit.plan.order import circles, in_order, violated
from toolkit.plan.writing import Writer

_NO_STRATEGIES: Mapping[str, Strategy] = {}
_UNCHECKED = "set local check_function_bodies = off"
# Nothing needs them and they need nothing: a schedule ends first and begins last, and what is new
# gets the default privileges that were there before.
_FIRST, _AMONG, _DEFAULTS, _LAST = range(4)
# Attributes of a column that a view takes over.
_SHAPE = frozenset({"type", "collation"})
# Relations and types have one space of names.
_NAMESAKES = VIEWS | {Kind.TABLE, Kind.SEQUENCE, Kind.INDEX, Kind.TYPE, Kind.DOMAIN}


class OtherMajor(ToolkitError):
    """The two sides come from servers whose facts cannot be compared."""


def make_plan(
    before: Facts, after: Facts, *, strategies: Mapping[str, Strategy] = _NO_STRATEGIES
) -> Plan:
    """Plan the way from one database to another.

    Args:
        before: n facts of the database that the plan is for.
        after: m facts of what it shall be like.
        strategies: how a materialized view is replaced, by its address; by swap when not named.

    Returns:
        The statements in the order to run them, and by name every difference that they leave.
        Time O((n + m + needs) log (n + m)) and the characters of bodies that differ.

    Raises:
        OtherMajor: the two servers are of different major versions.
    """
    if before.major != after.major:
        raise OtherMajor(
            f"PostgreSQL {before.major} cannot be compared with PostgreSQL {after.major}",
            detail="definitions are printed differently by each major version",
            hint="Load both sides into servers of the same major version.",
        )
    return _Planner(Passage(before, after), strategies).plan()


@dataclass(frozen=True, slots=True)
class _Planner:
    passage: Passage
    strategies: Mapping[str, Strategy]

    def plan(self) -> Plan:
        before, after = self.passage.present, self.passage.wanted
        tasks, objects, attributes = find_differences(before, after, self.strategies)
        blocked: dict[Identity, Unplanned] = {}
        _forget_contents(tasks, objects, self.passage)
        reshaped = frozenset(one.identity for one in attributes if one.attribute in _SHAPE)
        while True:
            found = self._blocked(tasks, frozenset({*objects, *blocked}), reshaped)
            if not found:
                closure = close(tasks, self.passage, self._is_swapped)
                found = {
                    identity: Unplanned(identity, "", reason)
                    for identity, reason in closure.blocked().items()
                    if identity in tasks
                }
            if not found:
                break
            blocked.update(found)
            tasks = {identity: task for identity, task in tasks.items() if identity not in blocked}
        statements = self._statements(closure.tasks)
        left = [
            *without_what_follows({**objects, **blocked}, before, after),
            *(one for one in attributes if not _is_settled(one, closure.tasks)),
        ]
        return Plan(tuple(statements), tuple(sorted(left, key=_key)))

    def _is_swapped(self, view: Identity) -> bool:
        return self.strategies.get(view.address) is not Strategy.REBUILD

    def _blocked(
        self, tasks: Tasks, missing: AbstractSet[Identity], reshaped: AbstractSet[Identity]
    ) -> dict[Identity, Unplanned]:
        """Return what cannot be done because of what will not be there, or cannot be said."""
        found: dict[Identity, Unplanned] = {}
        taken = _taken(self.passage.present, tasks)
        for identity, task in tasks.items():
            holder = taken.get((identity.schema, identity.name))
            if task.way is Way.ADD and identity.kind in VIEWS and holder is not None:
                reason = f"{holder} has its name"
            elif _moves_with_a_partition(task, tasks):
                reason = "it comes and goes with its table's place among partitions"
            elif (waits_for := _awaited(task, missing, reshaped)) is not None:
                reason = f"waits for {waits_for}"
            else:
                reason = self._unwritable(task, tasks)
            if reason:
                found[identity] = Unplanned(identity, "", reason)
        return found

    def _unwritable(self, task: Task, tasks: Tasks) -> str:
        try:
            if task.way is Way.ALTER:
                tuple(change_in_place(task, tasks, self.passage))
            if task.way is Way.GONE and task.present is not None:
                remove(task.present, self.passage)
            if task.wanted is not None and task.way in (Way.ADD, Way.REBUILD):
                holder = holder_of(task.wanted, self.passage.wanted)
                create(task.wanted, self.passage, within=holder in tasks)
        except Unwritable as reason:
            return str(reason)
        return ""

    def _statements(self, tasks: dict[Identity, Task]) -> Iterator[Statement]:
        _settle_swaps(tasks, self.passage)
        graph = _opened(tasks, self.passage)
        order = in_order(graph)
        order.sort(key=_stage)
        yield from self._preamble(graph, order)
        swapped = (identity for identity, task in tasks.items() if task.swap)
        moving = [part for identity in swapped for part in self._with_indexes(identity)]
        interim = swap.interim_names(iter(moving), self.passage.present, self.passage.wanted)
        writer, notes = Writer(self.passage, tasks, interim), Notes(self.passage, tasks)
        for step in order:
            for statement in writer.write(step):
                yield notes.on(statement, tasks.get(statement.identity, tasks[step.identity]))

    def _with_indexes(self, view: Identity) -> Iterator[Identity]:
        yield view
        for fact in self.passage.wanted.contents(view):
            if fact.identity.kind is Kind.INDEX:
                yield fact.identity

    def _preamble(self, graph: Graph, order: list[Step]) -> Iterator[Statement]:
        """Yield what lets a routine be made before something that its text may name."""
        for step, _ in violated(graph, order):
            fact = self.passage.wanted.get(step.identity)
            if fact is not None and is_text(fact):
                yield Statement(step.identity, Action.SET, _UNCHECKED)
                return


def _moves_with_a_partition(task: Task, tasks: Tasks) -> bool:
    """Tell whether a partition's copy of a trigger comes or goes without the trigger above it."""
    if task.way not in (Way.ADD, Way.GONE):
        return task.redefines and is_copy(task.present) is not is_copy(task.wanted)
    fact = task.present or task.wanted
    assert fact is not None  # a task is about something
    above = tasks.get(fact.parent) if is_copy(fact) and fact.parent is not None else None
    return is_copy(fact) and (above is None or above.way not in {task.way, Way.REBUILD})


def _awaited(
    task: Task, missing: AbstractSet[Identity], reshaped: AbstractSet[Identity]
) -> Identity | None:
    """Return what people have to make or change before an object can be as it shall be."""
    wanted = task.wanted
    if wanted is not None and wanted.identity.kind is Kind.COLUMN and wanted.parent in missing:
        return wanted.parent  # what is said of a view's column waits with the view
    if wanted is not None and "replica_identity" in task.differing:
        name = wanted.text("replica_identity").removeprefix("using index ")
        index = Identity(Kind.INDEX, wanted.identity.schema, name)
        return index if index in missing else None
    if wanted is None or (task.way is Way.ALTER and not task.redefines):
        return None
    if wanted.identity.kind in VIEWS and task.way is not Way.ALTER:
        missing = missing | reshaped  # its columns would get the types that are there now
    needed = (*wanted.needs, wanted.parent)
    return next((need for need in needed if need is not None and need in missing), None)


def _taken(present: Facts, tasks: Tasks) -> dict[tuple[str, str], Identity]:
    """Return who has each name that relations share, and does not give it up."""
    return {
        (fact.identity.schema, fact.identity.name): fact.identity
        for fact in present
        if fact.identity.kind in _NAMESAKES
        and ((task := tasks.get(fact.identity)) is None or task.way is not Way.GONE)
    }


def _settle_swaps(tasks: dict[Identity, Task], passage: Passage) -> None:
    """Build no view beside the old one that would be built over what is not its final self."""
    schemas = frozenset(one.name for one in passage.wanted.by_identity if one.kind is Kind.SCHEMA)
    for identity, view in list(tasks.items()):
        if not view.swap or view.wanted is None:
            continue
        below = [tasks[need] for need in view.wanted.needs if need in tasks]
        over = [one.identity for one in below if one.swap]
        is_plain = swap.can_be_named(view.wanted, over, schemas)
        if over and (not is_plain or any(one.hollow for one in below)):
            tasks[identity] = replace(view, swap=False)


def _opened(tasks: dict[Identity, Task], passage: Passage) -> Graph:
    """Draw the graph, and open its circles one after the other."""
    while True:
        graph = draw(tasks, passage)
        closed = circles(graph)
        if not closed:
            return graph
        for circle in closed:
            untied = untie({step.identity for step in circle}, tasks)
            if untied is None:
                names = ", ".join(sorted({str(step.identity) for step in circle}))
                raise ToolkitError(
                    "some objects need each other, and none of them can be made first",
                    detail=f"they are {names}",
                    hint="Change them in two plans, the first without their needs of each other.",
                )
            tasks[untied.identity] = untied


def _stage(step: Step) -> int:
    match step.identity.kind:
        case Kind.CRON_JOB:
            return _FIRST if step.turn is Turn.DROP else _LAST
        case Kind.DEFAULT_PRIVILEGES:
            return _DEFAULTS
    return _AMONG


def _forget_contents(
    tasks: dict[Identity, Task], objects: Mapping[Identity, Unplanned], passage: Passage
) -> None:
    """Leave out what goes with an object that people drop, or comes with one that they make."""
    tables = {one.address for one in objects if one.kind is Kind.TABLE}
    for part, found in list(tasks.items()):
        fact = found.wanted or found.present
        if found.way in (Way.ADD, Way.GONE) and fact is not None and relation_of(fact) in tables:
            del tasks[part]
    for identity in objects:
        for side in (passage.present, passage.wanted):
            if side.get(identity) is None:
                continue
            for inner in side.contents(identity):
                task = tasks.get(inner.identity)
                is_copy = inner.parent is not None and inner.parent.kind is inner.identity.kind
                if task is not None and (task.way is Way.GONE or is_copy):
                    del tasks[inner.identity]


def _is_settled(one: Unplanned, tasks: Tasks) -> bool:
    """Tell whether an attribute is put right because its object is rebuilt or let go of."""
    task = tasks.get(one.identity)
    if task is None:
        return False
    return task.way is Way.REBUILD or (task.hollow and one.attribute == "default")


def _key(one: Unplanned) -> tuple[Identity, str]:
    return one.identity, one.attribute
