"""Privileges: from who may to who shall, as GRANT and REVOKE.

Pure. A new object has privileges nobody asked for, the built-in and the default ones; what is
wanted is always stated against those.
"""

from collections.abc import Iterable, Iterator, Mapping

from toolkit.catalog.ddl.statements import (
    OWNER,
    PUBLIC,
    Passage,
    Unwritable,
    aggregate_address,
    relation,
    target,
)
from toolkit.catalog.facts import GRANTS_TO, MIGRATOR, Fact, Identity, Kind, Origin
from toolkit.catalog.names import quoted

# Privilege to whether it may be handed on.
Privileges = Mapping[str, bool]

# What default privileges call the objects of a kind.
_FAMILY = {
    Kind.TABLE: "tables",
    Kind.VIEW: "tables",
    Kind.MATERIALIZED_VIEW: "tables",
    Kind.SEQUENCE: "sequences",
    Kind.FUNCTION: "functions",
    Kind.PROCEDURE: "functions",
    Kind.AGGREGATE: "functions",
    Kind.TYPE: "types",
    Kind.DOMAIN: "types",
    Kind.SCHEMA: "schemas",
}
_OWNERS_OWN: Mapping[str, str] = {
    "tables": "delete, insert, references, select, trigger, truncate, update",
    "sequences": "select, update, usage",
    "functions": "execute",
    "types": "usage",
    "schemas": "create, usage",
    "large objects": "select, update",
}
_MAINTAIN_SINCE = 17
_EVERYBODYS: Mapping[str, str] = {"functions": "execute", "types": "usage"}


def parse(value: str) -> Privileges:
    """Read the value of a grants attribute.

    Raises:
        Unwritable: a grant was made by somebody else than the owner.
    """
    if " by " in value:
        raise Unwritable("only the role that granted it can take it back or grant it again")
    entries = value.split(", ") if value else ()
    return {entry.removesuffix("*"): entry.endswith("*") for entry in entries}


def grants_of(fact: Fact | None) -> dict[str, Privileges]:
    """Return everybody's privileges on an object."""
    if fact is None:
        return {}
    return {role: parse(value) for role, value in fact.starting_with(GRANTS_TO)}


def grants_when_new(fact: Fact, passage: Passage) -> dict[str, Privileges]:
    """Return who would have which privileges if the migrating role made this object now."""
    family = _FAMILY.get(fact.identity.kind)
    if family is None:
        return {}
    everywhere = _defaults(passage, "", family)
    grants = built_in(family, passage) if everywhere is None else grants_of(everywhere)
    for role, more in grants_of(_defaults(passage, fact.identity.schema, family)).items():
        grants[role] = {**grants.get(role, {}), **more}
    # The defaults are the migrating role's, who owns what it makes until somebody changes that.
    if MIGRATOR in grants:
        grants[OWNER] = {**grants.get(OWNER, {}), **grants.pop(MIGRATOR)}
    return grants


def built_in(family: str, passage: Passage) -> dict[str, Privileges]:
    """Return the privileges that PostgreSQL itself gives to a new object of a family."""
    owners = _OWNERS_OWN[family]
    if family == "tables" and passage.present.major >= _MAINTAIN_SINCE:
        owners += ", maintain"
    everybodys = _EVERYBODYS.get(family)
    return {OWNER: parse(owners)} | ({PUBLIC: parse(everybodys)} if everybodys else {})


def owned_by(owner: str, grants: Mapping[str, Privileges]) -> dict[str, Privileges]:
    """Return privileges as they are once a role that had some of them owns the object.

    Args:
        owner: as facts name it; empty when the object has none of its own.
        grants: everybody's privileges.
    """
    changed = dict(grants)
    if owner in changed:
        changed[OWNER] = {**changed.get(OWNER, {}), **changed.pop(owner)}
    return changed


def hand_over(fact: Fact, passage: Passage) -> Iterator[str]:
    """Yield the statements that give an object its owner.

    An owner has to be allowed to make things in the schema at that moment, and often is not.
    """
    schema = Identity(Kind.SCHEMA, "", fact.identity.schema)
    role = passage.role(fact.text("owner"))
    lends = _has_to_be_lent("create", fact.text("owner"), passage.wanted.get(schema))
    if lends:
        yield f"grant create on {schema} to {role}"
    yield f"alter {target(fact)} owner to {role}"
    if lends:
        yield f"revoke create on {schema} from {role}"


def _has_to_be_lent(privilege: str, owner: str, schema: Fact | None) -> bool:
    if owner == MIGRATOR or schema is None or schema.origin is not Origin.OWN:
        return False
    lists = (schema.text(GRANTS_TO + role) for role in (owner, PUBLIC))
    return schema.text("owner") != owner and not any(
        entry.startswith(privilege) for entries in lists for entry in entries.split(", ")
    )


