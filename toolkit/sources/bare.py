"""Bare facts: a database without anything that sql/ declares, for sql/ to be loaded into.

Pure. Loaded into what is bare, a file says all that its object is: a comment or a grant that it
lost is lost, and what has no file is not there.
"""

from dataclasses import replace

from toolkit.catalog import GRANTS_TO, Fact, Facts, Identity, Kind, Origin
from toolkit.plan.differences import is_planned

_ACCESS = frozenset({"row_security", "force_row_security", "replica_identity"})
# What an owner has by being one; revoking it would only be in our own way.
_TO_OWNER = f"{GRANTS_TO}@owner"
_OPENED = frozenset({Kind.TABLE, Kind.COLUMN, Kind.SCHEMA})


def is_replaceable(fact: Fact) -> bool:
    """Tell whether an object is made by a file of sql/ and not by hand in a revision."""
    return fact.origin is Origin.OWN and fact.identity.kind is not Kind.SCHEMA and is_planned(fact)


def held_up(facts: Facts) -> frozenset[Identity]:
    """Return what sql/ declares and objects of revisions need: a check that calls a function.

    With whatever that needs in its turn. O(facts and needs).
    """
    waiting = [
        need for fact in facts.own.values() if not is_replaceable(fact) for need in fact.needs
    ]
    found: set[Identity] = set()
    while waiting:
        identity = waiting.pop()
        fact = facts.get(identity)
        if identity in found or fact is None or not is_replaceable(fact):
            continue
        found.add(identity)
        found.update(inner.identity for inner in facts.contents(identity))
        waiting += [*fact.needs, *([fact.parent] if fact.parent is not None else [])]
    return frozenset(found)


def bare(facts: Facts, pristine: Facts, kept: frozenset[Identity]) -> Facts:
    """Return the facts without what sql/ declares.

    Args:
        facts: n facts of a database.
        pristine: m facts of one that no revision was applied to: what the platform made stays.
        kept: what stays for now, because something needs it.

    Returns:
        At most n facts. Time O(n + m).
    """
    remaining = (_bare(fact, pristine.get(fact.identity), kept) for fact in facts)
    return Facts.of(
        facts.major,
        (fact for fact in remaining if fact is not None),
        migrator=facts.migrator,
        blind=facts.blind,
    )


def _bare(fact: Fact, original: Fact | None, kept: frozenset[Identity]) -> Fact | None:
    if is_replaceable(fact) and fact.identity not in kept:
        return original
    if fact.origin is not Origin.OWN or fact.identity.kind not in _OPENED:
        return fact
    attributes = {name: value for name, value in fact.attributes if not _is_access(name)}
    if original is not None:
        attributes |= {name: value for name, value in original.attributes if _is_access(name)}
    return replace(fact, attributes=tuple(sorted(attributes.items())))


def _is_access(attribute: str) -> bool:
    """Tell whether an attribute of a table or schema is what files of sql/access say."""
    is_grant = attribute.startswith(GRANTS_TO) and attribute != _TO_OWNER
    return is_grant or attribute in _ACCESS
