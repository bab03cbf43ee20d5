"""Facts: what the catalogs of one database say, as plain values.

Pure. Nothing here has an OID, a date or an order of creation, so two databases that hold the same
objects have equal facts however they came to hold them.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from toolkit.catalog.names import qualified, quoted

Value = str | int | float | bool | tuple[str, ...]
# Stands for the role that applies migrations: `migrator` here, `postgres` on Supabase.
MIGRATOR = "@migrator"
GRANTS_TO = "grants to "


class Kind(StrEnum):
    """What sort of object a fact is about, as SQL names it, in the order of making."""

    DATABASE = "database"
    ROLE = "role"
    MEMBERSHIP = "membership"
    SCHEMA = "schema"
    EXTENSION = "extension"
    TYPE = "type"
    DOMAIN = "domain"
    SEQUENCE = "sequence"
    TABLE = "table"
    COLUMN = "column"
    CONSTRAINT = "constraint"
    INDEX = "index"
    STATISTICS = "statistics"
    FUNCTION = "function"
    PROCEDURE = "procedure"
    AGGREGATE = "aggregate"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized view"
    RULE = "rule"
    TRIGGER = "trigger"
    POLICY = "policy"
    EVENT_TRIGGER = "event trigger"
    PUBLICATION = "publication"
    PUBLICATION_MEMBER = "publication member"
    # Late, so that what is made before gets the privileges that were there before.
    DEFAULT_PRIVILEGES = "default privileges"
    CRON_JOB = "cron job"
    UNMODELLED = "unmodelled"


# Roles and what is attached to the database as a whole are prerequisites: no revision makes them.
PREREQUISITES = frozenset({Kind.DATABASE, Kind.ROLE, Kind.MEMBERSHIP})
ROUTINES = frozenset({Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE})
# Known by the relation, domain or publication that they are part of, and a name of their own.
PARTS = frozenset({Kind.COLUMN, Kind.CONSTRAINT, Kind.TRIGGER, Kind.POLICY, Kind.RULE})


class Origin(StrEnum):
    """Whose an object is."""

    OWN = "own"
    FOREIGN = "foreign"
    TOOLKIT = "toolkit"


class Identity(NamedTuple):
    """Who an object is: what stays when everything else about it changes.

    Args:
        kind: what sort of object.
        schema: its schema, empty when it lives in none.
        name: its name; for a part (column, trigger, …) the name of what it is part of.
        part: a part's own name; a routine's argument types; a membership's member; the user of a
            cron job; what a publication publishes; what default privileges are about.
    """

    kind: Kind
    schema: str
    name: str
    part: str = ""

    @property
    def address(self) -> str:
        """Return the object's name as SQL spells it, without its kind."""
        if self.kind in ROUTINES:
            return f"{qualified(self.schema, self.name)}({self.part})"
        if self.kind in PARTS:
            return f"{qualified(self.schema, self.name)}.{quoted(self.part)}"
        return qualified(self.schema, self.name)

    def __str__(self) -> str:
        match self.kind:
            case Kind.UNMODELLED:
                return f"{self.name} {self.part}"
            case Kind.ROLE:
                return f"role {self.name}"
            case Kind.DATABASE:
                return "this database"
            case Kind.MEMBERSHIP:
                return f"membership of {self.part} in {self.name}"
            case Kind.CRON_JOB:
                return f"cron job {self.name} of {self.part}"
            case Kind.PUBLICATION_MEMBER:
                return f"publication {self.name} of {self.part}"
            case Kind.DEFAULT_PRIVILEGES:
                where = f" in {quoted(self.schema)}" if self.schema else ""
                return f"default privileges of {self.name} on {self.part}{where}"
        return f"{self.kind} {self.address}"


