"""How pg_dump names things in its table of contents, and which fact each name means.

Pure.
"""

from collections.abc import Iterator

from toolkit.catalog import ROUTINES, Fact, Facts, Identity, Kind
from toolkit.witness.dump import DumpEntry, Key

_BY_NAME = {
    Kind.TYPE: "TYPE",
    Kind.DOMAIN: "DOMAIN",
    Kind.SEQUENCE: "SEQUENCE",
    Kind.TABLE: "TABLE",
    Kind.INDEX: "INDEX",
    Kind.STATISTICS: "STATISTICS",
    Kind.VIEW: "VIEW",
    Kind.MATERIALIZED_VIEW: "MATERIALIZED VIEW",
}
_BY_RELATION = {Kind.RULE: "RULE", Kind.TRIGGER: "TRIGGER", Kind.POLICY: "POLICY"}
_WITHOUT_SCHEMA = {
    Kind.SCHEMA: "SCHEMA",
    Kind.EXTENSION: "EXTENSION",
    Kind.EVENT_TRIGGER: "EVENT TRIGGER",
    Kind.PUBLICATION: "PUBLICATION",
}
_CONSTRAINTS = ("CONSTRAINT", "FK CONSTRAINT", "CHECK CONSTRAINT")
# `on` in a tag stands between a part and what it is part of.
_PARTS = {
    "CONSTRAINT": Kind.CONSTRAINT,
    "RULE": Kind.RULE,
    "TRIGGER": Kind.TRIGGER,
    "POLICY": Kind.POLICY,
}


def tags_of(fact: Fact) -> Iterator[Key]:
    """Yield every name under which a dump may hold an object's own entry."""
    identity = fact.identity
    kind, schema, name, part = identity.kind, identity.schema, identity.name, identity.part
    if kind in _BY_NAME:
        yield _BY_NAME[kind], schema, name
    elif kind in ROUTINES:
        yield kind.upper(), schema, f"{name}({part})"
    elif kind in _BY_RELATION:
        yield _BY_RELATION[kind], schema, f"{name} {part}"
    elif kind in _WITHOUT_SCHEMA:
        yield _WITHOUT_SCHEMA[kind], "", name
    elif kind is Kind.CONSTRAINT:
        yield from ((constraint, schema, f"{name} {part}") for constraint in _CONSTRAINTS)
    elif kind is Kind.DEFAULT_PRIVILEGES:
        yield "DEFAULT ACL", schema, f"DEFAULT PRIVILEGES FOR {part.upper()}"
    elif kind is Kind.PUBLICATION_MEMBER:
        yield from _member_tags(fact)
    elif kind is Kind.UNMODELLED:
        yield from _unmodelled_tags(fact)


def described_by(entry: DumpEntry, facts: Facts) -> Fact | None:
    """Return the object that a COMMENT or ACL entry is about, None when facts have no such one.

    O(1), for routines O(routines of that name).
    """
    word, _, rest = entry.name.partition(" ")
    for kind_word in ("MATERIALIZED VIEW", "EVENT TRIGGER"):
        if entry.name.startswith(f"{kind_word} "):
            word, rest = kind_word, entry.name.removeprefix(f"{kind_word} ")
    if word in _PARTS:
        part, _, relation = rest.rpartition(" ON ")
        relation = relation.removeprefix("DOMAIN ").rpartition(".")[2]
        return facts.get(Identity(_PARTS[word], entry.schema, relation, part))
    if word == "COLUMN":
        relation, _, column = rest.partition(".")
        return facts.get(Identity(Kind.COLUMN, entry.schema, relation, column))
    if word in {kind.upper() for kind in ROUTINES}:
        return _routine(entry.schema, rest, facts)
    schema = "" if word in _WITHOUT_SCHEMA.values() else entry.schema
    candidates = [kind for kind in Kind if kind.upper() == word]
    # An ACL calls every relation a table, and a comment calls a sequence what it is.
    candidates += [Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.SEQUENCE] if word == "TABLE" else []
    candidates += [Kind.DOMAIN] if word == "TYPE" else []
    found = (facts.get(Identity(kind, schema, rest)) for kind in candidates)
    return next((fact for fact in found if fact is not None), None)


def _routine(schema: str, tag: str, facts: Facts) -> Fact | None:
    name, _, arguments = tag.removesuffix(")").partition("(")
    spelled = [one for one in arguments.split(", ") if one and not one.startswith("OUT ")]
    for kind in ROUTINES:
        for fact in facts:
            identity = fact.identity
            if (identity.kind, identity.schema, identity.name) != (kind, schema, name):
                continue
            types = identity.part.split(", ") if identity.part else []
            if len(types) == len(spelled) and all(
                one == type_ or one.endswith(f" {type_}")
                for one, type_ in zip(spelled, types, strict=True)
            ):
                return fact
    return None


def _member_tags(fact: Fact) -> Iterator[Key]:
    kind, _, address = fact.identity.part.partition(" ")
    if kind == "schema":
        yield "PUBLICATION TABLES IN SCHEMA", "", f"{fact.identity.name} {_bare(address)}"
        return
    schema, _, name = address.partition(".")
    yield "PUBLICATION TABLE", _bare(schema), f"{fact.identity.name} {_bare(name)}"


def _unmodelled_tags(fact: Fact) -> Iterator[Key]:
    """Yield the tag of an object of which facts know no more than that it exists."""
    identity = fact.identity
    type_ = identity.name.upper()
    bare = identity.part.partition("(")[0] if type_ == "OPERATOR" else identity.part
    name = bare.removeprefix(f"{identity.schema}.")
    yield type_, identity.schema, name
    yield type_, "", name
    yield type_, "", f"{type_} {identity.part}"


def _bare(name: str) -> str:
    return name.strip('"').replace('""', '"')
