"""Notes for reviewers: the lock a statement takes, and what is dangerous about it.

Pure, from the manual; the suite holds every lock against those that a server takes.
"""

import re
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
_TO_EVERYBODY = re.compile(r" to public(?: with grant option)?\Z")
# What storage and planner are told of a table locks out neither readers nor writers.
_OPTIONS = re.compile(r"^alter .* (?:re)?set (?:\(|statistics )")
_SEARCH_PATH = "setting search_path"


class Notes:
    """Writes the notes of one plan.

    Args:
        passage: both sides.
        tasks: t objects that the plan touches; their names are looked for in bodies.
    """

    def __init__(self, passage: Passage, tasks: dict[Identity, Task]) -> None:
        self._passage, self._tasks = passage, tasks
        self._named_by: dict[Identity, list[Identity]] = {}
        gone = {identity: task for identity, task in tasks.items() if task.way is Way.GONE}
        mentions = Mentions(gone)
        for fact in passage.wanted:
            for identity in mentions.of(fact):
                self._named_by.setdefault(identity, []).append(fact.identity)

    def on(self, statement: Statement, task: Task) -> Statement:
        """Return a statement with its notes."""
        hazard = self._about_others(statement, task) or _about_itself(statement, task)
        lock = "" if self._is_about_new(statement, task) else _lock(statement, task)
        return replace(statement, lock=lock, hazard=hazard)

    def _is_about_new(self, statement: Statement, task: Task) -> bool:
        """Tell whether the relation was made a few statements ago, so that nobody waits for it."""
        if statement.action in (Action.DETACH, Action.DROP) or task.wanted is None:
            return False
        tasks = (self._tasks.get(one) for one in (task.identity, task.wanted.parent) if one)
        made = (Way.ADD, Way.REBUILD)
        return any(one.identity.kind in VIEWS and one.way in made for one in tasks if one)

    def _about_others(self, statement: Statement, task: Task) -> str:
        """Say what a statement does to those who use its object, empty when nothing."""
        identity, action = statement.identity, statement.action
        if action is Action.DROP and identity in self._named_by:
            others = ", ".join(str(one) for one in sorted(self._named_by[identity])[:3])
            return f"{identity} may be named in the body of {others}"
        if action is Action.REPLACE and identity.kind in ROUTINES and not task.hollow:
            stored = [str(user) for user in self._passage.wanted.users.get(identity, ())
                      if self._stores(user)]  # fmt: skip
            if stored:
                return f"{', '.join(stored[:3])}: results of the old body are stored"
        return ""

    def _stores(self, user: Identity) -> bool:
        fact = self._passage.wanted.get(user)
        if user.kind is Kind.COLUMN:
            return fact is not None and fact.get("generated") is not None
        return user.kind in (Kind.INDEX, Kind.MATERIALIZED_VIEW, Kind.CONSTRAINT)


def _about_itself(statement: Statement, task: Task) -> str:
    """Say what is dangerous about a statement, whoever uses its object; empty when nothing."""
    identity, action, sql = statement.identity, statement.action, statement.sql
    kind, wanted = identity.kind, task.wanted
    if task.way is Way.REBUILD and not task.swap and sql.startswith("refresh"):
        return f"readers of {identity.address} wait until it is filled"
    if kind is Kind.INDEX and action is Action.CREATE and not _is_of_view(wanted):
        return "writers of the table wait until the index is built"
    if kind is Kind.CONSTRAINT and action is Action.CREATE:
        return "readers and writers of the table wait while its rows are checked"
    if kind is Kind.COLUMN and action is Action.CREATE:
        return "readers and writers of the table wait while its rows are computed and written anew"
    if sql.endswith("disable row level security"):
        return "no policy of the table holds any more"
    if action is Action.GRANT and _TO_EVERYBODY.search(sql):
        return "everybody may, whoever can sign in"
    if wanted is not None and action in (Action.CREATE, Action.REPLACE) and kind in ROUTINES:
        return _about_rights(wanted)
    return ""


def _about_rights(routine: Fact) -> str:
    if routine.get("security_definer") and routine.get(_SEARCH_PATH) is None:
        return "it has its owner's rights and its caller's search_path"
    return ""


def _is_of_view(fact: Fact | None) -> bool:
    return fact is not None and fact.parent is not None and fact.parent.kind in VIEWS


def _lock(statement: Statement, task: Task) -> str:
    """Return the strongest lock on something that was there before, empty when none."""
    identity, action, sql = statement.identity, statement.action, statement.sql
    fact = task.wanted or task.present
    if action in _HARMLESS or fact is None:
        return ""
    relation = qualified(identity.schema, identity.name)
    if identity.kind is not Kind.VIEW and _OPTIONS.search(sql):
        return ""
    if identity.kind is Kind.INDEX:
        return _index_lock(sql, fact)
    if identity.kind is Kind.CONSTRAINT and fact.parent is not None:
        if fact.parent.kind is not Kind.DOMAIN:
            return _on(relation)
        return "" if " drop " in sql else f"{_NO_WRITES} on tables that use {relation}"
    if identity.kind is Kind.TRIGGER and not sql.startswith("drop"):
        return _on(relation, _NO_CHANGES)
    if identity.kind in _ON_TABLE or identity.kind is Kind.TABLE:
        return _on(relation)
    is_there = action is not Action.CREATE and _names(sql, relation)
    return _on(relation) if identity.kind in VIEWS and is_there else ""


def _index_lock(sql: str, index: Fact) -> str:
    relation = index.text("relation")
    if sql.startswith("drop"):
        return _on(relation)
    if sql.startswith("CREATE"):  # the new index of a new view locks nobody
        return _on(relation, _NO_WRITES) if _names(sql, relation) else ""
    return ""


def _on(relation: str, mode: str = _EXCLUSIVE) -> str:
    return f"{mode} on {relation}"


def _names(sql: str, relation: str) -> bool:
    return re.search(rf'(?<![\w$".]){re.escape(relation)}(?![\w$"])', sql) is not None
