"""A change written by hand: statements for both ways, and what has to step aside for them.

Pure but for `read_change`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolkit.catalog import Fact, Facts, Identity, Kind
from toolkit.errors import ToolkitError
from toolkit.script import split
from toolkit.sources.bare import is_replaceable

_REVERSE = re.compile(r"^-- reverse:[ \t]*$", re.MULTILINE)
# What of a column cannot change while something reads it.
_SHAPE = ("type", "collation", "generated")


class ChangeRefused(ToolkitError):
    """A hand-written change is not what freeze can take."""


@dataclass(frozen=True, slots=True)
class Change:
    """Statements that only a person can write.

    Args:
        up: the way there.
        down: the way back.
    """

    up: str
    down: str


def read_change(path: Path) -> Change:
    """Read a file that holds both ways, with a line `-- reverse:` between them.

    Raises:
        ChangeRefused: the file is missing, or one of the ways is.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError, IsADirectoryError) as error:
        raise ChangeRefused(
            f"{path.name} cannot be read", detail=str(error), hint="Name a file of SQL statements."
        ) from error
    parts = [part.strip() for part in _REVERSE.split(text)]
    if len(parts) != 2 or not all(split(part) for part in parts):
        raise ChangeRefused(
            f"{path.name} does not hold both ways",
            detail=f"it has {len(parts) - 1} lines `-- reverse:`",
            hint="Write the way there, a line `-- reverse:`, and the way back.",
        )
    for part in parts:
        for statement in split(part):
            if statement.text.split()[0].lower() in ("begin", "commit", "rollback"):
                raise ChangeRefused(
                    f"{path.name} begins or ends a transaction",
                    detail=f"a statement begins {statement.title!r}",
                    hint="Leave it out: a revision is one transaction.",
                )
    return Change(parts[0], parts[1])


def in_the_way(present: Facts, wanted: Facts) -> frozenset[Identity]:
    """Return what sql/ declares and has to be away while tables change.

    Args:
        present: n facts before the change.
        wanted: m facts after it.

    Returns:
        Whatever reads a column that goes or gets another type, or uses something that goes; and
        whatever depends on that. Time O(n + m + needs).
    """
    waiting = [
        user for identity in _changing(present, wanted) for user in _users(present, identity)
    ]
    found: set[Identity] = set()
    while waiting:
        identity = waiting.pop()
        fact = present.get(identity)
        if fact is None or identity in found:
            continue
        if not is_replaceable(fact):
            # A column or an index of a view stands for the view.
            if fact.parent is not None and identity.kind in (Kind.COLUMN, Kind.INDEX):
                parent = present.get(fact.parent)
                if parent is not None and is_replaceable(parent):
                    waiting.append(fact.parent)
            continue
        found.add(identity)
        waiting += _users(present, identity)
        if fact.parent is not None and fact.parent.kind in (Kind.VIEW, Kind.MATERIALIZED_VIEW):
            waiting.append(fact.parent)
        for inner in present.contents(identity):
            found.add(inner.identity)
            waiting += _users(present, inner.identity)
    return frozenset(found)


def without(facts: Facts, gone: frozenset[Identity]) -> Facts:
    """Return facts without some objects."""
    return Facts.of(
        facts.major,
        (fact for fact in facts if fact.identity not in gone),
        migrator=facts.migrator,
        blind=facts.blind,
    )


def _changing(present: Facts, wanted: Facts) -> Iterator[Identity]:
    for identity, fact in present.own.items():
        if is_replaceable(fact):
            continue
        shall = wanted.get(identity)
        if shall is None or (identity.kind is Kind.COLUMN and _reshaped(fact, shall)):
            yield identity


def _reshaped(fact: Fact, shall: Fact) -> bool:
    return any(fact.get(name) != shall.get(name) for name in _SHAPE)


def _users(facts: Facts, identity: Identity) -> tuple[Identity, ...]:
    return facts.users.get(identity, ())
