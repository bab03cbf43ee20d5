"""Drafting: both ways as blocks, tried on a clone until the author's text is all that is needed.

What a text does not bring about (a grant that it no longer mentions, over a function that stays) is
planned from what the clone holds after it. Whether the whole is right is for the proof to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from toolkit.catalog import Facts, Scope, read_facts
from toolkit.connect import Connection
from toolkit.errors import ToolkitError
from toolkit.freeze.change import in_the_way, without
from toolkit.freeze.composing import Direction, compose
from toolkit.freeze.copies import Block, Origin
from toolkit.plan import Plan, Strategy, make_plan


class DraftRefused(ToolkitError):
    """No script can be written that leads from one state to the other."""


@dataclass(frozen=True, slots=True)
class Way:
    """What one way begins with and leads to.

    Args:
        present: the facts that it begins with.
        wanted: the facts that it leads to.
        texts: the files of sql/ on the wanted side, by path.
        stale: paths whose text is another than on the present side.
        gone: paths that the wanted side has no more.
        change: hand-written statements; empty without.
        strategies: how each materialized view is replaced, by its address.
    """

    present: Facts
    wanted: Facts
    texts: Mapping[str, str]
    stale: frozenset[str]
    gone: frozenset[str] = frozenset()
    change: str = ""
    strategies: Mapping[str, Strategy] | None = None

    def plan(self, present: Facts) -> Plan:
        """Plan from some state to the one wanted."""
        return make_plan(present, self.wanted, strategies=self.strategies or {})


@dataclass(frozen=True, slots=True)
class Draft:
    """One way.

    Args:
        blocks: what to run.
        hazards: what is dangerous about it, a sentence each.
    """

    blocks: tuple[Block, ...]
    hazards: tuple[str, ...]


def draft(connection: Connection, way: Way, scope: Scope, label: str) -> Draft:
    """Write one way, and go it.

    Args:
        connection: to a clone in the present state, autocommit; afterwards in the wanted one.
        way: both states.
        scope: whose objects are whose.
        label: what messages call the way.

    Returns:
        The blocks. Time: one run of the script, and another for each file whose text cannot be run
        over what is there.

    Raises:
        DraftRefused: something differs that plans leave to people, or a planned statement fails.
    """
    quoted = frozenset[str]()
    while True:
        try:
            with connection.transaction():
                return _attempt(connection, way, scope, label, quoted)
        except _TextFailed as failure:
            if failure.path in quoted:
                raise _refused(failure.error, label, failure.path) from failure.error
            quoted |= {failure.path}


class _TextFailed(Exception):
    def __init__(self, path: str, error: psycopg.Error) -> None:
        super().__init__(path)
        self.path, self.error = path, error


def _attempt(
    connection: Connection, way: Way, scope: Scope, label: str, quoted: frozenset[str]
) -> Draft:
    blocks: list[Block] = []
    present = way.present
    if way.change:
        detach = make_plan(present, without(present, in_the_way(present, way.wanted)))
        blocks += [
            *(Block(Origin.PLAN, "", f"{one.sql};") for one in detach.statements),
            Block(Origin.CHANGE, "", way.change),
        ]
        for block in blocks:
            _run(connection, block, label)
        present = read_facts(connection, scope)
    plan = way.plan(present)
    if plan.unplanned:
        raise _unplanned(plan, label)
    direction = Direction(plan, present, way.wanted, way.texts, way.stale, quoted)
    composed = compose(direction)
    for block in composed:
        _run(connection, block, label)
    rest = way.plan(read_facts(connection, scope))
    if rest.statements:
        left = Block(Origin.PLAN, "", "\n".join(f"{one.sql};" for one in rest.statements))
        _run(connection, left, label)
        composed.append(left)
    hazards = (one.hazard for one in plan.statements if one.hazard)
    gone = (Block(Origin.GONE, path, "") for path in sorted(way.gone))
    return Draft((*blocks, *composed, *gone), tuple(hazards))


def _run(connection: Connection, block: Block, label: str) -> None:
    if not block.text:
        return
    try:
        connection.execute(block.text.encode())
    except psycopg.Error as error:
        if block.origin is Origin.FILE:
            raise _TextFailed(block.path, error) from error
        raise _refused(error, label, str(block.origin)) from error


def _refused(error: psycopg.Error, label: str, where: str) -> DraftRefused:
    said = error.diag
    return DraftRefused(
        f"{label} fails: {said.message_primary or error}",
        detail=f"{said.message_detail or f'SQLSTATE {error.sqlstate}'}; in: {where}",
        hint=said.message_hint or "Change the objects in two revisions, or write it by hand.",
    )


def _unplanned(plan: Plan, label: str) -> DraftRefused:
    return DraftRefused(
        f"{label} needs what plans leave to people",
        detail="; ".join(str(one) for one in plan.unplanned),
        hint="Write the statements into a file and give it to hephaitos freeze --with.",
    )
