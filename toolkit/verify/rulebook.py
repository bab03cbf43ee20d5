"""The rules about a catalog: one SQL file each, whose rows are its findings.

A rule sees the tenant's names as settings, `current_setting('hephaitos.schemas')`, and nothing on
the search path, so that every name it prints is qualified and none can be captured.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from psycopg.rows import class_row, scalar_row

from toolkit.connect import Connection
from toolkit.errors import SettingsError
from toolkit.verify.check import Check, Finding, judged
from toolkit.verify.declarations import Declarations

RULES = Path(__file__).parent / "rules"
_HEADER_LINE = re.compile(r"-- (?:(\w+): )? *(.+)")
_NEEDED, _KNOWN = {"purpose", "why"}, {"purpose", "why", "except", "requires"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Args:
        name: of its file, without `.sql`; begins with its number.
        purpose: the sentence that is true when nothing is found.
        why: what goes wrong otherwise.
        exception: how a tenant says that something is meant; None when nothing may be excepted.
        requires: the extension that it calls, None when it needs none.
        sql: a query with the columns object, detail and hint.
    """

    name: str
    purpose: str
    why: str
    exception: str | None
    requires: str | None
    sql: str


@cache
def rules() -> tuple[Rule, ...]:
    """Read all rules, in the order of their numbers."""
    return tuple(
        read_rule(path.stem, path.read_text(encoding="utf-8"))
        for path in sorted(RULES.glob("*.sql"))
    )


def read_rule(name: str, text: str) -> Rule:
    """Read a rule from the text of its file.

    Raises:
        SettingsError: its header lacks a key, or has one that nobody knows.
    """
    header = _header(text)
    if not _NEEDED <= header.keys() <= _KNOWN:
        raise SettingsError(
            f"rule {name} has an unusable header",
            detail=f"it says {', '.join(header) or 'nothing'}",
            hint=f"Give it purpose and why, and none but {', '.join(sorted(_KNOWN))}.",
        )
    return Rule(
        name=name,
        purpose=header["purpose"],
        why=header["why"],
        exception=header.get("except"),
        requires=header.get("requires"),
        sql=text,
    )


def declare(connection: Connection, declarations: Declarations) -> None:
    """Tell the rules the tenant's names and empty the search path, until the transaction ends."""
    connection.execute("select pg_catalog.set_config('search_path', '', true)")
    lists = {
        "schemas": declarations.schemas,
        "private_schemas": declarations.private_schemas,
        "api_roles": declarations.api_roles,
        "public_tables": declarations.public_tables,
        "proven_functions": list(declarations.proven_functions),
    }
    for name, values in lists.items():
        connection.execute(
            "select pg_catalog.set_config('hephaitos.' || %s, %s::text[]::text, true)",
            [name, list(values)],
        )
    for name in ("anonymous_role", "service_role", "tenant_column"):
        connection.execute(
            "select pg_catalog.set_config('hephaitos.' || %s, %s, true)",
            [name, getattr(declarations, name)],
        )


def run_rule(connection: Connection, rule: Rule) -> Check:
    """Ask a database about one rule.

    Args:
        connection: inside a transaction in which `declare` was called.
        rule: which one.

    Returns:
        Skipped when the extension that the rule calls is not installed.
    """
    path = "" if rule.requires is None else _schema_of(connection, rule.requires)
    if path is None:
        return Check(
            rule.name, rule.purpose, skipped=f"extension {rule.requires} is not installed here"
        )
    with (
        connection.transaction(force_rollback=True),
        connection.cursor(row_factory=class_row(Finding)) as cursor,
    ):
        connection.execute("select pg_catalog.set_config('search_path', %s, true)", [path])
        # As bytes: the text is the rule's own and holds no parameters.
        return judged(rule.name, rule.purpose, cursor.execute(rule.sql.encode()))


def _schema_of(connection: Connection, extension: str) -> str | None:
    with connection.cursor(row_factory=scalar_row) as cursor:
        schema: str | None = cursor.execute(
            """
            select pg_catalog.quote_ident(pg_namespace.nspname)
            from pg_catalog.pg_extension
            inner join pg_catalog.pg_namespace
                on pg_extension.extnamespace = pg_namespace.oid
            where pg_extension.extname = %s
            """,
            [extension],
        ).fetchone()
    return schema


def _header(text: str) -> Mapping[str, str]:
    header: dict[str, str] = {}
    for key, words in _header_lines(text):
        last = key or next(reversed(header), "")
        header[last] = f"{header[last]} {words}" if last in header else words
    return header


def _header_lines(text: str) -> Iterator[tuple[str | None, str]]:
    """Yield the key, where there is one, and the words of each line of the leading comment."""
    for line in text.splitlines():
        match = _HEADER_LINE.fullmatch(line)
        if match is None:
            return
        yield match[1], match[2]
