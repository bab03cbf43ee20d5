"""Scope: whose objects are whose, and what a running system may change by itself.

Pure: it sees facts and declarations, never a server.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from toolkit.catalog.facts import Fact, Kind
from toolkit.errors import SettingsError
from toolkit.settings import Settings

TOOLKIT_SCHEMA = "hephaitos"
VERSION_TABLE = "alembic_version"


@dataclass(frozen=True, slots=True)
class RuntimeFamily:
    """What a running system changes by itself, and no revision.

    Args:
        reason: who changes it, for whoever reads a report.
        partitions_of: a partitioned table whose partitions, and all that is in them, come and go.
        kind: otherwise the kind of the objects; empty is any.
        objects: a pattern for their addresses, like `public.*`.
        attribute: the one attribute that changes; empty means the objects themselves.
    """

    reason: str
    partitions_of: str = ""
    kind: str = ""
    objects: str = "*"
    attribute: str = ""

    def matches(self, fact: Fact) -> bool:
        """Tell whether an object belongs to a family that is named by kind and pattern."""
        identity = fact.identity
        return (
            not self.partitions_of
            and self.kind in ("", identity.kind)
            and fnmatchcase(identity.address, self.objects)
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """What the tenant declares about itself.

    Args:
        roles: the tenant's own roles besides the one that migrates.
        foreign_schemas: schemas of others, even where we own something in them.
        shared_tables: tables of others whose policies are ours, as patterns of addresses.
        runtime: what a running system changes by itself.
    """

    roles: frozenset[str] = frozenset()
    foreign_schemas: frozenset[str] = frozenset()
    shared_tables: tuple[str, ...] = ()
    runtime: tuple[RuntimeFamily, ...] = field(default=())

    @classmethod
    def of(cls, settings: Settings) -> "Scope":
        """Read roles, foreign_schemas, shared_tables and runtime of [tool.hephaitos].

        Raises:
            SettingsError: an entry of runtime has an unknown key, or gives no reason.
        """
        return cls(
            roles=frozenset(role.name for role in settings.roles),
            foreign_schemas=frozenset(settings.tenant.get("foreign_schemas", ())),
            shared_tables=tuple(settings.tenant.get("shared_tables", ())),
            runtime=tuple(_family(entry) for entry in settings.tenant.get("runtime", ())),
        )

    def is_shared(self, address: str) -> bool:
        """Tell whether somebody else's table carries policies of ours."""
        return any(fnmatchcase(address, pattern) for pattern in self.shared_tables)

    def runtime_relations(self, tables: Iterable[Fact]) -> frozenset[str]:
        """Return the addresses of tables that come and go, partitions of partitions included."""
        parents = {
            fact.identity.address: fact.text("partition_of")
            for fact in tables
            if fact.identity.kind is Kind.TABLE
        }
        roots = {family.partitions_of for family in self.runtime if family.partitions_of}
        return frozenset(address for address in parents if _descends(address, parents, roots))

    def runtime_attributes(self, fact: Fact) -> frozenset[str]:
        """Return the attributes of an object that a running system changes."""
        return frozenset(
            family.attribute for family in self.runtime if family.attribute and family.matches(fact)
        )

    def is_runtime(self, fact: Fact) -> bool:
        """Tell whether a running system makes and removes an object by itself."""
        return any(not family.attribute and family.matches(fact) for family in self.runtime)


def _descends(address: str, parents: Mapping[str, str], roots: set[str]) -> bool:
    while address := parents.get(address, ""):
        if address in roots:
            return True
    return False


def _family(entry: Mapping[str, Any]) -> RuntimeFamily:
    try:
        return RuntimeFamily(**entry)
    except TypeError as error:
        raise SettingsError(
            "an entry of [[tool.hephaitos.runtime]] cannot be read",
            detail=f"the entry is {dict(entry)!r}",
            hint="Give it a reason, and partitions_of or kind, objects and attribute.",
        ) from error
