"""internal.find_config_fault(): the first thing that is wrong with the config of a backtest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from tests.database.conftest import World

NOT_OBJECTS: list[object] = ["a", 1, None, [], [{}]]
FIND = "select internal.find_config_fault(%s)"
GOOD = {"symbols": ["BTC-USD"], "start_on": "2024-01-01", "end_on": "2024-12-31"}
FULL = {
    **GOOD,
    "timeframe": "1h",
    "initial_capital": 10_000,
    "fee_percent": 0.1,
    "slippage_percent": 0.05,
    "parameters": {"window": [10, 20], "note": None},
}
NO_OBJECT = "It is not an object."
NO_LIST = "symbols is not a list of 1 to 100."
NO_NAMES = "symbols holds something else than names of 1 to 32 characters."
NO_START = "start_on is not a day like 2024-01-31 in the years 1900 to 2099."
NO_END = "end_on is not a day like 2024-01-31 in the years 1900 to 2099."
NO_TIMEFRAME = "timeframe is none of 1m, 5m, 15m, 1h, 4h and 1d."
NO_CAPITAL = "initial_capital is not a number above 0 and up to 1e12."
NO_FEE = "fee_percent is not a number from 0 to 10."
NO_SLIPPAGE = "slippage_percent is not a number from 0 to 10."
NO_DAYS = (
    *(None, 20240101, "", "today", "2024-1-1", "2024-00-01", "2024-13-01", "2024-01-00"),
    *("2024-01-32", "2023-02-29", "2024-04-31", "1899-12-31", "2100-01-01", "2024-01-01T00:00"),
    *("2024-01-01\n", " 2024-01-01", ["2024-01-01"]),
)
UNKNOWN_KEY = "It has a key that no backtest knows."


def find(world: World, config: object) -> Any:
    return world.value(FIND, Jsonb(config))


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"symbols": [f"S{number}" for number in range(100)]},
        {"symbols": ["x" * 32, "é", "BRK/B", "a\nb"]},
        {"start_on": "1900-01-01", "end_on": "2099-12-31"},
        {"start_on": "2024-02-29", "end_on": "2024-02-29"},
        *({"timeframe": name} for name in ("1m", "5m", "15m", "1h", "4h", "1d")),
        {"initial_capital": 0.01},
        {"initial_capital": 1e12},
        {"fee_percent": 0, "slippage_percent": 10},
        {"parameters": {}},
    ],
)
def test_what_can_be_used_has_no_fault(world: World, change: dict[str, object]) -> None:
    assert find(world, {**FULL, **change}) is None


def test_what_is_optional_may_be_left_out(world: World) -> None:
    assert find(world, GOOD) is None


@pytest.mark.parametrize("config", [[], [GOOD], "text", 1, True, None])
def test_only_an_object_can_be_a_config(world: World, config: object) -> None:
    assert find(world, config) == NO_OBJECT


def test_no_config_is_no_object(world: World) -> None:
    assert world.value(FIND, None) == NO_OBJECT


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"Symbols": []}, UNKNOWN_KEY),
        ({"": 1}, UNKNOWN_KEY),
        ({"symbols\n": 1}, UNKNOWN_KEY),
        ({"symbols": []}, NO_LIST),
        ({"symbols": [f"S{number}" for number in range(101)]}, NO_LIST),
        ({"symbols": "BTC-USD"}, NO_LIST),
        ({"symbols": None}, NO_LIST),
        ({"symbols": {"0": "BTC-USD"}}, NO_LIST),
        ({"symbols": [""]}, NO_NAMES),
        ({"symbols": ["x" * 33]}, NO_NAMES),
        ({"symbols": ["a", 1]}, NO_NAMES),
        ({"symbols": ["a", None]}, NO_NAMES),
        ({"symbols": ["a", []]}, NO_NAMES),
        ({"symbols": ["a", ["b"]]}, NO_NAMES),
        ({"symbols": ["a", {}]}, NO_NAMES),
        ({"symbols": ["a", "b", "a"]}, "symbols names one of them twice."),
        *(
            ({key: day}, fault)
            for key, fault in (("start_on", NO_START), ("end_on", NO_END))
            for day in NO_DAYS
        ),
        ({"start_on": "2024-12-31", "end_on": "2024-12-30"}, "end_on is before start_on."),
        *(({"timeframe": name}, NO_TIMEFRAME) for name in ("2h", "1H", "", "1h ", 1, None, ["1h"])),
        *(
            ({"initial_capital": sum_}, NO_CAPITAL)
            for sum_ in (0, -1, 1_000_000_000_001, "10000", None, [1])
        ),
        *(({"fee_percent": rate}, NO_FEE) for rate in (-0.01, 10.01, "0.1", None, [0.1])),
        *(({"slippage_percent": rate}, NO_SLIPPAGE) for rate in (-0.01, 10.01, "1", None, [1])),
        *(({"parameters": of}, "parameters is not an object.") for of in NOT_OBJECTS),
    ],
)
def test_what_cannot_be_used_is_named(world: World, change: dict[str, object], fault: str) -> None:
    assert find(world, {**FULL, **change}) == fault


@pytest.mark.parametrize(
    ("key", "fault"), [("symbols", NO_LIST), ("start_on", NO_START), ("end_on", NO_END)]
)
def test_what_is_required_may_not_be_left_out(world: World, key: str, fault: str) -> None:
    assert find(world, {name: value for name, value in FULL.items() if name != key}) == fault


def test_length_is_counted_in_bytes_and_before_anything_else(world: World) -> None:
    spare = 16384 - len(
        world.value("select %s::jsonb::text", Jsonb({**GOOD, "parameters": {"a": ""}}))
    )
    fits = {**GOOD, "parameters": {"a": "x" * spare}}

    assert find(world, fits) is None
    assert find(world, {**fits, "timeframe": "1h"}) == "It is longer than 16384 bytes."
    assert find(world, ["é" * 8200]) == "It is longer than 16384 bytes."


def test_the_first_fault_counts(world: World) -> None:
    assert find(world, {"symbols": [], "start_on": "never", "end_on": 1}) == NO_LIST
