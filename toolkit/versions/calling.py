"""Calling a version as somebody, and reading all of its pages."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal

import psycopg

from toolkit.connect import Connection
from toolkit.errors import ToolkitError
from toolkit.verify.identity import as_role
from toolkit.versions.answers import Answer, Document
from toolkit.versions.cases import Arguments, Case
from toolkit.versions.routine import Routine

_SIGN_IN = "select set_config('request.jwt.claims', %s, false), set_config('role', %s, false)"


class EndlessPages(ToolkitError):
    """Going on from the last row leads to the same page again."""


def answer(
    connection: Connection, routine: Routine, case: Case, next_page: Mapping[str, str]
) -> Answer:
    """Call a function as somebody, and take back what it wrote.

    Args:
        connection: as a role that may become the caller's.
        routine: which function.
        case: who asks for what.
        next_page: which field of the last row to pass as which parameter for the next page; empty
            to call once.

    Raises:
        EndlessPages: a page ends where an earlier one did.
    """
    rows: list[Document] = []
    arguments = dict(case.arguments)
    places: list[dict[str, str | None]] = []
    try:
        with as_role(connection, case.role, case.tenant):
            while page := _call(connection, routine, arguments):
                rows += page
                if not next_page:
                    break
                place = _after(page[-1], next_page)
                if place in places:
                    raise _endless(routine, next_page)
                places.append(place)
                arguments |= place
    except psycopg.Error as error:
        if error.sqlstate is None:
            raise
        # Two functions that are both denied say so of themselves, which is no difference.
        itself = routine.name.rpartition(".")[2].strip('"')
        message = (error.diag.message_primary or "").replace(itself, "itself")
        return Answer(sqlstate=error.sqlstate, message=message)
    return Answer(tuple(rows))


def call_statement(routine: Routine, arguments: Arguments) -> tuple[bytes, list[str | None]]:
    """Return a statement that calls a function by names, and its parameters."""
    return _statement("answer.*", routine, arguments)


@contextmanager
def staying(connection: Connection, case: Case) -> Iterator[None]:
    """Be a case's caller to the end of the session, so that nothing is set around each call.

    For sessions that are ours alone, where no pooler hands the identity on.
    """
    claims = {"role": case.role, **({"sub": case.tenant} if case.tenant else {})}
    connection.execute(_SIGN_IN, [json.dumps(claims), case.role])
    yield


def _call(connection: Connection, routine: Routine, arguments: Arguments) -> list[Document]:
    shown = "pg_catalog.to_jsonb(answer)::pg_catalog.text"
    query, values = _statement(shown, routine, arguments)
    rows = connection.execute(query, values).fetchall()
    return [None if text is None else json.loads(text, parse_float=Decimal) for (text,) in rows]


def _statement(
    shown: str, routine: Routine, arguments: Arguments
) -> tuple[bytes, list[str | None]]:
    passed = [name for name in arguments if name in routine.parameters]
    notation = ", ".join(f'"{name}" => %s::{routine.type_of(name)}' for name in passed)
    statement = f"select {shown} from {routine.name}({notation}) as answer"
    return statement.encode(), [arguments[name] for name in passed]


def _after(row: Document, next_page: Mapping[str, str]) -> dict[str, str | None]:
    if not isinstance(row, Mapping):
        return {}
    return {
        parameter: None if row.get(field) is None else str(row[field])
        for parameter, field in next_page.items()
    }


def _endless(routine: Routine, next_page: Mapping[str, str]) -> EndlessPages:
    return EndlessPages(
        f"the pages of {routine.name} do not end",
        detail="going on after "
        + ", ".join(f"{field} as {parameter}" for parameter, field in next_page.items())
        + " leads to the same page again",
        hint="Correct next_page: every parameter that says where to go on, each with its field.",
    )
