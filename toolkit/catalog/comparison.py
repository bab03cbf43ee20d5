"""Comparison: what differs between the facts that should be and the facts that are.

Pure. It names every difference once, at the object that explains it: a table that is gone is one
finding, not one for each of its columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from toolkit.catalog.facts import Fact, Facts, Identity, Kind, Value
from toolkit.catalog.ownership import relation_of

_LONGEST_LINE, _CONTEXT = 72, 24


class Change(StrEnum):
    """How an object differs."""

    MISSING = "missing"
    EXTRA = "extra"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One object that differs, or one attribute of it.

    Args:
        identity: which object.
        change: how it differs.
        attribute: which attribute; empty when the whole object is missing or extra.
        expected: the attribute's value as it should be, None when it should be absent.
        found: its value as it is, None when it is absent.
        inside: how many objects in it are missing or extra with it.
    """

    identity: Identity
    change: Change
    attribute: str = ""
    expected: Value | None = None
    found: Value | None = None
    inside: int = 0


# Attributes that follow from another: reported only when that one does not differ itself.
_EXPLAINED_BY = {
    "columns": ("definition",),
    "definition": ("form",),
    "relation": ("definition",),
    "partition_bound": ("partition_of",),
    "labels": ("form",),
}
# What is nobody's part of a routine's definition.
_BESIDE_DEFINITION = ("owner", "comment", "grants to ", "definition")
# What PostgreSQL hands down from a table to its partitions and heirs, and from a table to the
# sequence of its column. Privileges and comments are each relation's own.
_HANDED_DOWN = frozenset(
    {
        "type", "collation", "not_null", "default", "generated", "identity", "storage",
        "compression", "statistics", "definition", "enabled", "column_order",
    }
)  # fmt: skip


def compare(expected: Facts, found: Facts) -> tuple[Difference, ...]:
    """Say what differs.

    Args:
        expected: n facts of the tenant's own, read or from a snapshot.
        found: m facts of the database under test.

    Returns:
        One difference for each attribute and each missing or extra object, sorted; what another
        difference explains is left out. Time O((n + m) log (n + m)).
    """
    raw = tuple(_raw(expected, found))
    known = {(difference.identity, difference.attribute): difference for difference in raw}
    moved = {one.identity.address for one in raw if one.attribute == "partition_of"}
    told = (
        _fold(difference, known, expected, found)
        for difference in raw
        if not _moves_along(difference, moved, expected, found)
    )
    return tuple(sorted((one for one in told if one is not None), key=_key))


def shown(difference: Difference) -> tuple[str, str]:
    """Return what was expected and what was found, each on one short line.

    Of long values only the place where they begin to differ is shown.
    """
    expected, found = _flat(difference.expected), _flat(difference.found)
    if max(len(expected), len(found)) <= _LONGEST_LINE:
        return expected, found
    same = next(
        (at for at, pair in enumerate(zip(expected, found, strict=False)) if pair[0] != pair[1]),
        min(len(expected), len(found)),
    )
    return _around(expected, same), _around(found, same)


def _around(text: str, place: int) -> str:
    first = max(0, place - _CONTEXT)
    last = first + _LONGEST_LINE
    before, after = "…" if first else "", "…" if last < len(text) else ""
    return before + text[first:last].strip() + after


def _flat(value: Value | None) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    return " ".join(str(value).split())


def _key(difference: Difference) -> tuple[Identity, str]:
    return difference.identity, difference.attribute


def _raw(expected: Facts, found: Facts) -> Iterator[Difference]:
    skipped = {Kind.CRON_JOB} if found.blind else set()
    for identity, fact in expected.own.items():
        if identity.kind in skipped:
            continue
        other = found.get(identity)
        if other is None:
            yield Difference(identity, Change.MISSING)
        else:
            yield from _attributes(fact, other)
    for identity in found.own:
        if expected.get(identity) is None and identity.kind not in skipped:
            if _is_beyond(identity, expected):
                continue
            yield Difference(identity, Change.EXTRA)


def _is_beyond(identity: Identity, expected: Facts) -> bool:
    """Tell whether an extra role or membership is none of ours.

    A role comes into view because something of ours names it, and that is a finding of its own.
    """
    if identity.kind is Kind.MEMBERSHIP:
        ends = (identity.name, identity.part)
        return not any(Identity(Kind.ROLE, "", end) in expected.own for end in ends)
    return identity.kind is Kind.ROLE


