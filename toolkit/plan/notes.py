"""Notes for reviewers: the lock a statement takes, and what is dangerous about it.

Pure, from the manual and from what was tried; a note is read by people and gates nothing.
"""

from dataclasses import replace

from toolkit.catalog import ROUTINES, Fact, Identity, Kind
from toolkit.catalog.ddl import Passage
from toolkit.catalog.names import qualified
from toolkit.plan.differences import VIEWS, Task, Way
from toolkit.plan.mentions import Mentions
from toolkit.plan.model import Action, Statement

_EXCLUSIVE, _NO_WRITES, _NO_CHANGES = "access exclusive", "share", "share row exclusive"
_ON_TABLE = frozenset({Kind.TRIGGER, Kind.POLICY, Kind.RULE, Kind.CONSTRAINT, Kind.COLUMN})
_HARMLESS = frozenset({Action.COMMENT, Action.GRANT, Action.REVOKE, Action.SET})


class Notes:
    """Writes the notes of one plan.

    Args:
        passage: both sides.
        tasks: t objects that the plan touches; their names are looked for in bodies.
    """

    def __init__(self, passage: Passage, tasks: dict[Identity, Task]) -> None:
        self._passage = passage
        self._named_by: dict[Identity, list[Identity]] = {}
        gone = {identity: task for identity, task in tasks.items() if task.way is Way.GONE}
        mentions = Mentions(gone)
        for fact in passage.wanted:
            for identity in mentions.of(fact):
                self._named_by.setdefault(identity, []).append(fact.identity)

    def on(self, statement: Statement, task: Task) -> Statement:
        """Return a statement with its notes."""
        return replace(statement, lock=_lock(statement), hazard=self._hazard(statement, task))

    def _hazard(self, statement: Statement, task: Task) -> str:
        identity, action = statement.identity, statement.action
        kind = identity.kind
        if action is Action.DROP and identity in self._named_by:
            others = ", ".join(str(one) for one in sorted(self._named_by[identity])[:3])
            return f"{identity} may be named in the body of {others}"
        if task.way is Way.REBUILD and not task.swap and statement.sql.startswith("refresh"):
            return f"readers of {identity.address} wait until it is filled"
        if kind is Kind.INDEX and action is Action.CREATE and not _is_of_view(task.wanted):
            return "writers of the table wait until the index is built"
        if kind is Kind.CONSTRAINT and action is Action.CREATE:
            return "readers and writers of the table wait while its rows are checked"
        if action is Action.REPLACE and kind in ROUTINES and not task.hollow:
            return self._stored_results(identity)
        return ""

    def _stored_results(self, routine: Identity) -> str:
        kinds = (Kind.INDEX, Kind.MATERIALIZED_VIEW, Kind.CONSTRAINT)
        users = self._passage.wanted.users.get(routine, ())
        stored = [
            str(user)
            for user in users
            if user.kind in kinds or (user.kind is Kind.COLUMN and self._is_generated(user))
        ]
        if not stored:
            return ""
        return f"{', '.join(stored[:3])}: results of the old body are stored"

    def _is_generated(self, column: Identity) -> bool:
        fact = self._passage.wanted.get(column)
        return fact is not None and fact.get("generated") is not None


def _is_of_view(fact: Fact | None) -> bool:
    return fact is not None and fact.parent is not None and fact.parent.kind in VIEWS


def _lock(statement: Statement) -> str:
    identity, action, sql = statement.identity, statement.action, statement.sql.lower()
    relation = qualified(identity.schema, identity.name)
    if action in _HARMLESS:
        return ""
    if identity.kind is Kind.TRIGGER and not sql.startswith("drop"):
        return f"{_NO_CHANGES} on {relation}"
    if identity.kind in _ON_TABLE or identity.kind is Kind.TABLE:
        return f"{_EXCLUSIVE} on {relation}"
    if identity.kind in VIEWS and action is not Action.CREATE and f" {relation}" in statement.sql:
        return f"{_EXCLUSIVE} on {relation}"
    if identity.kind is Kind.INDEX and action is Action.CREATE:
        return f"{_NO_WRITES} on the table of {relation}"
    if identity.kind is Kind.INDEX and sql.startswith("drop"):
        return f"{_EXCLUSIVE} on the table of {relation}"
    return ""
