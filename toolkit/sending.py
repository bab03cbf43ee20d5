"""A script on its way to the server: all statements at once, then the answer to each.

Locks are then not held for the network. psycopg's own pipeline turns to the server for every
statement, which makes a history of a thousand statements a third slower; so this one is libpq's.
"""

import select
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result

from toolkit.script import Statement

_DONE = {pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK, pq.ExecStatus.EMPTY_QUERY}

_COPIES = {pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_BOTH}
_NO_COPY = "copy from stdin or to stdout: a script has nobody to give rows or to take them"


def send_together(connection: "psycopg.Connection[Any]", statements: Sequence[Statement]) -> None:
    """Run statements in the connection's transaction, beginning one where there is none.

    Without parameters, so that a % or a :name in a body is just text.

    Args:
        connection: not in autocommit mode.
        statements: n of them; rows they return are thrown away.

    Raises:
        psycopg.Error: the first that failed, with a note of its line; those after it were not run.

    One round trip, whatever n is.
    """
    begins = connection.pgconn.transaction_status == pq.TransactionStatus.IDLE
    texts = [b"begin"] if begins else []
    texts += [statement.text.encode() for statement in statements]
    answers = _exchange(connection, texts)
    done = next((n for n, one in enumerate(answers) if one.status not in _DONE), len(answers))
    if done == len(texts):
        return
    if done == len(answers):
        message = "the connection was lost before the last answer"
        raise psycopg.OperationalError(message)
    error = error_from_result(answers[done], encoding=connection.info.encoding)
    if done >= begins:
        failed = statements[done - begins]
        error.add_note(f"line {failed.line}: {failed.title}")
    raise error


def _exchange(
    connection: "psycopg.Connection[Any]", texts: Sequence[bytes]
) -> list[pq.abc.PGresult]:
    """Return an answer for each text, or those that came before the connection was lost."""
    pgconn = connection.pgconn
    pgconn.enter_pipeline_mode()
    try:
        for text in texts:
            pgconn.send_query_params(text, None)
        pgconn.pipeline_sync()
        return list(_answers(pgconn))
    except KeyboardInterrupt:
        # The server is told to stop, and what it still has to say is heard out.
        connection.cancel_safe()
        list(_answers(pgconn))
        raise
    finally:
        if pgconn.status == pq.ConnStatus.OK:
            pgconn.exit_pipeline_mode()


def _answers(pgconn: pq.abc.PGconn) -> Iterator[pq.abc.PGresult]:
    """Yield the answers up to the end of what was sent, sending on what the socket did not take."""
    unsent = True
    while pgconn.status == pq.ConnStatus.OK:
        unsent = unsent and bool(pgconn.flush())
        if unsent or pgconn.is_busy():
            readable, _, _ = select.select([pgconn.socket], [pgconn.socket] if unsent else [], [])
            if readable:
                pgconn.consume_input()
            continue
        result = pgconn.get_result()
        if result is None:  # between two answers
            continue
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            return
        if result.status in _COPIES:
            # The server now waits for rows and libpq says so for ever: there is no way back.
            pgconn.finish()
            raise psycopg.OperationalError(_NO_COPY)
        yield result