def _attributes(expected: Fact, found: Fact) -> Iterator[Difference]:
    wanted, present = dict(expected.attributes), dict(found.attributes)
    differing = {
        name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name)
    }
    for name in sorted(differing):
        if any(other in differing for other in _EXPLAINED_BY.get(name, ())):
            continue
        if name == "definition" and _is_explained_by_parts(expected.identity, differing):
            continue
        values = wanted.get(name), present.get(name)
        if name == "column_order" and _is_same_order(*values):
            continue
        if name == "body":  # a hash; the definitions show what it stands for
            values = wanted.get("definition"), present.get("definition")
        yield Difference(expected.identity, Change.CHANGED, name, *values)


def _is_explained_by_parts(identity: Identity, differing: set[str]) -> bool:
    # An aggregate's definition holds only what no other attribute says.
    return identity.kind in (Kind.FUNCTION, Kind.PROCEDURE) and any(
        not name.startswith(_BESIDE_DEFINITION) for name in differing
    )


def _is_same_order(expected: Value | None, found: Value | None) -> bool:
    """Tell whether the columns that both have stand in the same order."""
    if not isinstance(expected, tuple) or not isinstance(found, tuple):
        return False
    common = set(expected) & set(found)
    return [name for name in expected if name in common] == [
        name for name in found if name in common
    ]


def _moves_along(difference: Difference, moved: set[str], expected: Facts, found: Facts) -> bool:
    """Tell whether a copy came or went because its table was attached or detached."""
    if not moved:
        return False
    side = found if difference.change is Change.EXTRA else expected
    fact = side.by_identity[difference.identity]
    if fact.identity.kind is Kind.TABLE or relation_of(fact) not in moved:
        return False
    is_copy = fact.parent is not None and fact.parent.kind is fact.identity.kind
    return difference.attribute == "attached_to" or (not difference.attribute and is_copy)


_Known = dict[tuple[Identity, str], Difference]


def _fold(
    difference: Difference, known: _Known, expected: Facts, found: Facts
) -> Difference | None:
    """Return a difference with what it holds, None when another one explains it."""
    side = found if difference.change is Change.EXTRA else expected
    if difference.change is Change.CHANGED:
        is_told = _is_handed_down(difference, known, side)
        return None if is_told else difference
    fact = side.by_identity[difference.identity]
    if fact.parent is not None and (fact.parent, "") in known:
        return None
    above = _namesake_above(fact, side)
    if (above, "") in known or _comes_with_attribute(fact, known):
        return None
    return Difference(
        difference.identity, difference.change, inside=len(side.contents(difference.identity))
    )


def _comes_with_attribute(fact: Fact, known: _Known) -> bool:
    """Tell whether an object follows from an attribute: a sequence from `identity`."""
    return (
        fact.identity.kind is Kind.SEQUENCE
        and bool(fact.get("identity"))
        and fact.parent is not None
        and (fact.parent, "identity") in known
    )


def _is_handed_down(difference: Difference, known: _Known, facts: Facts) -> bool:
    fact = facts.by_identity[difference.identity]
    if difference.attribute == "owner" and fact.get("owned_by"):
        table = _table_above(fact, facts)
        return table is not None and _same_above(difference, known, table)
    if difference.attribute not in _HANDED_DOWN:
        return False
    if fact.parent is not None and fact.parent.kind is Kind.CONSTRAINT:
        # An index is rebuilt with its constraint, whose definition says all of it.
        return (fact.parent, "definition") in known
    above = _namesake_above(fact, facts)
    return above is not None and _same_above(difference, known, above)


def _same_above(difference: Difference, known: _Known, above: Identity) -> bool:
    other = known.get((above, difference.attribute))
    if other is None:
        return False
    if difference.attribute == "definition":
        return True  # it names its own relation, so the texts differ where the change does not
    return (other.expected, other.found) == (difference.expected, difference.found)


def _namesake_above(fact: Fact, facts: Facts) -> Identity | None:
    """Return the object of which this one is a partition's or heir's copy."""
    identity, parent = fact.identity, fact.parent
    if parent is None or parent.kind is identity.kind:
        return parent
    holder = facts.get(parent)
    if holder is None or holder.parent is None or holder.parent.kind is not Kind.TABLE:
        return None
    above = holder.parent
    return Identity(identity.kind, above.schema, above.name, identity.part)


def _table_above(fact: Fact, facts: Facts) -> Identity | None:
    column = facts.get(fact.parent) if fact.parent is not None else None
    return None if column is None else column.parent
