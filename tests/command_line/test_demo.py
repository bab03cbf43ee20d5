"""hephaitos demo: what its JSON promises to machines, and its screen to a newcomer."""

import json
from typing import Any

import pytest

from tests.command_line.conftest import Ran, Run
from toolkit.server import Server

VARIANTS = {"naive", "lazy", "selectin", "sql", "function"}


@pytest.fixture(scope="module")
def demo(run_once: Run, server: Server) -> Ran:
    return run_once("demo", "--kind", server.kind, "--format", "json")


@pytest.fixture(scope="module")
def result(demo: Ran) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(demo.out)
    return document


def test_it_succeeds_and_keeps_progress_off_stdout(demo: Ran) -> None:
    assert demo.code == 0, demo.err
    assert demo.out.startswith("{")
    assert "applying revisions" in demo.err


def test_it_names_the_server_and_whether_pg_cron_is_real(
    result: dict[str, Any], server: Server
) -> None:
    assert result["server"] == {
        "kind": server.kind,
        "version": server.version,
        "pg_cron": server.capabilities.pg_cron,
    }


def test_every_check_passes_and_none_is_skipped_where_all_can_run(
    result: dict[str, Any], server: Server
) -> None:
    checks = result["checks"]

    assert checks["passed"] >= 20
    assert checks["failed"] == 0
    # The wheel has no plpgsql_check; every other server has all that the checks need.
    assert checks["skipped"] == (1 if server.kind == "embedded" else 0)


def test_the_function_takes_one_round_trip_at_any_number_of_strategies(
    result: dict[str, Any],
) -> None:
    trips = {
        (record["strategies"], record["round_trips"], record["statements"])
        for record in result["benchmark"]
        if record["variant"] == "function"
    }

    assert trips == {(10, 1, 1), (100, 1, 1), (1000, 1, 1)}


def test_counters_are_what_each_way_of_asking_must_cost(result: dict[str, Any]) -> None:
    at_100 = {
        record["variant"]: (record["round_trips"], record["statements"])
        for record in result["benchmark"]
        if record["strategies"] == 100
    }

    assert at_100 == {
        "naive": (201, 201),
        "lazy": (101, 101),
        "selectin": (2, 2),
        "sql": (1, 1),
        "function": (1, 1),
    }


def test_every_variant_is_timed_near_and_far(result: dict[str, Any]) -> None:
    timed = {
        (record["variant"], record["rtt_ms"])
        for record in result["benchmark"]
        if record["strategies"] == 100
    }

    assert timed == {(variant, rtt_ms) for variant in VARIANTS for rtt_ms in (0, 5)}
    assert all(0 < record["p50_ms"] <= record["p95_ms"] for record in result["benchmark"])
    assert result["speedup"].keys() == {"rtt_0", "rtt_5"}
