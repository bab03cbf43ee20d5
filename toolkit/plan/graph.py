"""The graph: each object's steps, and which of them have to come before which.

Pure. Needs of the present side order what goes, needs of the wanted side what comes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from toolkit.catalog import GRANTS_TO, ROUTINES, Fact, Facts, Identity, Kind
from toolkit.catalog.ddl import Passage
from toolkit.catalog.ddl.statements import OWNER
from toolkit.plan.closure import holder_of
from toolkit.plan.differences import VIEWS, Task, Tasks, Way, may_be_called
from toolkit.plan.mentions import Mentions
from toolkit.plan.signature import shape_names

# Kinds that share one space of names.
_RELATIONS = VIEWS | {Kind.INDEX}
# What is changed in them reaches their parts.
_OWNERS = GRANTS_TO + OWNER
_HOLDERS = frozenset({Kind.SCHEMA, Kind.TABLE, Kind.TRIGGER})


class Turn(IntEnum):
    """The steps that an object can go through, in their order."""

    BUILD = 0
    HOLLOW = 1
    DROP = 2
    CREATE = 3
    FILL = 4


class Step(NamedTuple):
    """One step of one object."""

    turn: Turn
    identity: Identity


@dataclass(frozen=True)
class Graph:
    """Steps with what has to come before each.

    Args:
        steps: all of them.
        hard: what must come before each step.
        soft: what should, where nothing speaks against it.
    """

    steps: frozenset[Step]
    hard: dict[Step, set[Step]] = field(default_factory=lambda: defaultdict(set))
    soft: dict[Step, set[Step]] = field(default_factory=lambda: defaultdict(set))


def steps_of(task: Task) -> tuple[Turn, ...]:
    """Return the steps that an object goes through, in order."""
    match task.way:
        case Way.ADD:
            return (Turn.CREATE, Turn.FILL) if task.hollow else (Turn.CREATE,)
        case Way.GONE:
            return (Turn.HOLLOW, Turn.DROP) if task.hollow else (Turn.DROP,)
        case Way.ALTER:
            return (Turn.HOLLOW, Turn.FILL) if task.hollow else (Turn.FILL,)
    if task.hollow:
        return (Turn.HOLLOW, Turn.DROP, Turn.CREATE, Turn.FILL)
    return (Turn.BUILD, Turn.DROP, Turn.CREATE) if task.swap else (Turn.DROP, Turn.CREATE)


def draw(tasks: Tasks, passage: Passage) -> Graph:
    """Draw the graph of a closed set of tasks.

    Args:
        tasks: t objects.
        passage: both sides, with e needs among those objects.

    Returns:
        At most 4 t steps and O(t + e) edges. Time O(t + e + characters of bodies).
    """
    steps = {
        identity: tuple(Step(turn, identity) for turn in steps_of(task))
        for identity, task in tasks.items()
    }
    graph = Graph(frozenset(step for chain in steps.values() for step in chain))
    pen = _Pen(graph, tasks, passage, Mentions(tasks))
    for identity, chain in steps.items():
        for one, following in pairwise(chain):
            graph.hard[following].add(one)
        pen.draw_present(tasks[identity])
        pen.draw_wanted(tasks[identity])
    pen.draw_names()
    return graph


@dataclass(frozen=True, slots=True)
class _Pen:
    graph: Graph
    tasks: Tasks
    passage: Passage
    mentions: Mentions

    def draw_present(self, task: Task) -> None:
        """Whoever uses an object lets go of it before it is dropped."""
        fact = task.present
        if fact is None:
            return
        for used in _needed(fact, self.passage.present):
            drop = Step(Turn.DROP, used)
            leaves = self._leaves(task, used)
            if drop in self.graph.steps and leaves is not None:
                if holder_of(fact, self.passage.present) == used and leaves.turn is Turn.DROP:
                    self.graph.hard[leaves].add(drop)  # it goes with what holds it
                else:
                    self.graph.hard[drop].add(leaves)

    def _leaves(self, task: Task, used: Identity) -> Step | None:
        """Return the step after which an object does not use another any more."""
        turns = steps_of(task)
        assert task.present is not None  # asked of the present side only
        if Turn.HOLLOW in turns and not shape_names(task.present, used):
            return Step(Turn.HOLLOW, task.identity)
        if Turn.DROP in turns:
            return Step(Turn.DROP, task.identity)
        return Step(Turn.FILL, task.identity) if task.redefines else None

    def draw_wanted(self, task: Task) -> None:
        """Whatever an object uses is there before it."""
        fact = task.wanted
        if fact is None:
            return
        for used in _needed(fact, self.passage.wanted):
            arrives = self._arrives(task, used)
            if self._comes_before_it_closes(arrives, used):
                continue
            for shaped, is_hard in self._shaped(used, is_built=arrives.turn is Turn.BUILD):
                (self.graph.hard if is_hard else self.graph.soft)[arrives].add(shaped)
        for used in self.mentions.of(fact):
            arrives = Step(steps_of(task)[-1], task.identity)
            for shaped, _ in self._shaped(used):
                self.graph.soft[arrives].add(shaped)

    def _comes_before_it_closes(self, arrives: Step, used: Identity) -> bool:
        """Let a trigger be made while its maker still has the privileges that takes."""
        task = self.tasks.get(used)
        if task is None or arrives.identity.kind is not Kind.TRIGGER:
            return False
        if used.kind is Kind.TABLE and not _opens(task):
            self.graph.soft[Step(Turn.FILL, used)].add(arrives)
        if used.kind not in ROUTINES or task.way is not Way.ALTER:
            return False
        if may_be_called(task.wanted) or not may_be_called(task.present):
            return False
        self.graph.hard[Step(Turn.FILL, used)].add(arrives)
        return True

    def _arrives(self, task: Task, used: Identity) -> Step:
        """Return the step at which an object begins to use another."""
        turns = steps_of(task)
        assert task.wanted is not None  # asked of the wanted side only
        if Turn.BUILD in turns:
            return Step(Turn.BUILD, task.identity)
        is_shell = Turn.CREATE in turns and Turn.FILL in turns
        if Turn.CREATE in turns and not (is_shell and not shape_names(task.wanted, used)):
            return Step(Turn.CREATE, task.identity)
        return Step(Turn.FILL, task.identity)

    def _shaped(self, used: Identity, *, is_built: bool = False) -> Iterator[tuple[Step, bool]]:
        """Yield the steps that give an object its shape, and whether its users depend on it."""
        task = self.tasks.get(used)
        if task is None:
            return
        turns = steps_of(task)
        if is_built and task.swap:
            yield Step(Turn.BUILD, used), True  # a new view is built over the new one below it
        elif Turn.CREATE in turns:
            yield Step(Turn.CREATE, used), True
        if Turn.FILL in turns:
            grows = task.way is Way.ALTER and bool(task.differing & {"columns", "arguments"})
            yield Step(Turn.FILL, used), grows or (used.kind in _HOLDERS and _opens(task))

    def draw_names(self) -> None:
        """A name is free before somebody else takes it."""
        taken: dict[tuple[str, ...], Identity] = {
            _name(identity): identity
            for identity, task in self.tasks.items()
            if Turn.DROP in steps_of(task)
        }
        for identity in self.tasks:
            other = taken.get(_name(identity))
            create = Step(Turn.CREATE, identity)
            if other is not None and other != identity and create in self.graph.steps:
                self.graph.hard[create].add(Step(Turn.DROP, other))


def _needed(fact: Fact, facts: Facts) -> Iterable[Identity]:
    others = (fact.parent, holder_of(fact, facts))
    return (*fact.needs, *(other for other in others if other is not None))


def _opens(task: Task) -> bool:
    """Tell whether a change of a holder may be what lets its parts be made.

    One that only takes privileges from its owner comes after them.
    """
    has, shall = (
        frozenset(fact.text(_OWNERS).split(", ")) if fact is not None else frozenset()
        for fact in (task.present, task.wanted)
    )
    only_takes = _OWNERS in task.differing and shall < has
    return "owner" in task.differing or not only_takes


def _name(identity: Identity) -> tuple[str, ...]:
    if identity.kind in ROUTINES:
        return "routine", identity.schema, identity.name, identity.part
    if identity.kind in _RELATIONS:
        return "relation", identity.schema, identity.name
    return tuple(identity)


def untie(circle: Iterable[Identity], tasks: Tasks) -> Task | None:
    """Return how one object of a circle has to be treated so that the circle opens.

    A new view beside the old one comes first: it only costs readers a wait. Then a routine or view
    whose body can come later, or leave earlier. None when nobody in the circle can.
    """
    ordered = sorted(circle)
    for identity in ordered:
        if tasks[identity].swap:
            return replace(tasks[identity], swap=False)
    for kinds in (ROUTINES - {Kind.AGGREGATE}, {Kind.VIEW}):
        for identity in ordered:
            if identity.kind in kinds and not tasks[identity].hollow:
                return replace(tasks[identity], hollow=True)
    return None
