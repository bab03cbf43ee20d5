"""Testimony: where facts and a dump of the same database disagree.

Pure. Facts know more than a dump (roles, jobs, whether an index is valid); a dump must never know
more than facts, and what both know they must say alike.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.catalog import MIGRATOR, Fact, Facts, Kind, Origin
from toolkit.catalog.names import quoted
from toolkit.witness.dump import DumpEntry, Key, SchemaDump
from toolkit.witness.tags import described_by, tags_of

# Said by the statements of another entry, or nothing that a dump of the schema can hold.
_NO_ENTRY_OF_ITS_OWN = frozenset(
    {Kind.COLUMN, Kind.ROLE, Kind.MEMBERSHIP, Kind.DATABASE, Kind.CRON_JOB, Kind.UNMODELLED}
)
# Statements about an object whose own entry stands elsewhere; each is looked up by its object.
_ABOUT_ANOTHER = frozenset({"COMMENT", "ACL"})
# What a dump repeats about an object that has its entry already.
_REPEATED = frozenset(
    {
        "DEFAULT", "INDEX ATTACH", "MATERIALIZED VIEW DATA", "ROW SECURITY", "SEQUENCE OWNED BY",
        "TABLE ATTACH",
    }
)  # fmt: skip
# Printed by one function of the server for whoever asks.
_DEFINED = frozenset(
    {
        Kind.INDEX, Kind.STATISTICS, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.RULE, Kind.TRIGGER,
    }
)  # fmt: skip
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing that facts and a dump see differently.

    Args:
        object: what it is about.
        said_by: who says it: facts or dump.
        what: what is said and not confirmed.
    """

    object: str
    said_by: str
    what: str


def compare_dumps(one: SchemaDump, other: SchemaDump) -> tuple[Key, ...]:
    """Return the entries that differ between two dumps, sorted. O(entries)."""
    keys = one.entries.keys() | other.entries.keys()
    return tuple(sorted(key for key in keys if one.entries.get(key) != other.entries.get(key)))


def disagreements(facts: Facts, dump: SchemaDump) -> tuple[Disagreement, ...]:
    """Confront the facts of a database with a dump of it.

    Args:
        facts: n facts, foreign ones included.
        dump: e entries of the same database at the same time.

    Returns:
        What only one of them says: objects that only one knows, and definitions, owners and
        comments that the other does not repeat. Time O(n + e).
    """
    by_tag = {tag: fact for fact in facts for tag in tags_of(fact)}
    seen = [*_unknown_to_facts(facts, dump, by_tag), *_unconfirmed(facts, dump)]
    return tuple(sorted(seen, key=lambda one: (one.object, one.what)))


def _unknown_to_facts(
    facts: Facts, dump: SchemaDump, by_tag: dict[Key, Fact]
) -> Iterator[Disagreement]:
    for key, entry in dump.entries.items():
        if entry.type in _REPEATED or key in by_tag:
            continue
        if entry.type in _ABOUT_ANOTHER:
            if not _is_known(entry, facts, dump):
                yield Disagreement(str(entry), "dump", entry.text)
        else:
            yield Disagreement(str(entry), "dump", "that it exists")


def _is_known(entry: DumpEntry, facts: Facts, dump: SchemaDump) -> bool:
    """Tell whether facts know a comment or privileges that a dump speaks of.

    What a dump does not make itself belongs to an extension or to the system, and so do the
    privileges on it.
    """
    fact = described_by(entry, facts)
    if fact is None:
        kind, _, name = entry.name.partition(" ")
        return not any(
            key[1] == entry.schema and key[2].partition("(")[0] == name.partition("(")[0]
            for key in dump.entries
            if key[0] not in _ABOUT_ANOTHER and kind
        )
    # Facts state all privileges, so that having none is said by their absence.
    return entry.type == "ACL" or fact.get("comment") is not None


def _unconfirmed(facts: Facts, dump: SchemaDump) -> Iterator[Disagreement]:
    for fact in facts:
        if fact.origin is not Origin.OWN or fact.identity.kind in _NO_ENTRY_OF_ITS_OWN:
            continue
        entry = _entry_of(fact, dump)
        if entry is None:
            if not _is_left_out(fact, facts, dump):
                yield Disagreement(str(fact.identity), "facts", "that it exists")
            continue
        flat = _flat(entry.text)
        for phrase in _phrases(fact, facts):
            if _flat(phrase) not in flat:
                yield Disagreement(str(fact.identity), "facts", phrase)
        owner = facts.migrator if fact.text("owner") == MIGRATOR else fact.text("owner")
        if owner and entry.owner != owner:
            yield Disagreement(str(fact.identity), "facts", f"owner {owner}, not {entry.owner}")


def _entry_of(fact: Fact, dump: SchemaDump) -> DumpEntry | None:
    return next((dump.entries[tag] for tag in tags_of(fact) if tag in dump.entries), None)


def _is_left_out(fact: Fact, facts: Facts, dump: SchemaDump) -> bool:
    """Tell whether pg_dump says this object within another, or leaves it out on purpose."""
    identity, parent = fact.identity, fact.parent
    if identity.kind is Kind.SCHEMA and identity.name == "public":
        return True  # every database has it; a dump speaks of it only when it was changed
    if identity.kind is Kind.INDEX:
        serves = parent is not None and parent.kind is Kind.CONSTRAINT
        return serves or bool(fact.get("invalid"))
    if identity.kind is Kind.TRIGGER:
        return parent is not None and parent.kind is Kind.TRIGGER
    if identity.kind is Kind.CONSTRAINT and parent is not None:
        if parent.kind is Kind.CONSTRAINT or fact.get("inherited"):
            return True
        holder = facts.get(parent)
        entry = None if holder is None else _entry_of(holder, dump)
        text = f"CONSTRAINT {quoted(identity.part)} {fact.text('definition')}"
        return entry is not None and _flat(text) in _flat(entry.text)
    return False


def _phrases(fact: Fact, facts: Facts) -> Iterator[str]:
    """Yield what a dump must print word for word, as the same server functions print it."""
    match fact.identity.kind:
        case Kind.TRIGGER if fact.parent is not None and fact.parent.kind is Kind.TRIGGER:
            return  # of a partition's copy a dump says no more than when it fires
        case kind if kind in _DEFINED:
            yield fact.text("definition").strip().removesuffix(";")
        case Kind.CONSTRAINT:
            yield f"{quoted(fact.identity.part)} {fact.text('definition')}"
        case Kind.POLICY:
            yield from filter(None, (fact.text("using"), fact.text("with_check")))
        case Kind.DOMAIN:
            yield fact.text("base")
        case Kind.TYPE:
            yield from (f"'{label}'" for label in _labels(fact))
        case Kind.TABLE if not fact.get("of_type"):
            yield from _columns(fact, facts)


def _columns(table: Fact, facts: Facts) -> Iterator[str]:
    for identity in facts.children.get(table.identity, ()):
        if identity.kind is Kind.COLUMN:
            column = facts.by_identity[identity]
            if not column.get("inherited"):
                yield f"{quoted(identity.part)} {column.text('type')}"


def _labels(fact: Fact) -> tuple[str, ...]:
    value = fact.get("labels")
    return tuple(label.replace("'", "''") for label in value) if isinstance(value, tuple) else ()


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text)
