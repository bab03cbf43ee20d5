"""What a plan is: statements in the order to run them, and what it does not plan, by name.

Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from toolkit.catalog import Identity

_FIRST_LINE = "set local lock_timeout = '2s';"


class Action(StrEnum):
    """What a statement does to its object."""

    SET = "set"
    CREATE = "create"
    REPLACE = "replace"
    ALTER = "alter"
    GRANT = "grant"
    REVOKE = "revoke"
    COMMENT = "comment"
    DROP = "drop"
    REFRESH = "refresh"
    # Taken from what it needs, so that this can be rebuilt; it is put back further on.
    DETACH = "detach"


class Strategy(StrEnum):
    """How a materialized view gets another definition."""

    # Built beside the old one and renamed: readers wait for a rename only.
    SWAP = "swap"
    # Dropped and built: readers wait for the whole of it, disk is needed once.
    REBUILD = "rebuild"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a plan.

    Args:
        identity: the object it is about.
        action: what it does.
        sql: its text, without a semicolon.
        lock: the strongest lock it takes on something that others read; empty when none.
        hazard: what a reviewer must know; empty when nothing.
    """

    identity: Identity
    action: Action
    sql: str
    lock: str = ""
    hazard: str = ""


@dataclass(frozen=True, slots=True)
class Unplanned:
    """A difference that the plan leaves as it is.

    Args:
        identity: which object.
        attribute: which attribute of it; empty when it is about the whole object.
        reason: why, for whoever has to do it by hand.
    """

    identity: Identity
    attribute: str
    reason: str

    def __str__(self) -> str:
        attribute = f": {self.attribute.replace('_', ' ')}" if self.attribute else ""
        return f"{self.identity}{attribute}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Plan:
    """From one database to another.

    Args:
        statements: in the order to run them, in one transaction.
        unplanned: what will still differ afterwards, sorted.
    """

    statements: tuple[Statement, ...] = ()
    unplanned: tuple[Unplanned, ...] = ()

    def render(self, *, transaction: bool = False) -> str:
        """Return the plan as a script.

        Args:
            transaction: whether to begin and commit; without, whoever runs it has to.
        """
        return "".join(f"{paragraph}\n" for paragraph in self._paragraphs(transaction=transaction))

    def _paragraphs(self, *, transaction: bool) -> Iterator[str]:
        yield from (f"-- not planned: {_one_line(str(one))}" for one in self.unplanned)
        if not self.statements:
            return
        if transaction:
            yield "begin;"
        yield _FIRST_LINE
        for statement in self.statements:
            yield ""
            if statement.hazard:
                yield f"-- {_one_line(statement.hazard)}"
            yield f"{statement.sql};"
        if transaction:
            yield "\ncommit;"


def _one_line(text: str) -> str:
    return " ".join(text.split())
