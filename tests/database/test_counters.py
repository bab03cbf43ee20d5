"""Counters: exact, for one database, nested statements included."""

from collections.abc import Iterator

import pytest
from psycopg import sql

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.counters import Counters, CountersUnavailable, ServerCost

LOOP = """
    create function public.ask_in_a_loop(p_times integer) returns void language plpgsql
    volatile security definer set search_path = '' as $$
    begin
        for _ in 1..p_times loop
            perform name from public.strategies where user_id is null;
        end loop;
    end $$
"""


@pytest.fixture
def reader(own_database: Database) -> Iterator[Connection]:
    """The superuser's connection, which reads."""
    with connect(own_database.admin_url) as connection:
        yield connection


@pytest.fixture
def measured(own_database: Database) -> Iterator[Connection]:
    """The connection whose statements are counted, with a function that hides a loop."""
    with connect(own_database.url) as connection:
        connection.execute(LOOP)
        yield connection


def spent(counters: Counters, connection: Connection, *statements: str) -> ServerCost:
    before = counters.read()
    for statement in statements:
        connection.execute(statement.encode())
    return counters.read() - before


def test_statements_of_clients_are_counted_one_by_one(
    reader: Connection, measured: Connection
) -> None:
    counters = Counters(reader)

    assert spent(counters, measured, *["select 1"] * 7).statements == 7
    assert spent(counters, measured).statements == 0


@pytest.mark.parametrize("times", [1, 10, 100])
def test_a_loop_inside_one_statement_is_seen(
    reader: Connection, measured: Connection, times: int
) -> None:
    counters = Counters(reader)
    measured.execute(b"select public.ask_in_a_loop(1)")

    cost = spent(counters, measured, f"select public.ask_in_a_loop({times})")

    assert (cost.statements, cost.nested_statements) == (1, times)


def test_statements_of_the_owner_of_a_definer_function_are_counted(
    reader: Connection, measured: Connection
) -> None:
    measured.execute(b"grant create on schema public to hephaitos_api")
    measured.execute(b"grant select on public.strategies to hephaitos_api")
    measured.execute(b"alter function public.ask_in_a_loop owner to hephaitos_api")
    counters = Counters(reader)

    assert spent(counters, measured, "select public.ask_in_a_loop(3)").nested_statements == 3


def test_pages_are_counted_once_however_deep_they_are_read(
    reader: Connection, measured: Connection
) -> None:
    measured.execute(
        b"create table public.wide as select repeat('x', 900) from generate_series(1, 800)"
    )
    measured.execute(
        b"""create function public.scan() returns bigint language plpgsql stable as $$
        begin return (select count(*) from public.wide); end $$"""
    )
    measured.execute(b"vacuum public.wide")
    measured.execute(b"select count(*) from public.wide")
    measured.execute(b"select public.scan()")
    counters = Counters(reader)

    straight = spent(counters, measured, "select count(*) from public.wide")
    through_function = spent(counters, measured, "select public.scan()")

    assert straight.buffers >= 100
    assert through_function.buffers == straight.buffers


def test_other_databases_and_the_reader_itself_are_not_counted(
    reader: Connection, shared_database: Database
) -> None:
    counters = Counters(reader)
    with connect(shared_database.url) as elsewhere:
        assert spent(counters, elsewhere, "select 1") == ServerCost()
    assert spent(counters, reader, "select 1") == ServerCost()


def test_the_extension_is_found_wherever_it_lives(reader: Connection, measured: Connection) -> None:
    reader.execute("create schema elsewhere")
    reader.execute("alter extension pg_stat_statements set schema elsewhere")

    assert spent(Counters(reader), measured, "select 1").statements == 1


def test_a_database_without_the_extension_is_refused(reader: Connection) -> None:
    reader.execute("drop extension pg_stat_statements")

    with pytest.raises(CountersUnavailable) as caught:
        Counters(reader)

    assert "create extension pg_stat_statements" in caught.value.hint


def test_a_server_that_counts_only_the_top_is_refused(reader: Connection) -> None:
    reader.execute(sql.SQL("set pg_stat_statements.track = 'top'"))

    with pytest.raises(CountersUnavailable) as caught:
        Counters(reader)

    assert caught.value.detail == "pg_stat_statements.track is top"
