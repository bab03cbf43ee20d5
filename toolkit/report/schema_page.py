"""The schema as a page for a newcomer: tables, their rules, functions and who may call them.

Pure: facts in, Markdown out, the same on every supported version of PostgreSQL.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from toolkit.catalog import GRANTS_TO, Fact, Facts, Identity, Kind
from toolkit.report.diagram import columns_of, constraints_of, render_diagram

_OWNER = "@owner"
_HEAD = """# Schema

What the migrations build, read from a migrated database. Made by `make generate/docs`; the suite
fails while it says something else than the database does.
"""


def render_schema(facts: Facts) -> str:
    """Return the page.

    Args:
        facts: of a migrated database.

    Returns:
        Markdown: a diagram, then schema by schema its tables and functions. O(n²) for n facts,
        which are some hundreds.
    """
    own = Facts.of(facts.major, facts.objects.values())
    tables = _of_kind(own, Kind.TABLE)
    parts = [_HEAD, f"```mermaid\n{render_diagram(own, tables)}\n```\n"]
    for schema in _of_kind(own, Kind.SCHEMA):
        parts.extend(_schema(own, schema))
    return "\n".join(parts)


def _schema(facts: Facts, schema: Fact) -> Iterator[str]:
    name = schema.identity.name or schema.identity.schema
    tables = [fact for fact in _of_kind(facts, Kind.TABLE) if fact.identity.schema == name]
    views = [
        fact
        for kind in (Kind.VIEW, Kind.MATERIALIZED_VIEW)
        for fact in _of_kind(facts, kind)
        if fact.identity.schema == name
    ]
    functions = [
        fact
        for kind in (Kind.FUNCTION, Kind.PROCEDURE)
        for fact in _of_kind(facts, kind)
        if fact.identity.schema == name
    ]
    if not (tables or views or functions):
        return
    yield f"## {name}\n"
    yield f"May be entered by: {_grantees(schema, 'usage')}.\n"
    for table in tables:
        yield from _table(facts, table)
    for view in views:
        yield from _view(view)
    if functions:
        yield "### Functions\n"
        yield from _rows(
            ("function", "returns", "runs as", "may be called by", "what it does"),
            (_function(fact) for fact in functions),
        )


def _table(facts: Facts, table: Fact) -> Iterator[str]:
    identity = table.identity
    yield f"### {identity.schema}.{identity.name}\n"
    if table.text("comment"):
        yield f"{table.text('comment')}\n"
    columns = columns_of(facts, identity)
    yield from _rows(("column", "type", "default", "what it holds"), map(_column, columns))
    constraints = constraints_of(facts, identity)
    yield from _rows(("rule", "says"), map(_constraint, constraints))
    named = {constraint.identity.part for constraint in constraints}
    yield from _rows(
        ("index", "over"),
        (
            (_code(fact.identity.name), _code(_after(fact.text("definition"), "USING ")))
            for fact in _of_kind(facts, Kind.INDEX)
            if fact.text("relation") == f"{identity.schema}.{identity.name}"
            and fact.identity.name not in named
        ),
    )
    yield from _rows(("trigger, in firing order", "when"), _triggers(facts, identity))
    yield from _rows(
        ("policy", "for", "of", "sees", "may leave"),
        map(_policy, _parts(facts, identity, Kind.POLICY)),
    )
    yield from _rows(("role", "may"), _grants(table, columns))


def _view(view: Fact) -> Iterator[str]:
    yield f"### {view.identity.schema}.{view.identity.name} ({view.identity.kind})\n"
    if view.text("comment"):
        yield f"{view.text('comment')}\n"
    yield from _rows(("role", "may"), _grants(view, ()))


def _column(column: Fact) -> Sequence[str]:
    absent = "" if column.text("not_null") == "yes" else " or null"
    return (
        _code(column.identity.part),
        f"{column.text('type')}{absent}",
        _code(column.text("default")),
        column.text("comment"),
    )


def _constraint(constraint: Fact) -> Sequence[str]:
    says = _code(constraint.text("definition"))
    comment = constraint.text("comment")
    return _code(constraint.identity.part), f"{says} ({comment})" if comment else says


def _triggers(facts: Facts, table: Identity) -> Iterator[Sequence[str]]:
    for trigger in _parts(facts, table, Kind.TRIGGER):
        definition = re.sub(r"^CREATE (CONSTRAINT )?TRIGGER \S+ ", "", trigger.text("definition"))
        yield _code(trigger.identity.part), _code(definition)


def _policy(policy: Fact) -> Sequence[str]:
    roles = policy.get("roles")
    return (
        _code(policy.identity.part),
        policy.text("command"),
        ", ".join(roles) if isinstance(roles, tuple) else str(roles or "everybody"),
        _code(policy.text("using")),
        _code(policy.text("with_check")),
    )


def _function(function: Fact) -> Sequence[str]:
    identity = function.identity
    runs_as = function.text("owner") if function.text("security") == "definer" else "its caller"
    return (
        _code(f"{identity.name}({function.text('arguments')})"),
        _code(_shortened(function.text("returns"))),
        runs_as.replace("@", ""),
        _grantees(function, "execute"),
        function.text("comment"),
    )


def _grants(relation: Fact, columns: Sequence[Fact]) -> Iterator[Sequence[str]]:
    by_role: dict[str, list[str]] = {}
    for role, rights in relation.starting_with(GRANTS_TO):
        by_role.setdefault(role, []).append(rights)
    for column in columns:
        for role, rights in column.starting_with(GRANTS_TO):
            by_role.setdefault(role, []).append(f"{rights} of {_code(column.identity.part)}")
    for role in sorted(by_role.keys() - {_OWNER}):
        yield role.replace("@", ""), "; ".join(by_role[role])


def _grantees(fact: Fact, right: str) -> str:
    roles = sorted(
        role.replace("@", "")
        for role, rights in fact.starting_with(GRANTS_TO)
        if role != _OWNER and right in rights
    )
    return ", ".join(roles) or "its owner"


def _of_kind(facts: Facts, kind: Kind) -> list[Fact]:
    return [fact for fact in facts if fact.identity.kind is kind]


def _parts(facts: Facts, table: Identity, kind: Kind) -> list[Fact]:
    return [
        fact
        for fact in _of_kind(facts, kind)
        if (fact.identity.schema, fact.identity.name) == (table.schema, table.name)
    ]


def _rows(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lay out a Markdown table; nothing when it would have no rows."""
    body = [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    if body:
        rule = "|".join("---" for _ in heading)
        yield "\n".join([f"| {' | '.join(heading)} |", f"|{rule}|", *body, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(text: str) -> str:
    """Set in code what is code: one line, so that a cell can hold it."""
    line = " ".join(text.split())
    return f"`{line}`" if line else ""


def _after(text: str, mark: str) -> str:
    return text.partition(mark)[2] or text


def _shortened(returns: str) -> str:
    """A long list of columns says no more in a table than that there is one."""
    return "table" if returns.startswith("TABLE(") else returns
