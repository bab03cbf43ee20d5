"""Arguments that make sense, read from a database: what the tenant's own queries say."""

from collections.abc import Sequence

import psycopg

from toolkit.connect import Connection
from toolkit.errors import ToolkitError
from toolkit.versions.cases import Arguments
from toolkit.versions.declared import Declared
from toolkit.versions.routine import Routine


class NoArguments(ToolkitError):
    """Nothing says what to call a function with."""


def read_pool(connection: Connection, declared: Declared, old: Routine) -> Sequence[Arguments]:
    """Return rows of arguments, the tenant's id among them where there are tenants.

    Args:
        connection: as a role that may see every tenant.
        declared: with a query of its own, or with what the proof of isolation goes by.
        old: the function that is to be called.

    Raises:
        NoArguments: no query, a query that fails, or one without rows.
    """
    rows = (
        _rows(connection, declared.arguments, {})
        if declared.arguments
        else _by_tenant(connection, declared)
    )
    lacking = [
        name
        for name in old.parameters[: old.required_count]
        if not all(name in row for row in rows)
    ]
    if rows and not lacking:
        return rows
    raise NoArguments(
        f"nothing says what to call {old.name} with",
        detail=f"no value for {', '.join(lacking)}" if lacking else "the queries return no rows",
        hint="Say with --tenant which parameter is the tenant; or declare both functions in "
        "[[tool.hephaitos.versions]], with a query `arguments` whose columns are parameters.",
    )


def _by_tenant(connection: Connection, declared: Declared) -> list[Arguments]:
    key = declared.tenant_argument or declared.tenants.tenant_column
    tenants = _rows(connection, declared.tenants.tenants or "select null where false", {})
    found: list[Arguments] = []
    for tenant in (next(iter(row.values())) for row in tenants):
        rows: Sequence[Arguments] = [{}]
        if declared.tenant_query:
            rows = _rows(connection, declared.tenant_query, {"tenant": tenant})
        found += [{**row, key: tenant} for row in rows]
    return found


def _rows(connection: Connection, query: str, parameters: Arguments) -> list[Arguments]:
    try:
        with connection.transaction(force_rollback=True), connection.cursor() as cursor:
            cursor.execute(query.encode(), parameters or None)
            result, columns = cursor.pgresult, cursor.description or []
    except psycopg.Error as error:
        raise NoArguments(
            "a query for arguments fails",
            detail=error.diag.message_primary or str(error),
            hint="Correct it in pyproject.toml: it returns a column for each parameter.",
        ) from error
    assert result is not None  # the statement ran
    return [
        {
            column.name: None if (value := result.get_value(row, place)) is None else value.decode()
            for place, column in enumerate(columns)
        }
        for row in range(result.ntuples)
    ]