def regrant(
    fact: Fact,
    passage: Passage,
    present: Mapping[str, Privileges],
    wanted: Mapping[str, Privileges],
) -> Iterator[str]:
    """Yield the statements from some privileges on an object to others, revokes first."""
    if not present and not wanted:
        return
    statements = tuple(_statements(fact, passage, present, wanted))
    owner = _owner_of(fact, passage)
    is_about_an_object = fact.identity.kind is not Kind.DEFAULT_PRIVILEGES
    may_be_mistaken = is_about_an_object and owner not in ("", MIGRATOR)
    if statements and may_be_mistaken and _somebody_else_may_grant(fact, passage):
        yield from _as_owner(fact, passage, owner, statements)
    else:
        yield from statements


def _as_owner(fact: Fact, passage: Passage, owner: str, statements: Iterable[str]) -> Iterator[str]:
    """Yield statements as the owner of an object, who has to see into its schema for that."""
    schema, role = Identity(Kind.SCHEMA, "", fact.identity.schema), passage.role(owner)
    lends = _has_to_be_lent("usage", owner, passage.wanted.get(schema))
    if lends:
        yield f"grant usage on {schema} to {role}"
    yield f"set role {role}"
    yield from statements
    yield "reset role"
    if lends:
        yield f"revoke usage on {schema} from {role}"


def _somebody_else_may_grant(fact: Fact, passage: Passage) -> bool:
    """Tell whether a grant might be recorded as made by another role than the owner.

    PostgreSQL takes the first role that may grant and that we are a member of.
    """
    identities = {fact.identity, *([fact.parent] if fact.identity.kind is Kind.COLUMN else [])}
    sides = (passage.present, passage.wanted)
    facts = (side.get(identity) for identity in identities if identity for side in sides)
    return any(
        "*" in privileges
        for one in facts
        if one is not None
        for role, privileges in one.starting_with(GRANTS_TO)
        if role != OWNER
    )


def _statements(
    fact: Fact,
    passage: Passage,
    present: Mapping[str, Privileges],
    wanted: Mapping[str, Privileges],
) -> Iterator[str]:
    prefix, suffix, where = _phrases(fact, passage)
    owner = _owner_of(fact, passage)
    for role in sorted(present.keys() | wanted.keys()):
        has, shall = present.get(role, {}), wanted.get(role, {})
        name = passage.role(role, owner)
        gone = [privilege for privilege in has if privilege not in shall]
        kept_but = [entry for entry, option in has.items() if option and shall.get(entry) is False]
        if gone:
            yield f"{prefix}revoke {_listed(gone, suffix)} on {where} from {name}"
        if kept_but:
            privileges = _listed(kept_but, suffix)
            yield f"{prefix}revoke grant option for {privileges} on {where} from {name}"
    for role in sorted(wanted):
        has, shall = present.get(role, {}), wanted[role]
        name = passage.role(role, owner)
        for option in (False, True):
            more = [
                entry
                for entry, wants in shall.items()
                if wants is option and (entry not in has or (option and not has[entry]))
            ]
            if more:
                tail = " with grant option" if option else ""
                yield f"{prefix}grant {_listed(more, suffix)} on {where} to {name}{tail}"


def _owner_of(fact: Fact, passage: Passage) -> str:
    """Return who OWNER is: of a column the relation's owner, of defaults whose objects get them."""
    if fact.identity.kind is Kind.DEFAULT_PRIVILEGES:
        return fact.identity.name
    above = passage.wanted.get(fact.parent) if fact.parent is not None else None
    return fact.text("owner") or ("" if above is None else above.text("owner"))


def _defaults(passage: Passage, schema: str, family: str) -> Fact | None:
    return passage.present.get(Identity(Kind.DEFAULT_PRIVILEGES, schema, MIGRATOR, family))


def _listed(privileges: list[str], suffix: str) -> str:
    return ", ".join(privilege + suffix for privilege in sorted(privileges))


def _phrases(fact: Fact, passage: Passage) -> tuple[str, str, str]:
    """Return what comes before GRANT, after each privilege, and after ON."""
    identity = fact.identity
    match identity.kind:
        case Kind.DEFAULT_PRIVILEGES:
            where = f" in schema {quoted(identity.schema)}" if identity.schema else ""
            role = passage.role(identity.name)
            return f"alter default privileges for role {role}{where} ", "", identity.part
        case Kind.COLUMN:
            return "", f" ({quoted(identity.part)})", f"table {relation(identity)}"
        case Kind.TABLE | Kind.VIEW | Kind.MATERIALIZED_VIEW:
            return "", "", f"table {identity.address}"
        case Kind.TYPE | Kind.DOMAIN:
            return "", "", f"type {identity.address}"
        case Kind.AGGREGATE:
            return "", "", f"function {aggregate_address(fact)}"
        case Kind.SCHEMA | Kind.SEQUENCE | Kind.FUNCTION | Kind.PROCEDURE:
            return "", "", f"{identity.kind} {identity.address}"
    raise Unwritable("the toolkit does not write privileges on this kind of object")
