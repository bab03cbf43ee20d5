"""Closure: what else has to move when an object is dropped, and what cannot.

Pure. An object that is dropped and made again takes everything with it that needs it. Most of that
only has to let go for a moment: a view or a function loses its body and gets it back, a column its
default. What cannot let go is rebuilt as well, and what cannot be rebuilt stops the whole change.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from toolkit.catalog import ROUTINES, Fact, Facts, Identity, Kind, Origin
from toolkit.catalog.ddl import Passage, Unwritable, create, words
from toolkit.plan.differences import Task, Way
from toolkit.plan.signature import is_tracked, names, shape_names

DROPPING = frozenset({Way.GONE, Way.REBUILD})
# Rebuilt in place of the plan's own kinds when something they use is: without loss of rows.
_REBUILDABLE = ROUTINES | {
    Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.RULE, Kind.TRIGGER, Kind.EVENT_TRIGGER,
    Kind.PUBLICATION_MEMBER, Kind.CONSTRAINT, Kind.INDEX, Kind.STATISTICS,
}  # fmt: skip
# Parts of tables and domains that people change. They change along where what they called goes and
# they call something else instead: then it is one difference, not two.
_FOLLOWING = frozenset({Kind.COLUMN, Kind.CONSTRAINT, Kind.INDEX, Kind.STATISTICS, Kind.DOMAIN})


@dataclass(frozen=True)
class Closure:
    """What moves, and what stands in the way.

    Args:
        tasks: what was to be done, and what has to be done besides.
        obstacles: why an object cannot be dropped, by that object.
        movers: who makes each object move.
    """

    tasks: dict[Identity, Task]
    obstacles: dict[Identity, str] = field(default_factory=dict)
    movers: dict[Identity, set[Identity]] = field(default_factory=lambda: defaultdict(set))

    def blocked(self) -> dict[Identity, str]:
        """Return every object that an obstacle keeps from being dropped, with the reason."""
        reasons = dict(self.obstacles)
        waiting = list(reasons)
        while waiting:
            stuck = waiting.pop()
            for mover in self.movers.get(stuck, ()):
                if mover not in reasons:
                    reasons[mover] = f"{stuck} needs it, and cannot be rebuilt: {reasons[stuck]}"
                    waiting.append(mover)
        return reasons


def close(
    tasks: Mapping[Identity, Task], passage: Passage, is_swapped: Callable[[Identity], bool]
) -> Closure:
    """Follow every object that is dropped to whatever needs it.

    Args:
        tasks: t objects that differ.
        passage: both sides, with e needs between their objects.
        is_swapped: whether a materialized view is built beside the old one, if it can be.

    Returns:
        All that has to be done. Time O(t + e).
    """
    closure = Closure(dict(tasks))
    follower = _Follower(closure, passage, is_swapped)
    waiting = [identity for identity, task in tasks.items() if task.way in DROPPING]
    seen = set(waiting)
    while waiting:
        for moved in follower.follow(waiting.pop()):
            if moved not in seen:
                seen.add(moved)
                waiting.append(moved)
    return closure


def held(facts: Facts, identity: Identity) -> Iterator[Identity]:
    """Yield what goes and comes with an object: its parts, and the copies that heirs have of it."""
    if identity.kind is Kind.SCHEMA:
        yield from (
            child
            for child in facts.children.get(identity, ())
            if child.kind is Kind.DEFAULT_PRIVILEGES
        )
        return
    yield from (fact.identity for fact in facts.contents(identity))
    if identity.kind is Kind.CONSTRAINT:
        table = Identity(Kind.TABLE, identity.schema, identity.name)
        for inner in facts.contents(table):
            copy = Identity(
                identity.kind, inner.identity.schema, inner.identity.name, identity.part
            )
            fact = facts.get(copy) if inner.identity.kind is Kind.TABLE else None
            if fact is not None and fact.get("inherited"):
                yield copy


def holder_of(fact: Fact, facts: Facts) -> Identity | None:
    """Return the object with which an object goes and comes, None when it does so alone."""
    parent = fact.parent
    if fact.get("inherited") and fact.identity.kind is Kind.CONSTRAINT and parent is not None:
        table = facts.by_identity[parent].parent
        if table is not None and table.kind is Kind.TABLE:
            return Identity(Kind.CONSTRAINT, table.schema, table.name, fact.identity.part)
    if parent is None or parent.kind is Kind.TABLE:
        return None
    if parent.kind is Kind.SCHEMA and fact.identity.kind is not Kind.DEFAULT_PRIVILEGES:
        return None
    return parent


@dataclass(frozen=True, slots=True)
class _Follower:
    closure: Closure
    passage: Passage
    is_swapped: Callable[[Identity], bool]

    def follow(self, dropped: Identity) -> Iterator[Identity]:
        """Yield what has to be dropped because an object is."""
        before, after = self.passage.present, self.passage.wanted
        inside = {*held(before, dropped), *held(after, dropped)}
        for part in sorted(inside):
            self._rebuild(part)
            if before.get(part) is not None:
                yield part
        if dropped.kind is Kind.SCHEMA:
            self._expect_empty(dropped)
        for user in before.users.get(dropped, ()):
            if user not in inside:
                yield from self._move(user, dropped)

    def _expect_empty(self, schema: Identity) -> None:
        for child in self.passage.present.children.get(schema, ()):
            task = self.closure.tasks.get(child)
            if child.kind is not Kind.DEFAULT_PRIVILEGES and (
                task is None or task.way is not Way.GONE
            ):
                self.closure.obstacles.setdefault(schema, f"{child} is in it")

    def _move(self, user: Identity, dropped: Identity) -> Iterator[Identity]:
        """Let a user go of what is dropped; yield it when it has to be dropped as well."""
        task = self.closure.tasks.get(user)
        self.closure.movers[user].add(dropped)
        if task is not None and task.way in DROPPING:
            return
        wanted = self.passage.wanted.get(user)
        needs_it_still = wanted is not None and dropped in (*wanted.needs, wanted.parent)
        if task is not None and task.redefines and not needs_it_still:
            return
        fact = self.passage.present.by_identity[user]
        if wanted is None or not (needs_it_still or user.kind in _FOLLOWING):
            self._stop(dropped, f"{user} still needs it")
        elif fact.origin is not Origin.OWN and task is None:
            self._stop(dropped, f"{user}, which is not ours, needs it")
        elif (reason := why_fixed(fact, dropped, self.passage)) is not None:
            self._stop(dropped, reason)
        elif can_let_go(fact, dropped):
            self.closure.tasks[user] = replace(
                task or Task(user, Way.ALTER, fact, wanted), hollow=True
            )
        else:
            yield from self._drop_too(user, dropped)

    def _drop_too(self, user: Identity, dropped: Identity) -> Iterator[Identity]:
        before = self.passage.present
        above = holder_of(before.by_identity[user], before)
        while above is not None and above.kind is not Kind.PUBLICATION and _comes_with(user, above):
            user, above = above, holder_of(before.by_identity[above], before)
        self.closure.movers[user].add(dropped)
        wanted = self.passage.wanted.get(user)
        if wanted is None:
            self._stop(dropped, f"{user} still needs it")
            return
        try:
            create(wanted, self.passage)
        except Unwritable as reason:
            self._stop(dropped, f"{user} needs it, and cannot be made again: {reason}")
            return
        self._rebuild(user)
        yield user

    def _rebuild(self, identity: Identity) -> None:
        task = self.closure.tasks.get(identity)
        if task is not None and task.way in {*DROPPING, Way.ADD}:
            return
        present, wanted = (
            side.get(identity) for side in (self.passage.present, self.passage.wanted)
        )
        way = Way.REBUILD if wanted is not None and present is not None else Way.GONE
        if present is None:
            way = Way.ADD
        is_view = way is Way.REBUILD and identity.kind is Kind.MATERIALIZED_VIEW
        swap = is_view and self.is_swapped(identity)
        self.closure.tasks[identity] = Task(identity, way, present, wanted, swap=swap)

    def _stop(self, dropped: Identity, reason: str) -> None:
        self.closure.obstacles.setdefault(dropped, reason)


def can_let_go(fact: Fact, used: Identity) -> bool:
    """Tell whether an object can do without another for a while, and stay where it is."""
    match fact.identity.kind:
        case Kind.COLUMN:
            return fact.get("generated") is None
        case Kind.DOMAIN | Kind.POLICY:
            return True
        case Kind.VIEW:
            return not shape_names(fact, used)
        case Kind.FUNCTION | Kind.PROCEDURE:
            return is_tracked(fact) and not shape_names(fact, used)
    return False


def why_fixed(fact: Fact, used: Identity, passage: Passage) -> str | None:
    """Say why an object can neither let go of another nor be rebuilt; None when it can."""
    identity = fact.identity
    match identity.kind:
        case Kind.COLUMN:
            if names(fact.text("type"), used):
                return f"{identity} is of its type"
            if fact.get("generated") is not None and not _can_be_added_again(fact, passage):
                return f"{identity} is computed with it, and would lose its place in the table"
            return None
        case Kind.DOMAIN:
            return None if names(fact.text("default"), used) else f"{identity} is built on it"
        case Kind.POLICY:
            return None
        case kind if kind in _REBUILDABLE:
            return None
    return f"{identity} needs it"


def _can_be_added_again(column: Fact, passage: Passage) -> bool:
    """Tell whether a generated column can be dropped and added: it is the last of a table alone."""
    wanted = passage.wanted.get(column.identity)
    if column.parent is None or wanted is None or wanted.get("generated") is None:
        return False
    for side in (passage.present, passage.wanted):
        table = side.get(column.parent)
        if table is None or words(table, "column_order")[-1:] != (column.identity.part,):
            return False
        kin = ("partition_of", "partition_key", "inherits", "of_type")
        heirs = (child.kind is Kind.TABLE for child in side.children.get(table.identity, ()))
        if any(table.get(name) is not None for name in kin) or any(heirs):
            return False
    return True


def _comes_with(part: Identity, above: Identity) -> bool:
    return part.kind is above.kind or (part.kind, above.kind) == (Kind.INDEX, Kind.CONSTRAINT)
