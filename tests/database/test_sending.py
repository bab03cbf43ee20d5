"""Sending a script: everything at once, an answer to each, and a connection that stays usable."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.script import split
from toolkit.sending import send_together


@pytest.fixture
def connection(pristine_database: Database) -> Iterator[Connection]:
    """A connection that begins transactions."""
    with connect(pristine_database.url, autocommit=False) as opened:
        yield opened


def test_statements_run_in_one_transaction_that_the_caller_ends(connection: Connection) -> None:
    send_together(connection, split("create table public.a (n int); insert into a values (1);"))
    send_together(connection, split("insert into public.a select n + 1 from public.a;"))

    assert connection.info.transaction_status is TransactionStatus.INTRANS
    assert connection.execute("select array_agg(n order by n) from public.a").fetchone() == (
        [1, 2],
    )
    connection.rollback()
    assert connection.execute("select to_regclass('public.a')").fetchone() == (None,)


@pytest.mark.parametrize("answer", [0, 20_000])
def test_a_script_and_answers_larger_than_any_buffer_do_not_block_each_other(
    connection: Connection, answer: int
) -> None:
    statement = f"select repeat('x', {answer}) /* {'y' * 30_000} */;\n"

    send_together(connection, split(statement * 600 + "create table public.b ();"))

    assert connection.execute("select count(*) from public.b").fetchone() == (0,)


def test_the_first_failure_is_told_with_its_line_and_nothing_after_it_runs(
    connection: Connection,
) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero) as caught:
        send_together(connection, split("select 1;\n\nselect 1 / 0;\nselect nextval('none');"))

    assert caught.value.__notes__ == ["line 3: select 1 / 0"]
    assert connection.info.transaction_status is TransactionStatus.INERROR
    connection.rollback()
    assert connection.execute("select 1").fetchone() == (1,)


@pytest.mark.parametrize(
    "last",
    [
        "select pg_terminate_backend(pg_backend_pid());",
        # The client would have to send rows or to take them.
        "copy public.c from stdin;",
        "copy public.c to stdout;",
    ],
)
def test_a_connection_that_ends_or_cannot_go_on_is_an_error_and_no_wait(
    connection: Connection, last: str
) -> None:
    with pytest.raises(psycopg.OperationalError):
        send_together(connection, split(f"create table public.c (); {last} select 2; select 3;"))
