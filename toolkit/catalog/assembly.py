"""From rows to facts: put details, parents and needs where they belong, and let go of OIDs.

Pure: rows come in as the queries return them, so every case is testable without a server.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from toolkit.catalog.facts import GRANTS_TO, MIGRATOR, Fact, Identity, Kind, Value
from toolkit.catalog.reprints import reprinted

Address = tuple[int | None, int | None, int | None]
# Calling Kind costs more than all the rest of a row.
_KINDS = {str(kind): kind for kind in Kind}
# Parts of an identity that name a role.
_ROLE_IN_NAME = frozenset({Kind.ROLE, Kind.MEMBERSHIP, Kind.DEFAULT_PRIVILEGES})
_ROLE_IN_PART = frozenset({Kind.MEMBERSHIP, Kind.CRON_JOB})
# Attributes that the server prints from what it parsed; all others are somebody's own words.
_PRINTED = frozenset(
    {
        "arguments", "default", "definition", "generated", "partition_key", "row_filter", "using",
        "with_check",
    }
)  # fmt: skip
# The body of a routine that the server parsed is printed; of all others it is a hash already.
_PARSED_BODIES = ("BEGIN ATOMIC", "RETURN ")


class ObjectRow(NamedTuple):
    """One row of a query in objects/."""

    kind: str
    schema: str
    name: str
    part: str
    catalog: int | None
    object: int | None
    sub: int | None
    parent_catalog: int | None
    parent_object: int | None
    parent_sub: int | None
    attributes: dict[str, Any]


class DetailRow(NamedTuple):
    """One row of a query in details/."""

    catalog: int
    object: int
    sub: int
    attribute: str
    subject: str
    value: str


class EdgeRow(NamedTuple):
    """One row of edges.sql."""

    strength: str
    catalog: int
    object: int
    sub: int
    needed_catalog: int
    needed_object: int
    needed_sub: int


def assemble(
    objects: Iterable[ObjectRow],
    details: Iterable[DetailRow],
    edges: Iterable[EdgeRow],
    migrator: str,
) -> list[Fact]:
    """Make facts of rows, all of them of origin OWN until somebody decides.

    Args:
        objects: n rows, one an object.
        details: d rows, one an attribute that several kinds share.
        edges: e rows, one a dependency.
        migrator: the role to call MIGRATOR.

    Returns:
        The facts, unsorted. Time O(n + d + e).
    """

    def canonical(role: str) -> str:
        return MIGRATOR if role == migrator else role

    extra = _details_by_address(details, canonical)
    found: dict[Address, tuple[Identity, ObjectRow, dict[str, Value]]] = {}
    for position, row in enumerate(objects):
        address = (row.catalog, row.object, row.sub)
        attributes = _attributes(row, canonical)
        attributes.update(extra.get(address, {}))
        if row.kind == Kind.COLUMN and not attributes:
            continue
        # Memberships and cron jobs have no address: nothing refers to them.
        key = address if row.catalog is not None else (None, position, None)
        found[key] = (_identity(row, canonical), row, attributes)
    map_ = _Map({address: entry[0] for address, entry in found.items()}, edges)
    return [
        Fact(
            identity,
            tuple(sorted(attributes.items())),
            parent=(parent := map_.parent(row)),
            needs=map_.needs(identity, parent),
        )
        for identity, row, attributes in found.values()
    ]


class _Map:
    """Addresses resolved to identities, through other names where one has them."""

    def __init__(self, identities: dict[Address, Identity], edges: Iterable[EdgeRow]) -> None:
        self._identities = identities
        self._other_names: dict[Address, Address] = {}
        needed = []
        for strength, catalog, object_, sub, needed_catalog, needed_object, needed_sub in edges:
            source = (catalog, object_, sub)
            target = (needed_catalog, needed_object, needed_sub)
            if strength == "=":
                self._other_names[source] = target
            else:
                needed.append((source, target))
        self._needs: defaultdict[Identity, set[Identity]] = defaultdict(set)
        for source, target in needed:
            user, used = self.resolve(source), self.resolve(target)
            if user is not None and used is not None:
                self._needs[user].add(used)

    def resolve(self, address: Address) -> Identity | None:
        """Return who stands at an address; a column that is no fact stands for its relation."""
        for _ in range(4):  # array of a row type of a relation: three names and one to spare
            if (identity := self._identities.get(address)) is not None:
                return identity
            if (other := self._other_names.get(address)) is not None:
                address = other
            elif address[2]:
                address = (address[0], address[1], 0)
            else:
                return None
        return None

    def parent(self, row: ObjectRow) -> Identity | None:
        if row.parent_catalog is None:
            return None
        return self.resolve((row.parent_catalog, row.parent_object, row.parent_sub))

    def needs(self, identity: Identity, parent: Identity | None) -> tuple[Identity, ...]:
        needed = self._needs.get(identity)
        if needed is None:
            return ()
        needed.discard(identity)
        if parent is not None:
            needed.discard(parent)
        return tuple(sorted(needed))


def _details_by_address(
    details: Iterable[DetailRow], canonical: Callable[[str], str]
) -> dict[Address, dict[str, Value]]:
    by_address: defaultdict[Address, dict[str, Value]] = defaultdict(dict)
    for catalog, object_, sub, attribute, subject, value in details:
        if attribute == "grants to":
            name, text = GRANTS_TO + canonical(subject), _grantors(value, canonical)
        else:
            name, text = f"{attribute} {subject}".rstrip(), value
        by_address[catalog, object_, sub][name] = text
    return by_address


def _grantors(value: str, canonical: Callable[[str], str]) -> str:
    if " by " not in value:
        return value
    entries = (entry.partition(" by ") for entry in value.split(", "))
    return ", ".join(
        privilege + by + (canonical(grantor) if by else "") for privilege, by, grantor in entries
    )


def _attributes(row: ObjectRow, canonical: Callable[[str], str]) -> dict[str, Value]:
    attributes: dict[str, Value] = {}
    for name, value in row.attributes.items():
        if value is None or value == "":
            continue
        if name == "owner":
            attributes[name] = canonical(value)
        elif name == "roles":
            attributes[name] = tuple(sorted(canonical(role) for role in value))
        elif name in _PRINTED:
            attributes[name] = reprinted(value)
        elif name == "body" and value.startswith(_PARSED_BODIES):
            attributes["body"] = hashlib.sha256(reprinted(value).encode()).hexdigest()
        else:
            attributes[name] = tuple(value) if isinstance(value, list) else value
    return attributes


def _identity(row: ObjectRow, canonical: Callable[[str], str]) -> Identity:
    kind = _KINDS[row.kind]
    name = canonical(row.name) if kind in _ROLE_IN_NAME else row.name
    part = canonical(row.part) if kind in _ROLE_IN_PART else row.part
    return Identity(kind, row.schema, name, part)
