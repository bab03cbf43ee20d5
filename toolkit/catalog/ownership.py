"""Ownership: whose each object is, by its owner, its schema and what it is part of.

Pure. A trigger on somebody else's table that calls us is ours, and so are policies on tables that
the tenant declares as shared. A table that somebody else made in our schema is ours too, because
we must hear of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from toolkit.catalog.facts import GRANTS_TO, MIGRATOR, PARTS, ROUTINES, Fact, Identity, Kind, Origin
from toolkit.catalog.names import quoted
from toolkit.catalog.scope import TOOLKIT_SCHEMA, VERSION_TABLE, Scope

# Owns schema public since PostgreSQL 15; its one member is the owner of the database.
_DATABASE_OWNER = "pg_database_owner"
_SYSTEM = "pg_catalog"
_TOOLKIT = Identity(Kind.SCHEMA, "", TOOLKIT_SCHEMA)


def settle(facts: Iterable[Fact], scope: Scope, *, owns_database: bool) -> list[Fact]:
    """Say of every fact whose it is, and leave out what a running system changes by itself.

    Args:
        facts: n facts as assembled.
        scope: what the tenant declares.
        owns_database: whether the database belongs to one of our roles.

    Returns:
        The facts that remain. Time O(n) for the shallow trees that catalogs are.
    """
    remaining = _without_runtime(list(facts), scope)
    court = _Court(remaining, scope, owns_database=owns_database)
    settled = [_with_origin(fact, court.origin(fact.identity)) for fact in remaining]
    used = _roles_in_use(settled) | scope.roles
    return [_with_role_origin(fact, used) for fact in settled]


def _with_origin(fact: Fact, origin: Origin) -> Fact:
    return fact if fact.origin is origin else replace(fact, origin=origin)


def _without_runtime(facts: list[Fact], scope: Scope) -> list[Fact]:
    if not scope.runtime:
        return facts
    relations = scope.runtime_relations(facts)
    remaining = []
    for fact in facts:
        if scope.is_runtime(fact) or relation_of(fact) in relations:
            continue
        changing = scope.runtime_attributes(fact)
        if changing:
            kept = tuple(entry for entry in fact.attributes if entry[0] not in changing)
            fact = replace(fact, attributes=kept)
        remaining.append(fact)
    return remaining


def relation_of(fact: Fact) -> str:
    """Return the address of the relation that an object is, or is part of; empty for others."""
    identity = fact.identity
    if identity.kind in PARTS or identity.kind is Kind.TABLE:
        return f"{quoted(identity.schema)}.{quoted(identity.name)}"
    if identity.kind is Kind.INDEX:
        return fact.text("relation")
    if identity.kind is Kind.PUBLICATION_MEMBER:
        return identity.part.removeprefix("table ")
    if identity.kind is Kind.SEQUENCE:
        return fact.text("owned_by").rpartition(".")[0]
    if identity.kind is Kind.STATISTICS and fact.parent is not None:
        return fact.parent.address
    return ""


@dataclass(frozen=True)
class _Court:
    facts: list[Fact]
    scope: Scope
    owns_database: bool

    @cached_property
    def _by_identity(self) -> dict[Identity, Fact]:
        return {fact.identity: fact for fact in self.facts}

    @cached_property
    def _roles(self) -> frozenset[str]:
        indirect = {_DATABASE_OWNER} if self.owns_database else set()
        return frozenset({MIGRATOR, *self.scope.roles, *indirect})

    @cached_property
    def _schemas(self) -> frozenset[str]:
        return frozenset(
            fact.identity.name
            for fact in self.facts
            if fact.identity.kind is Kind.SCHEMA
            and fact.text("owner") in self._roles
            and fact.identity.name not in self.scope.foreign_schemas
        )

    @cached_property
    def _known(self) -> dict[Identity, Origin]:
        return {}

    def origin(self, identity: Identity) -> Origin:
        if identity not in self._known:
            fact = self._by_identity.get(identity)
            self._known[identity] = Origin.FOREIGN if fact is None else self._decide(fact)
        return self._known[identity]

    def _decide(self, fact: Fact) -> Origin:
        identity = fact.identity
        if identity.schema == TOOLKIT_SCHEMA or identity == _TOOLKIT:
            return Origin.TOOLKIT
        match identity.kind:
            case Kind.SCHEMA:
                return _own_if(identity.name in self._schemas)
            case Kind.DEFAULT_PRIVILEGES:
                return _own_if(identity.name in self._roles)
            case Kind.DATABASE | Kind.CRON_JOB:
                return Origin.OWN
            case Kind.POLICY:
                shared = self.scope.is_shared(relation_of(fact))
                return self._above(fact, or_own_if=shared or self._calls_ours(fact))
            case Kind.TRIGGER | Kind.EVENT_TRIGGER:
                return self._above(fact, or_own_if=self._calls_ours(fact))
            case Kind.PUBLICATION_MEMBER:
                return self._above(fact, or_own_if=self._needs_ours(fact))
            case Kind.TABLE if identity.name == VERSION_TABLE:
                return Origin.TOOLKIT
        return self._above(fact, or_own_if=False)

    def _above(self, fact: Fact, *, or_own_if: bool) -> Origin:
        """Decide by the fact's own owner and schema, else by what it is part of."""
        owner = fact.text("owner")
        if fact.identity.kind is Kind.UNMODELLED or owner or fact.parent is None:
            mine = self._is_in_our_world(fact.identity.schema, owner)
            origin = _own_if(mine)
        else:
            origin = self.origin(fact.parent)
        return Origin.OWN if origin is Origin.FOREIGN and or_own_if else origin

    def _is_in_our_world(self, schema: str, owner: str) -> bool:
        if not owner and schema in ("", _SYSTEM):
            return True  # a cast, say, or a right on a system function: it acts on all of us
        return schema in self._schemas or (
            owner in self._roles and schema not in self.scope.foreign_schemas
        )

    def _calls_ours(self, fact: Fact) -> bool:
        return any(need.kind in ROUTINES and self.origin(need) is Origin.OWN for need in fact.needs)

    def _needs_ours(self, fact: Fact) -> bool:
        return any(self.origin(need) is Origin.OWN for need in fact.needs)


