"""Tables, their columns and sequences, as clauses of CREATE and ALTER.

Pure.
"""

from collections.abc import Iterator

from toolkit.catalog.ddl.statements import Change, Passage, Unwritable, alter_relation, words
from toolkit.catalog.facts import Fact, Kind
from toolkit.catalog.names import literal, quoted

_BOUNDS = ("minimum", "maximum")
_STATISTICS_BY_DEFAULT = "-1"


def create_table(fact: Fact, passage: Passage) -> Iterator[str]:
    """Yield the statement that makes a table with its columns, and those for what it cannot say."""
    unlogged = "unlogged " if fact.get("unlogged") else ""
    head = f"create {unlogged}table {fact.identity.address}"
    if parent := fact.text("partition_of"):
        body = f" partition of {parent} {fact.text('partition_bound')}"
    elif of_type := fact.text("of_type"):
        body = f" of {of_type}"
    else:
        columns = [
            f"    {definition(column, passage)}"
            for column in passage.columns(fact)
            if not column.get("inherited")
        ]
        body = " (\n" + ",\n".join(columns) + "\n)" if columns else " ()"
        if parents := words(fact, "inherits"):
            body += f" inherits ({', '.join(parents)})"
    yield head + body + storage_clauses(fact)
    if fact.get("row_security"):
        yield f"{_alter(fact)} enable row level security"
    if fact.get("force_row_security"):
        yield f"{_alter(fact)} force row level security"
    if (toast := options(fact, "toast option ")) is not None:
        yield f"{_alter(fact)} set ({toast})"


def storage_clauses(fact: Fact) -> str:
    """Return how and where a relation keeps its rows, as the tail of CREATE."""
    clauses = ""
    if key := fact.text("partition_key"):
        clauses += f" partition by {key}"
    if method := fact.text("access_method"):
        clauses += f" using {quoted(method)}"
    if (set_options := options(fact, "option ")) is not None:
        clauses += f" with ({set_options})"
    if tablespace := fact.text("tablespace"):
        clauses += f" tablespace {quoted(tablespace)}"
    return clauses


def options(fact: Fact, family: str) -> str | None:
    """Return the storage options of one family as a list, None when there are none."""
    prefix = "toast." if family.startswith("toast") else ""
    entries = [f"{prefix}{name}={literal(value)}" for name, value in fact.starting_with(family)]
    return ", ".join(entries) or None


def definition(column: Fact, passage: Passage) -> str:
    """Return a column as CREATE TABLE, ADD COLUMN and CREATE TYPE take it."""
    clauses = [quoted(column.identity.part), column.text("type")]
    if collation := column.text("collation"):
        clauses.append(f"collate {collation}")
    if default := column.text("default"):
        clauses.append(f"default {default}")
    if generated := column.text("generated"):
        clauses.append(f"generated always as {generated}")
    if identity := column.text("identity"):
        clauses.append(f"generated {identity} as identity{_identity_options(column, passage)}")
    if not_null := column.text("not_null"):
        clauses.append("not null no inherit" if not_null == "no inherit" else "not null")
    return " ".join(clauses)


def column_extras(column: Fact) -> Iterator[str]:
    """Yield the statements for what a column's definition cannot say."""
    head = f"{alter_relation(column)} alter column {quoted(column.identity.part)} set"
    if column.get("type") is None and (default := column.get("default")) is not None:
        yield f"{head} default {default}"  # a view's, whose definition has no place for it
    for attribute in ("storage", "compression", "statistics"):
        if (value := column.get(attribute)) is not None:
            yield f"{head} {attribute} {value}"
    if (set_options := options(column, "option ")) is not None:
        yield f"{head} ({set_options})"


def change_column(change: Change) -> str | None:
    """Return the statement that changes one attribute of a column, None when there is none."""
    value = change.value
    match change.attribute:
        case "type" | "collation":
            what: str | None = _type_clause(change.wanted)
        case "default":
            what = f"set default {value}" if value else "drop default"
        case "not_null":
            what = _not_null_clause(change)
        case "generated" if not value and change.present.text("generated").endswith(" stored"):
            what = "drop expression"
        case "identity":
            what = _identity_clause(change)
        case "storage" | "compression":
            what = f"set {change.attribute} {value or 'default'}"
        case "statistics":
            what = f"set statistics {value or _STATISTICS_BY_DEFAULT}"
        case _:
            what = None
    if what is None:
        return None
    return (
        f"{alter_relation(change.wanted)} alter column {quoted(change.wanted.identity.part)} {what}"
    )


def change_attribute_type(change: Change) -> str:
    """Return the statement that changes the type of a composite type's attribute."""
    column = change.wanted
    collate = f" collate {collation}" if (collation := column.text("collation")) else ""
    name = quoted(column.identity.part)
    return f"{alter_relation(column)} alter attribute {name} type {column.text('type')}{collate}"


def _type_clause(wanted: Fact) -> str:
    column_type, name = wanted.text("type"), quoted(wanted.identity.part)
    collate = f" collate {collation}" if (collation := wanted.text("collation")) else ""
    return f"type {column_type}{collate} using {name}::{column_type}"


def _not_null_clause(change: Change) -> str | None:
    if not change.value:
        return "drop not null"
    # From NOT VALID or NO INHERIT there is no way that every version knows.
    is_plain = change.value == "yes" and not change.present.get("not_null")
    return "set not null" if is_plain else None


def _identity_clause(change: Change) -> str:
    if not change.value:
        return "drop identity"
    if change.present.get("identity"):
        return f"set generated {change.value}"
    options_ = _identity_options(change.wanted, change.passage)
    for sequence in change.passage.present.children.get(change.present.identity, ()):
        raise Unwritable(f"{sequence} has to go first")
    return f"add generated {change.value} as identity{options_}"


def replica_identity_clause(value: str) -> str:
    """Return how ALTER TABLE says which columns identify a row to subscribers."""
    word, _, index = value.partition(" index ")
    return f"replica identity {f'{word} index {quoted(index)}' if index else value or 'default'}"


def sequence_options(fact: Fact) -> str:
    """Return all options of a sequence as CREATE and ALTER take them."""
    clauses = [
        f"as {fact.text('type')}",
        f"increment by {fact.text('increment')}",
        *(_bound(fact, attribute) for attribute in _BOUNDS),
        f"start with {fact.text('start')}",
        f"cache {fact.get('cache') or 1}",
        "cycle" if fact.get("cycle") else "no cycle",
    ]
    return " ".join(clauses)


def _bound(fact: Fact, attribute: str) -> str:
    word = "minvalue" if attribute == "minimum" else "maxvalue"
    value = fact.get(attribute)
    return f"no {word}" if value is None else f"{word} {value}"


def _identity_options(column: Fact, passage: Passage) -> str:
    for fact in passage.wanted:
        is_behind = fact.identity.kind is Kind.SEQUENCE and fact.parent == column.identity
        if is_behind and fact.get("identity"):
            # The type is the column's, and cannot be said again.
            clauses = sequence_options(fact).removeprefix(f"as {fact.text('type')} ")
            return f" (sequence name {fact.identity.address} {clauses})"
    return ""


def _alter(fact: Fact) -> str:
    return f"alter table {fact.identity.address}"
