"""Tracing whole revisions on a clone, in either direction, transaction or not."""

from collections.abc import Iterable, Iterator

import psycopg

from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.errors import HistoryError, ToolkitError
from toolkit.history import AUTOCOMMIT, Revision
from toolkit.trace.alone import trace_alone
from toolkit.trace.model import RevisionTrace, StatementTrace
from toolkit.trace.tracing import trace_transaction


class StatementFailed(ToolkitError):
    """A statement of a revision failed on the clone where it was traced."""


def trace_revision(database: Database, revision: Revision, *, is_upgrade: bool) -> RevisionTrace:
    """Run one direction of a revision on a clone, and say what each statement did.

    Args:
        database: a clone, at the revision going down and at its parent going up. The version table
            is left as it is: whoever traces knows where the clone is.
        revision: which one.
        is_upgrade: the direction.

    Raises:
        HistoryError: the revision has no frozen SQL.
        StatementFailed: a statement of it fails; what it did before is rolled back.
    """
    text = _text(revision, is_upgrade=is_upgrade)
    try:
        statements = _trace(database, text, is_upgrade=is_upgrade)
    except psycopg.Error as error:
        direction = "up" if is_upgrade else "down"
        place = "; ".join(getattr(error, "__notes__", ()))
        raise StatementFailed(
            f"{revision.number}.{direction}.sql fails: {error.diag.message_primary}",
            detail="; ".join(filter(None, [f"SQLSTATE {error.sqlstate}", place])),
            hint=error.diag.message_hint or "Correct the revision.",
        ) from error
    return RevisionTrace(revision.number, is_upgrade, text.startswith(AUTOCOMMIT), statements)


def _trace(database: Database, text: str, *, is_upgrade: bool) -> tuple[StatementTrace, ...]:
    if text.startswith(AUTOCOMMIT):
        with connect(database.url) as connection:
            return trace_alone(
                connection,
                text,
                is_upgrade=is_upgrade,
                connect_reader=lambda: connect(database.admin_url, autocommit=False),
            )
    with connect(database.url, autocommit=False) as connection:
        statements = trace_transaction(connection, text, is_upgrade=is_upgrade)
        connection.commit()
        return statements


def trace_history(
    database: Database, revisions: Iterable[Revision]
) -> Iterator[tuple[RevisionTrace, RevisionTrace]]:
    """Trace many revisions with the data that is there, walking down from the newest.

    Args:
        database: a clone at the last of the revisions, filled; it ends below the first one.
        revisions: neighbours, first revision first.

    Yields:
        Going up and going down, for each revision, the newest one first. Each is run three times.
    """
    for revision in reversed(tuple(revisions)):
        down = trace_revision(database, revision, is_upgrade=False)
        up = trace_revision(database, revision, is_upgrade=True)
        yield up, down
        _run(database, revision)


def _run(database: Database, revision: Revision) -> None:
    """Take a revision back once more, unobserved."""
    text = _text(revision, is_upgrade=False)
    with connect(database.url, autocommit=text.startswith(AUTOCOMMIT)) as connection:
        connection.execute(text.encode())
        if not connection.autocommit:
            connection.commit()


def _text(revision: Revision, *, is_upgrade: bool) -> str:
    if revision.frozen is None:
        raise HistoryError(
            f"revision {revision.number} cannot be traced",
            detail="it has no frozen SQL: what it sends is known only while it runs",
            hint="Give it NNNN.up.sql and NNNN.down.sql.",
        )
    return revision.frozen.text(upgrade=is_upgrade)
