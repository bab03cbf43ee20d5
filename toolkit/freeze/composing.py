"""Composing: a plan in the words of whoever wrote sql/.

Pure. The plan decides what is dropped, in which order, and what has to be rebuilt; what is made is
made by the author's own text, comments and all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from toolkit.catalog import Facts, Identity, Kind
from toolkit.freeze.copies import Block, Origin, path_of
from toolkit.plan import Action, Plan, Statement
from toolkit.sources.stubs import or_replace

_MAKING = frozenset({Action.CREATE, Action.REPLACE})
_BEFOREHAND = frozenset({Action.DROP, Action.DETACH, Action.SET})
_FIRST_LINE = "set local lock_timeout = '2s';\n"


@dataclass(frozen=True, slots=True)
class Direction:
    """One way between two states.

    Args:
        plan: the statements.
        present: the state that they begin with.
        wanted: the state that they lead to.
        texts: the files of sql/ on the wanted side, by path.
        stale: paths whose text is another than on the present side.
        quoted: paths whose text cannot be run here: what is planned is run instead.
    """

    plan: Plan
    present: Facts
    wanted: Facts
    texts: Mapping[str, str]
    stale: frozenset[str] = frozenset()
    quoted: frozenset[str] = frozenset()


def script_of(*parts: str) -> str:
    """Return a frozen script of rendered parts, the bound on waiting first."""
    return "\n".join([_FIRST_LINE, *(part for part in parts if part)])


def compose(direction: Direction) -> list[Block]:
    """Return the blocks that go one way. O(statements)."""
    statements = list(direction.plan.statements)
    paths = [path_of(one.identity, direction.wanted, direction.present) for one in statements]
    swapped = {path for one, path in zip(statements, paths, strict=True) if _is_swap(one)}
    quoted = swapped | direction.quoted
    places = _places(statements, paths, direction)
    blocks: list[Block] = []
    unsaid = {path for path in direction.stale | quoted if path in direction.texts}
    for place, (statement, path) in enumerate(zip(statements, paths, strict=True)):
        if path in quoted and path in unsaid:
            blocks.append(Block(Origin.QUOTED, path, "", direction.texts[path].strip()))
            unsaid.discard(path)
        is_file = path in places and path not in quoted
        if not is_file or not _is_said(statement, place, places[path]):
            blocks.append(Block(Origin.PLAN, "", f"{_noted(statement)};"))
        if is_file and places[path] == place:
            blocks.append(_file(path, direction))
            unsaid.discard(path)
    for path in sorted(unsaid & direction.stale):
        is_quoted = path in quoted
        text = direction.texts[path].strip()
        blocks.append(Block(Origin.QUOTED, path, "", text) if is_quoted else _file(path, direction))
    return _merged(blocks)


def _places(statements: list[Statement], paths: list[str], direction: Direction) -> dict[str, int]:
    """Return after which statement each file's text stands."""
    places: dict[str, int] = {}
    for place, (statement, path) in enumerate(zip(statements, paths, strict=True)):
        if path not in direction.texts:
            continue
        known = places.get(path)
        if known is None or _weight(statement, path) >= _weight(statements[known], path):
            places[path] = place
    return places


def _weight(statement: Statement, path: str) -> int:
    """Say how much a statement decides where its file stands; of equals the last one does."""
    if statement.action in _BEFOREHAND:
        return 0
    return 2 if statement.action in _MAKING and _is_main(statement.identity, path) else 1


def _is_main(identity: Identity, path: str) -> bool:
    return path.split("/")[1] == "access" or identity.kind is not Kind.INDEX


def _is_said(statement: Statement, place: int, text_place: int) -> bool:
    """Tell whether a file's text says what a statement says."""
    if statement.action in _BEFOREHAND:
        return False
    # A shell is made first, so that what it needs can be made before its body.
    return not (statement.action in _MAKING and place < text_place and _is_shell(statement))


def _is_shell(statement: Statement) -> bool:
    return statement.identity.kind not in (Kind.POLICY, Kind.INDEX, Kind.TRIGGER)


def _is_swap(statement: Statement) -> bool:
    head = statement.sql[:30].lower()
    return head.startswith("alter materialized view") and " rename to " in statement.sql


def _file(path: str, direction: Direction) -> Block:
    """Return a file's text; over what is there it has to say `or replace`."""
    return Block(Origin.FILE, path, or_replace(direction.texts[path].strip()))


def _noted(statement: Statement) -> str:
    hazard = f"-- {' '.join(statement.hazard.split())}\n" if statement.hazard else ""
    return hazard + statement.sql


def _merged(blocks: list[Block]) -> list[Block]:
    """Join planned statements that follow each other, or that bring about what is quoted."""
    merged: list[Block] = []
    for block in blocks:
        last = merged[-1] if merged else None
        if last is None or block.origin is not Origin.PLAN or last.origin is Origin.FILE:
            merged.append(block)
        else:
            text = "\n".join(part for part in (last.text, block.text) if part)
            merged[-1] = replace(last, text=text)
    return merged
