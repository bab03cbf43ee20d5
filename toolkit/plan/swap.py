"""Swap: a materialized view built beside the old one, which then makes way for it.

Pure. Readers of the old one wait for a few renames, not for the query.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from toolkit.catalog import Fact, Facts, Identity, Kind
from toolkit.catalog.ddl import define_view
from toolkit.catalog.names import qualified, quoted

_SUFFIX = "__new"
_LONGEST_NAME = 63


def build(
    view: Fact, indexes: Iterator[Fact], interim: Mapping[Identity, Identity]
) -> Iterator[tuple[Identity, str]]:
    """Yield the statements that build a view and its indexes under other names, each with whom.

    Built empty and refreshed: what CREATE fills at once, a transaction that began before would see
    empty on PostgreSQL 15.

    Args:
        view: as it shall be.
        indexes: its indexes.
        interim: the name that each of them has until the swap.
    """
    beside = _over_interim(replace(view, identity=interim[view.identity]), interim)
    yield view.identity, fill_later(beside)
    if is_filled(view):
        yield view.identity, f"refresh materialized view {beside.identity.address}"
    for index in indexes:
        head = f"INDEX {quoted(index.identity.name)} ON {view.identity.address} "
        new = f"INDEX {quoted(interim[index.identity].name)} ON {beside.identity.address} "
        yield index.identity, index.text("definition").replace(head, new, 1)
    if is_filled(view):
        yield view.identity, f"analyze {beside.identity.address}"


def can_be_named(view: Fact, others: Iterable[Identity], schemas: AbstractSet[str]) -> bool:
    """Tell whether a view's query can be told to look at other names for a while.

    Where a view below is known by its own name, each word of that name is the view or a qualifier
    of its columns. Whatever might be something else is not touched, and the view is rebuilt.
    """
    text = view.text("definition")
    for other in others:
        name, address = quoted(other.name), qualified(other.schema, other.name)
        left = _pattern(address).sub(" ", text)
        left = _qualifier(name).sub(" ", left)
        if other.name in schemas or re.search(rf"(?<![\w$]){re.escape(other.name)}(?![\w$])", left):
            return False
    return True


def _over_interim(view: Fact, interim: Mapping[Identity, Identity]) -> Fact:
    """Return a view that looks at the new views below it under the names they have for a while."""
    text = view.text("definition")
    for need in view.needs:
        if (other := interim.get(need)) is not None:
            text = _pattern(qualified(need.schema, need.name)).sub(lambda _: other.address, text)
            text = _qualifier(quoted(need.name)).sub(lambda _: f"{quoted(other.name)}.", text)
    rest = tuple(entry for entry in view.attributes if entry[0] != "definition")
    return replace(view, attributes=(*rest, ("definition", text)))


def _pattern(address: str) -> re.Pattern[str]:
    return re.compile(rf'(?<![\w$".]){re.escape(address)}(?![\w$".(])')


def _qualifier(name: str) -> re.Pattern[str]:
    return re.compile(rf'(?<![\w$".]){re.escape(name)}\.')


def rename(identity: Identity, interim: Mapping[Identity, Identity]) -> str:
    """Return the statement that gives a view or index its name."""
    return f"alter {identity.kind} {interim[identity].address} rename to {quoted(identity.name)}"


def fill_later(view: Fact) -> str:
    """Return the statement that makes a materialized view without rows."""
    rest = tuple(entry for entry in view.attributes if entry[0] != "populated")
    return define_view(replace(view, attributes=(*rest, ("populated", False))))


def is_filled(view: Fact) -> bool:
    """Tell whether a materialized view has rows to read; one that does not say has them."""
    return view.get("populated") is not False


def interim_names(identities: Iterator[Identity], *sides: Facts) -> dict[Identity, Identity]:
    """Choose a name for each relation that nothing else has. O(n) for n names taken."""
    relations = {
        Kind.TABLE,
        Kind.VIEW,
        Kind.MATERIALIZED_VIEW,
        Kind.INDEX,
        Kind.SEQUENCE,
        Kind.TYPE,
    }
    taken = {
        (fact.identity.schema, fact.identity.name)
        for side in sides
        for fact in side
        if fact.identity.kind in relations
    }
    chosen: dict[Identity, Identity] = {}
    for identity in identities:
        number = 0
        while (identity.schema, name := _interim(identity.name, number)) in taken:
            number += 1
        taken.add((identity.schema, name))
        chosen[identity] = identity._replace(name=name)
    return chosen


def _interim(name: str, number: int) -> str:
    suffix = _SUFFIX + (str(number) if number else "")
    room = _LONGEST_NAME - len(suffix)
    return name.encode()[:room].decode(errors="ignore") + suffix
