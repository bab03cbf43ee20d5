"""The outlook: what a run is about to do, known before it does anything.

Read from history alone; the database only said where it is.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from alembic.runtime.migration import MigrationStep, RevisionStep

from toolkit.connect import Connection
from toolkit.history import AUTOCOMMIT, frozen_of
from toolkit.runner.steps import Asked, destination, origin
from toolkit.script import Statement, split

BASE = "base"
_SECTION = r"^{label}:[ ]*(?P<text>.+(?:\n[ ]+.+)*)"


@dataclass(frozen=True, slots=True)
class Coming:
    """One revision that will be applied or taken back.

    Args:
        revision: whose frozen files these are.
        start: where the step begins; None before the first revision.
        end: where it leads.
        claim: the first line of its docstring.
        locks: what its docstring says of locks; empty when it says nothing.
        reverse: what its docstring says of the way back.
        file: the name of the frozen file; empty when the revision has none.
        statements: what the file holds; `set local` and its like included.
        alone: whether it runs outside a transaction.
    """

    revision: str
    start: str | None
    end: str | None
    claim: str
    locks: str
    reverse: str
    file: str
    statements: tuple[Statement, ...]
    alone: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that a run will do, in order.

    Args:
        start: where the database is; None before the first revision.
        target: where it will be.
        is_upgrade: the direction.
        coming: the steps.
    """

    start: str | None
    target: str | None
    is_upgrade: bool
    coming: tuple[Coming, ...]


# Asked once, before anything is done; a run that it refuses changes nothing.
Consent = Callable[[Outlook, Connection], bool]


def look_ahead(asked: Asked) -> Outlook:
    """Return what was asked for, step by step. Opens no connection."""
    coming = tuple(_coming(asked.steps))
    is_upgrade = all(isinstance(step, RevisionStep) and step.is_upgrade for step in asked.steps)
    return Outlook(asked.start, asked.target, is_upgrade, coming)


def _coming(steps: Iterable[MigrationStep]) -> Iterable[Coming]:
    for step in steps:
        if not isinstance(step, RevisionStep):
            continue  # a stamp runs nothing
        frozen = frozen_of(step.revision)
        text = frozen.text(upgrade=step.is_upgrade) if frozen is not None else ""
        words = step.revision.module.__doc__ or ""
        direction = "up" if step.is_upgrade else "down"
        yield Coming(
            revision=step.revision.revision,
            start=origin(step),
            end=destination(step),
            claim=words.strip().partition("\n")[0],
            locks=_section(words, "Locks"),
            reverse=_section(words, "Reverse"),
            file=f"{step.revision.revision}.{direction}.sql" if frozen is not None else "",
            statements=split(text),
            alone=text.startswith(AUTOCOMMIT),
        )


def _section(words: str, label: str) -> str:
    match = re.search(_SECTION.format(label=label), words, re.MULTILINE)
    return " ".join(match["text"].split()) if match else ""