def _own_if(mine: bool) -> Origin:  # noqa: FBT001 - the name says what the value is
    return Origin.OWN if mine else Origin.FOREIGN


def _roles_in_use(facts: list[Fact]) -> frozenset[str]:
    used: set[str] = set()
    for fact in facts:
        if fact.origin is not Origin.OWN:
            continue
        for name, value in fact.attributes:
            if name == "owner":
                used.add(str(value))
            elif name.startswith(GRANTS_TO):
                used.add(name.removeprefix(GRANTS_TO))
        if fact.identity.kind is Kind.POLICY:
            used.update(_words(fact, "roles"))
        elif fact.identity.kind is Kind.CRON_JOB:
            used.add(fact.identity.part)
        elif fact.identity.kind is Kind.DEFAULT_PRIVILEGES:
            used.add(fact.identity.name)
    return frozenset(used)


def _words(fact: Fact, attribute: str) -> tuple[str, ...]:
    value = fact.get(attribute)
    return value if isinstance(value, tuple) else ()


def _with_role_origin(fact: Fact, used: frozenset[str]) -> Fact:
    identity = fact.identity
    if identity.kind is Kind.ROLE:
        return _with_origin(fact, _own_if(identity.name in used))
    if identity.kind is Kind.MEMBERSHIP:
        # What the migrating role is a member of is the platform's to decide.
        joins_with_ours = identity.part in used and identity.part != MIGRATOR
        return _with_origin(fact, _own_if(identity.name in used or joins_with_ours))
    return fact