@dataclass(frozen=True, slots=True)
class Fact:
    """One object and all that is known about it.

    Args:
        identity: who it is.
        attributes: name and value, sorted by name; what is absent or default is left out.
        origin: whose it is; decided by where it stands, so no part of its equality.
        parent: what it cannot exist without: a column's table, a table's schema.
        needs: what it uses, sorted; edges that lead to its parent are left out.
    """

    identity: Identity
    attributes: tuple[tuple[str, Value], ...] = ()
    origin: Origin = field(default=Origin.OWN, compare=False)
    parent: Identity | None = field(default=None, compare=False)
    needs: tuple[Identity, ...] = field(default=(), compare=False)

    def get(self, attribute: str) -> Value | None:
        """Return one attribute, None when it is absent. O(attributes), of which there are few."""
        for name, value in self.attributes:
            if name == attribute:
                return value
        return None

    def text(self, attribute: str) -> str:
        """Return one attribute that is text, empty when it is absent."""
        value = self.get(attribute)
        return "" if value is None else str(value)

    def starting_with(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Yield the attributes of one family: the rest of their name, and their value."""
        for name, value in self.attributes:
            if name.startswith(prefix):
                yield name.removeprefix(prefix), str(value)


@dataclass(frozen=True)
class Facts:
    """All facts of one database, read in one snapshot.

    Args:
        major: the server's major version; facts of different majors are not comparable.
        by_identity: every fact, sorted by identity.
        migrator: the role behind MIGRATOR in this database.
        blind: what the reading role could not see, a sentence each; empty when it saw everything.
    """

    major: int
    by_identity: Mapping[Identity, Fact]
    migrator: str = ""
    blind: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, major: int, facts: Iterable[Fact], *, migrator: str = "", blind: tuple[str, ...] = ()
    ) -> "Facts":
        """Sort facts into place. O(n log n)."""
        ordered = sorted(facts, key=lambda fact: fact.identity)
        return cls(major, {fact.identity: fact for fact in ordered}, migrator, blind)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.by_identity.values())

    def __len__(self) -> int:
        return len(self.by_identity)

    def get(self, identity: Identity) -> Fact | None:
        """Return the fact of an object, None when there is none."""
        return self.by_identity.get(identity)

    @cached_property
    def own(self) -> Mapping[Identity, Fact]:
        """What is the tenant's, prerequisites included: what a snapshot holds."""
        return {fact.identity: fact for fact in self if fact.origin is Origin.OWN}

    @cached_property
    def objects(self) -> Mapping[Identity, Fact]:
        """What revisions make: own facts without prerequisites. Equal when databases are."""
        return {
            identity: fact
            for identity, fact in self.own.items()
            if identity.kind not in PREREQUISITES
        }

    @cached_property
    def fingerprint(self) -> str:
        """Return a hash of `objects`: equal exactly when they are. O(bytes)."""
        digest = hashlib.sha256()
        for identity, fact in self.objects.items():
            line = [identity.kind, identity.schema, identity.name, identity.part, fact.attributes]
            digest.update(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        return digest.hexdigest()

    @cached_property
    def children(self) -> Mapping[Identity, tuple[Identity, ...]]:
        """What each object directly holds: who names it as parent. O(n)."""
        return _grouped((fact.parent, fact.identity) for fact in self if fact.parent is not None)

    @cached_property
    def users(self) -> Mapping[Identity, tuple[Identity, ...]]:
        """Who uses each object. O(edges)."""
        return _grouped((need, fact.identity) for fact in self for need in fact.needs)

    def contents(self, identity: Identity) -> tuple[Fact, ...]:
        """Return all that goes when an object goes, because it is held by it. O(contents)."""
        found, waiting = [], list(self.children.get(identity, ()))
        while waiting:
            inner = waiting.pop()
            found.append(self.by_identity[inner])
            waiting.extend(self.children.get(inner, ()))
        return tuple(sorted(found, key=lambda fact: fact.identity))

    @property
    def unmodelled(self) -> tuple[Identity, ...]:
        """Name the own objects of which nothing but the existence is known."""
        return tuple(identity for identity in self.own if identity.kind is Kind.UNMODELLED)


def _grouped(
    pairs: Iterable[tuple[Identity, Identity]],
) -> Mapping[Identity, tuple[Identity, ...]]:
    groups: dict[Identity, list[Identity]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
