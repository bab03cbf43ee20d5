"""Hazards: what whoever applies a revision should know, out of what was seen and of its words.

Pure. A hazard is read by people and fails nothing.
"""

import re
from collections.abc import Iterator

from toolkit.catalog import GRANTS_TO, ROUTINES, Fact, Facts, Kind
from toolkit.catalog.comparison import Change, Difference
from toolkit.script import split
from toolkit.trace import Mode, RevisionTrace

_PUBLIC = f"{GRANTS_TO}public"
_GUARDED = ROUTINES | {Kind.TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.SEQUENCE, Kind.SCHEMA}
_WORDS = {
    re.compile(r"\bcascade\b(?! ?on\b)", re.IGNORECASE): "drops whatever depends on it, unnamed",
    re.compile(r"^truncate\b", re.IGNORECASE): "empties a table, and no audit by row sees it",
}
_FOREIGN_KEY = re.compile(r"\bon (?:delete|update) cascade\b", re.IGNORECASE)
_PROTECTION = {"row_security": "row security", "force_row_security": "forced row security"}


def find_hazards(
    trace: RevisionTrace, sql: str, changes: tuple[Difference, ...], after: Facts
) -> tuple[str, ...]:
    """Name the hazards of one direction.

    Args:
        trace: what it did.
        sql: its file.
        changes: what differs between the facts before and after it.
        after: the facts after it.
    """
    return (*_waiting(trace), *_writing(trace), *_words(sql), *_protection(changes, after))


def _waiting(trace: RevisionTrace) -> Iterator[str]:
    exclusive = [lock for lock in trace.strongest if lock.mode is Mode.ACCESS_EXCLUSIVE]
    for lock in exclusive:
        taker = trace.taker(lock)
        later = [one for one in trace.statements if one.line >= taker.line]
        slow = [one for one in later if one.scans or one.rewrites]
        if slow and not trace.is_autocommit:
            lines = ", ".join(str(one.line) for one in slow)
            yield (
                f"readers of {lock.relation.name} wait from line {taker.line} to the end, and "
                f"meanwhile rows are read or rewritten in line {lines}: it grows with the data"
            )
    if len(exclusive) > 1:
        names = ", ".join(lock.relation.name for lock in exclusive)
        yield (
            f"takes access exclusive on {len(exclusive)} relations one after the other ({names}): "
            "a transaction that takes them in another order is a deadlock, which is tried again"
        )
    for rewrite in trace.rewrites:
        yield f"{rewrite.relation.name} is written anew: twice its size on disk meanwhile"


def _writing(trace: RevisionTrace) -> Iterator[str]:
    for statement in trace.statements:
        for lock in statement.locks:
            if lock.mode is Mode.ROW_EXCLUSIVE and not lock.relation.is_own:
                if lock.relation.kind != "table":
                    continue
                yield (
                    f"line {statement.line} changes rows of {lock.relation.name}, which the other "
                    f"direction takes back only if it says so: {statement.title}"
                )


def _words(sql: str) -> Iterator[str]:
    for statement in split(sql):
        text = _FOREIGN_KEY.sub("", statement.text)
        if re.match(r"create\b", text, re.IGNORECASE):
            continue  # a body or a key says cascade, not the statement
        for pattern, why in _WORDS.items():
            if pattern.search(text):
                yield f"line {statement.line} {why}: {statement.title}"


def _protection(changes: tuple[Difference, ...], after: Facts) -> Iterator[str]:
    for change in changes:
        identity = change.identity
        if change.change is Change.MISSING and identity.kind is Kind.POLICY:
            yield f"{identity} goes"
        if change.change is Change.CHANGED and change.attribute in _PROTECTION and not change.found:
            yield f"{identity}: {_PROTECTION[change.attribute]} is switched off"
        if change.change is Change.CHANGED and change.attribute == _PUBLIC:
            yield f"{identity}: what everybody may do changes"
        if change.change is Change.EXTRA and _opens(after.get(identity)):
            yield f"{identity} is open to everybody: {_PUBLIC} is there from the beginning"


def _opens(fact: Fact | None) -> bool:
    return fact is not None and fact.identity.kind in _GUARDED and fact.get(_PUBLIC) is not None
