"""The relay before a real server: round trips as PostgreSQL's own protocol makes them."""

import time
from collections.abc import Iterator

import pytest

from toolkit.bench.client import open_client
from toolkit.bench.relay import Relay, Traffic
from toolkit.clones import Database
from toolkit.connect import Connection, connect


@pytest.fixture
def relay(shared_database: Database) -> Iterator[Relay]:
    """A relay that only counts."""
    with Relay(shared_database.url) as relay:
        yield relay


def cost(relay: Relay, connection: Connection, *statements: str) -> Traffic:
    before = relay.traffic()
    for statement in statements:
        connection.execute(statement.encode()).fetchall()
    return relay.traffic() - before


def test_one_statement_is_one_round_trip(relay: Relay) -> None:
    with connect(relay.url) as connection:
        assert cost(relay, connection, "select 1").round_trips == 1
        assert cost(relay, connection, *["select 1"] * 10).round_trips == 10


def test_parameters_and_large_answers_cost_no_more(relay: Relay) -> None:
    with connect(relay.url) as connection:
        before = relay.traffic()
        connection.execute("select repeat('x', %s) from generate_series(1, 1000)", [1_000])
        spent = relay.traffic() - before

    assert spent.round_trips == 1
    assert spent.bytes_in > 1_000_000


def test_a_pipeline_is_one_or_two_round_trips(relay: Relay) -> None:
    with connect(relay.url) as connection:
        before = relay.traffic()
        with connection.pipeline():
            for number in range(50):
                connection.execute("select %s", [number])
        spent = relay.traffic() - before

    assert spent.round_trips in (1, 2)


def test_a_transaction_costs_its_begin_and_its_commit(relay: Relay) -> None:
    with connect(relay.url) as connection:
        before = relay.traffic()
        with connection.transaction():
            connection.execute("select 1")
        spent = relay.traffic() - before

    assert spent.round_trips == 3


def test_neither_face_of_a_client_adds_a_round_trip(relay: Relay) -> None:
    with open_client(relay.url) as client:
        client.orm.exec_driver_sql("select 1")
        plain = cost(relay, client.connection, "select 1")
        before = relay.traffic()
        with client.session() as session:
            session.connection().exec_driver_sql("select 1").all()
            session.connection().exec_driver_sql("select 2").all()
        by_orm = relay.traffic() - before

    assert plain.round_trips == 1
    assert by_orm.round_trips == 2


@pytest.mark.parametrize("statements", [1, 4])
def test_time_grows_with_the_distance_by_the_round_trips_counted(
    shared_database: Database, statements: int
) -> None:
    """A physical witness: n round trips cost n times the distance, and not n + 1 times."""
    rtt_ms = 20
    fastest_ms = {}
    for distance_ms in (0, rtt_ms):
        with (
            Relay(shared_database.url, rtt_ms=distance_ms) as relay,
            connect(relay.url) as connection,
        ):
            counted = cost(relay, connection, *["select 1"] * statements).round_trips
            samples_ms = []
            for _ in range(9):
                begun = time.perf_counter()
                cost(relay, connection, *["select 1"] * statements)
                samples_ms.append((time.perf_counter() - begun) * 1_000)
            # A busy machine only ever adds to a sample.
            fastest_ms[distance_ms] = min(samples_ms)

    assert counted == statements
    assert fastest_ms[rtt_ms] >= counted * rtt_ms
    assert fastest_ms[rtt_ms] - fastest_ms[0] < (counted + 1) * rtt_ms
