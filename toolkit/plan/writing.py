"""Writing: the statements of one step.

Pure. Raises Unwritable for what no statement says; toolkit.plan.planning asks before it decides.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from toolkit.catalog import Fact, Identity, Kind
from toolkit.catalog.ddl import Passage, create, finish, remove
from toolkit.catalog.names import quoted
from toolkit.plan import swap
from toolkit.plan.changing import change_in_place, copied_state, is_copy, redefine
from toolkit.plan.closure import holder_of
from toolkit.plan.differences import Task, Tasks, Way
from toolkit.plan.graph import Step, Turn, steps_of
from toolkit.plan.model import Action, Statement
from toolkit.plan.shells import shell

_ACTIONS = {
    "alter": Action.ALTER,
    "analyze": Action.REFRESH,
    "comment": Action.COMMENT,
    "create": Action.CREATE,
    "drop": Action.DROP,
    "grant": Action.GRANT,
    "refresh": Action.REFRESH,
    "reset": Action.SET,
    "revoke": Action.REVOKE,
    "set": Action.SET,
}
# Enough to hold the first three words of any statement.
_HEAD = 40


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the steps of one plan.

    Args:
        passage: both sides.
        tasks: everything the plan does.
        interim: the names that swapped views and their indexes have for a while.
    """

    passage: Passage
    tasks: Tasks
    interim: Mapping[Identity, Identity]

    def write(self, step: Step) -> Iterator[Statement]:
        """Yield the statements of one step; none when another step brings it about."""
        task = self.tasks[step.identity]
        match step.turn:
            case Turn.BUILD:
                yield from self._build(task)
            case Turn.HOLLOW:
                assert task.present is not None  # what is made has nothing to lose
                yield from _said(step.identity, [shell(task.present)], Action.DETACH)
            case Turn.DROP:
                yield from self._drop(task)
            case Turn.CREATE:
                yield from self._create(task)
            case Turn.FILL:
                yield from self._fill(task)

    def _build(self, task: Task) -> Iterator[Statement]:
        assert task.wanted is not None  # only what shall be is built
        indexes = (
            fact
            for fact in self.passage.wanted.contents(task.identity)
            if fact.identity.kind is Kind.INDEX
        )
        for identity, sql in swap.build(task.wanted, indexes, self.interim):
            yield from _said(identity, [sql])

    def _drop(self, task: Task) -> Iterator[Statement]:
        fact = task.present
        assert fact is not None  # only what is there is dropped
        holder = holder_of(fact, self.passage.present)
        if holder is not None and Turn.DROP in self._turns(holder):
            return iter(())
        action = Action.DETACH if task.way is Way.REBUILD else Action.DROP
        return _said(task.identity, remove(fact, self.passage), action)

    def _create(self, task: Task) -> Iterator[Statement]:
        fact, identity = task.wanted, task.identity
        assert fact is not None  # only what shall be is made
        if identity in self.interim:
            return _said(identity, self._swapped(fact))
        if identity.kind is Kind.COLUMN and fact.get("type") is None:
            return _said(identity, finish(fact, self.passage))
        if Turn.FILL in steps_of(task):
            return _said(identity, [shell(fact), *finish(fact, self.passage)], Action.CREATE)
        holder = holder_of(fact, self.passage.wanted)
        within = holder is not None and Turn.CREATE in self._turns(holder)
        if within and is_copy(fact):  # it is there, and only told what sets it apart
            return _said(identity, copied_state(fact, self.passage))
        return _said(identity, self._made(fact, task, within=within), Action.CREATE)

    def _made(self, fact: Fact, task: Task, *, within: bool) -> Iterator[str]:
        identity, passage = fact.identity, self.passage
        if identity.kind is Kind.MATERIALIZED_VIEW and task.way is Way.REBUILD:
            yield swap.fill_later(fact)
            if swap.is_filled(fact):
                yield f"refresh materialized view {identity.address}"
                yield f"analyze {identity.address}"
            yield from finish(fact, passage)
        elif identity.kind is Kind.INDEX and " ON ONLY " in fact.text("definition"):
            # With ONLY each partition's index comes under its own name and is attached.
            yield fact.text("definition")
            yield from finish(fact, passage)
        else:
            is_apart = identity.kind is Kind.INDEX and fact.get("attached_to") is not None
            yield from create(fact, passage, within=within and not is_apart)
        yield from self._identifies_rows(fact)

    def _identifies_rows(self, fact: Fact) -> Iterator[str]:
        """Yield what a table forgets when the index that identifies its rows is dropped."""
        table = fact.parent
        owner = None if table is None else self.passage.wanted.get(table)
        if fact.identity.kind is not Kind.INDEX or owner is None or table is None:
            return
        if owner.text("replica_identity") == f"using index {fact.identity.name}":
            name = quoted(fact.identity.name)
            yield f"alter table {table.address} replica identity using index {name}"

    def _swapped(self, fact: Fact) -> Iterator[str]:
        yield swap.rename(fact.identity, self.interim)
        yield from finish(fact, self.passage)

    def _turns(self, identity: Identity) -> tuple[Turn, ...]:
        task = self.tasks.get(identity)
        return () if task is None else steps_of(task)

    def _fill(self, task: Task) -> Iterator[Statement]:
        assert task.wanted is not None  # only what shall be is filled
        if task.way is Way.ALTER:
            return _said(task.identity, change_in_place(task, self.tasks, self.passage))
        return _said(task.identity, redefine(task.wanted, self.passage), Action.REPLACE)


def _said(
    identity: Identity, statements: Iterable[str], first: Action | None = None
) -> Iterator[Statement]:
    """Yield statements about an object, each with what it does.

    Args:
        identity: the object.
        statements: their texts.
        first: what the first one does, where its words do not tell.
    """
    for sql in statements:
        action = _action(sql)
        if first is not None and action is not Action.SET:
            action, first = first, None
        yield Statement(identity, action, sql)


def _action(sql: str) -> Action:
    words = sql[:_HEAD].lower().split()
    if words[:3] == ["create", "or", "replace"]:
        return Action.REPLACE
    if words[:3] == ["alter", "default", "privileges"]:
        return Action.GRANT if " grant " in sql else Action.REVOKE
    return _ACTIONS.get(words[0], Action.ALTER)
