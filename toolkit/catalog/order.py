"""The order in which objects can be made: what is needed first, and always the same.

Pure. Removing is the same order backwards.
"""

import heapq
from collections.abc import Iterable, Iterator

from toolkit.catalog.facts import Fact, Identity, Kind

_RANK = {kind: rank for rank, kind in enumerate(Kind)}


def creation_order(facts: Iterable[Fact]) -> list[Fact]:
    """Sort objects so that each comes after its parent and after whatever it needs.

    A table is made together with its columns, so what a column needs has to come before the table.
    Ties are settled by kind and name. Where needs run in a circle (a column's default calls a
    function that takes the table's row), the circle is entered at the smallest kind and name.

    Args:
        facts: n objects with e needs among them; needs outside do not matter.

    Returns:
        All of them. Time O((n + e) log n).
    """
    by_identity = {fact.identity: fact for fact in facts}
    befores = {identity: set(_befores(fact, by_identity)) for identity, fact in by_identity.items()}
    for identity, fact in by_identity.items():
        if identity.kind is Kind.COLUMN and fact.parent in by_identity:
            befores[fact.parent] |= {
                need
                for need in befores[identity]
                if need != fact.parent and not _is_inside(need, fact.parent, by_identity)
            }
    return [by_identity[identity] for identity in _sorted(befores)]


def _befores(fact: Fact, known: dict[Identity, Fact]) -> Iterator[Identity]:
    # A sequence is owned by a column whose default needs it: it comes first, and is given after.
    is_given_later = fact.identity.kind is Kind.SEQUENCE and not fact.get("identity")
    if fact.parent in known and not is_given_later:
        yield fact.parent
    for need in fact.needs:
        if need in known and not (is_given_later and need == fact.parent):
            yield need


def _is_inside(identity: Identity, container: Identity, known: dict[Identity, Fact]) -> bool:
    fact = known.get(identity)
    if fact is None or (identity.kind is Kind.SEQUENCE and not fact.get("identity")):
        return False
    while fact is not None and fact.parent is not None:
        if fact.parent == container:
            return True
        fact = known.get(fact.parent)
    return False


def _key(identity: Identity) -> tuple[int, Identity]:
    return _RANK[identity.kind], identity


def _sorted(befores: dict[Identity, set[Identity]]) -> Iterator[Identity]:
    afters: dict[Identity, list[Identity]] = {}
    for identity, needed in befores.items():
        for before in needed:
            afters.setdefault(before, []).append(identity)
    waiting = {identity: len(needed) for identity, needed in befores.items()}
    ready = [_key(identity) for identity, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    while waiting:
        if not ready:
            heapq.heappush(ready, min(_key(identity) for identity in waiting))
        _, identity = heapq.heappop(ready)
        if waiting.pop(identity, None) is None:
            continue  # a circle was entered here before
        yield identity
        for after in afters.get(identity, ()):
            if after in waiting:
                waiting[after] -= 1
                if waiting[after] == 0:
                    heapq.heappush(ready, _key(after))
