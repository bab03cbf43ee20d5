"""The checks of the audit: rules about the catalog, and a look into the default partition.

A rule sees the declaration as settings of the transaction: `hephaitos.audit_log` and others.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from psycopg import sql

from toolkit.audit.declarations import AuditDeclaration
from toolkit.connect import Connection
from toolkit.verify.check import Check, Finding, Report, judged
from toolkit.verify.rulebook import read_rule, run_rule

RULES = tuple(
    read_rule(path.stem, path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "rules").glob("*.sql"))
)
_DEFAULT = """
    select pg_namespace.nspname, pg_class.relname, pg_catalog.row_security_active(pg_class.oid)
    from pg_catalog.pg_partitioned_table
    inner join pg_catalog.pg_class
        on pg_partitioned_table.partdefid = pg_class.oid
    inner join pg_catalog.pg_namespace
        on pg_class.relnamespace = pg_namespace.oid
    where pg_partitioned_table.partrelid = pg_catalog.to_regclass(%s)
"""
_EMPTY = "no row of the record lies in its default partition"


def check_audit(connection: Connection, declared: AuditDeclaration) -> Report:
    """Look for ways around the record in one database, and change nothing.

    Args:
        connection: to the database, as the role that applies revisions; in or outside a
            transaction.
        declared: what has to be recorded, and where.

    Returns:
        Every check in a fixed order; one statement each, however many tables there are.
    """
    with connection.transaction(force_rollback=True):
        _declare(connection, declared)
        return Report(tuple(_checks(connection, declared)))


def _checks(connection: Connection, declared: AuditDeclaration) -> Iterator[Check]:
    for rule in RULES:
        yield run_rule(connection, rule)
    yield _default_is_empty(connection, declared)


def _declare(connection: Connection, declared: AuditDeclaration) -> None:
    wanted = [
        {"name": table.name, "event": event, "function": declared.functions[event]}
        for table in declared.tables
        for event in table.events
    ]
    settings = {
        "search_path": "",
        "hephaitos.audit_log": declared.log,
        "hephaitos.audit_guard": declared.guard,
        "hephaitos.audit_ahead": declared.ahead,
        "hephaitos.audit_wanted": json.dumps(wanted),
    }
    for name, value in settings.items():
        connection.execute("select pg_catalog.set_config(%s, %s, true)", [name, value])


def _default_is_empty(connection: Connection, declared: AuditDeclaration) -> Check:
    name = "default partition"
    row = connection.execute(_DEFAULT, [declared.log]).fetchone()
    if row is None:
        return Check(name, _EMPTY, skipped="there is none, as another check says")
    schema, relation, is_blind = row
    if is_blind:
        return Check(name, _EMPTY, skipped="row security hides rows from this role")
    query = sql.SQL("select exists (select from {})").format(sql.Identifier(schema, relation))
    (is_used,) = connection.execute(query).fetchone() or (False,)
    findings = [
        Finding(
            f"{schema}.{relation}",
            "It holds rows: no partition was there for their time, so that none can be detached "
            "with them.",
            "Run the routine that makes partitions, and see why its job did not.",
        )
    ]
    return judged(name, _EMPTY, findings if is_used else [])
