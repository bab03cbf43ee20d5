"""An entity diagram of tables and their foreign keys, in Mermaid's language. Pure."""

import re
from collections.abc import Iterable, Iterator

from toolkit.catalog import Fact, Facts, Identity, Kind

_KEY = re.compile(r"^(PRIMARY KEY|UNIQUE) (?:NULLS NOT DISTINCT )?\(([^)]*)\)")
_FOREIGN_KEY = re.compile(r"^FOREIGN KEY \(([^)]*)\) REFERENCES ([^(]+)\(")
_UNSAFE = re.compile(r"\W+")


def render_diagram(facts: Facts, tables: Iterable[Fact]) -> str:
    """Draw tables with the columns of their keys.

    Args:
        facts: of the whole database.
        tables: what to draw; a foreign key to another table draws that one too, as an empty box.

    Returns:
        A Mermaid erDiagram. O(tables * facts).
    """
    lines = ["erDiagram"]
    for table in tables:
        lines.extend(_entity(facts, table))
        lines.extend(_relations(facts, table))
    return "\n".join(lines)


def columns_of(facts: Facts, table: Identity) -> tuple[Fact, ...]:
    """Return a table's columns in the order of the table."""
    fact = facts.get(table)
    order = fact.get("column_order") if fact else None
    names = order if isinstance(order, tuple) else ()
    found = (facts.get(Identity(Kind.COLUMN, table.schema, table.name, name)) for name in names)
    return tuple(column for column in found if column is not None)


def constraints_of(facts: Facts, table: Identity) -> tuple[Fact, ...]:
    """Return a table's constraints by name."""
    return tuple(
        fact
        for fact in facts
        if fact.identity.kind is Kind.CONSTRAINT
        and (fact.identity.schema, fact.identity.name) == (table.schema, table.name)
    )


def _entity(facts: Facts, table: Fact) -> Iterator[str]:
    marks = _marks(facts, table.identity)
    yield f"    {_box(table.identity)} {{"
    for column in columns_of(facts, table.identity):
        name = column.identity.part
        if name in marks:
            kind = _UNSAFE.sub("_", column.text("type"))
            yield f"        {kind} {_UNSAFE.sub('_', name)} {', '.join(marks[name])}"
    yield "    }"


def _marks(facts: Facts, table: Identity) -> dict[str, list[str]]:
    """Return the key marks of each column that is part of a key."""
    marks: dict[str, list[str]] = {}
    for constraint in constraints_of(facts, table):
        definition = constraint.text("definition")
        mark, columns = "", ""
        if key := _KEY.match(definition):
            mark, columns = ("PK" if key[1] == "PRIMARY KEY" else "UK"), key[2]
        elif reference := _FOREIGN_KEY.match(definition):
            mark, columns = "FK", reference[1]
        for column in _names(columns):
            if mark not in marks.setdefault(column, []):
                marks[column].append(mark)
    return {column: sorted(found, key="PK FK UK".index) for column, found in marks.items()}


def _relations(facts: Facts, table: Fact) -> Iterator[str]:
    optional = {
        column.identity.part
        for column in columns_of(facts, table.identity)
        if column.text("not_null") != "yes"
    }
    constraints = constraints_of(facts, table.identity)
    keys = [
        _names(key[2])
        for constraint in constraints
        if (key := _KEY.match(constraint.text("definition")))
    ]
    for constraint in constraints:
        reference = _FOREIGN_KEY.match(constraint.text("definition"))
        if reference is None:
            continue
        columns = _names(reference[1])
        one = "|o" if optional & set(columns) else "||"
        many = "o|" if any(set(key) <= set(columns) for key in keys) else "o{"
        parent = _UNSAFE.sub("_", reference[2].removeprefix("public."))
        label = ", ".join(columns)
        yield f'    {parent} {one}--{many} {_box(table.identity)} : "{label}"'


def _box(table: Identity) -> str:
    name = table.name if table.schema == "public" else f"{table.schema}_{table.name}"
    return _UNSAFE.sub("_", name)


def _names(columns: str) -> tuple[str, ...]:
    return tuple(name.strip().strip('"') for name in columns.split(",") if name.strip())
