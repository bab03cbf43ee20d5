"""The result of a benchmark, and the JSON that others read."""

import json
from dataclasses import replace

from toolkit.bench.result import Benchmark, Cell, Control, Cost, Reference, Timing

COST = Cost(
    round_trips=3, statements=2, nested_statements=1, buffers=40, bytes_out=100, bytes_in=2_000
)


def cell(variant: str, *, rtt_ms: int, size: int, p50_ms: float) -> Cell:
    return Cell(variant, rtt_ms, size, COST, Timing(p50_ms, p50_ms * 2, repetitions=7))


BENCHMARK = Benchmark(
    workload="list_things",
    question="which things?",
    axis="things",
    server_kind="local",
    server_version="17.6",
    baseline="naive",
    candidate="function",
    headline=100,
    cells=(
        cell("naive", rtt_ms=0, size=10, p50_ms=8.0),
        cell("function", rtt_ms=0, size=10, p50_ms=4.0),
        cell("naive", rtt_ms=0, size=100, p50_ms=80.0),
        cell("function", rtt_ms=0, size=100, p50_ms=2.0),
        cell("naive", rtt_ms=5, size=100, p50_ms=1_000.00049),
        cell("function", rtt_ms=5, size=100, p50_ms=5.0),
    ),
    controls=(Control(rtt_ms=0, size=100, ratio=1.0321),),
    references=(Reference(rtt_ms=5, size=100, p50_ms=5.21),),
)


def test_speedup_is_the_ratio_of_medians_at_the_headline_size() -> None:
    assert BENCHMARK.speedup(0) == 40.0
    assert BENCHMARK.as_json()["speedup"] == {"rtt_0": 40.0, "rtt_5": 200.0}


def test_no_speedup_is_claimed_for_what_was_not_measured() -> None:
    assert BENCHMARK.speedup(20) is None
    assert replace(BENCHMARK, headline=1_000).as_json()["speedup"] == {}


def test_each_cell_is_one_record_under_the_name_of_the_axis() -> None:
    document = json.loads(json.dumps(BENCHMARK.as_json()))

    assert len(document["benchmark"]) == 6
    assert document["benchmark"][4] == {
        "variant": "naive",
        "rtt_ms": 5,
        "things": 100,
        "round_trips": 3,
        "statements": 2,
        "nested_statements": 1,
        "buffers": 40,
        "bytes_out": 100,
        "bytes_in": 2_000,
        "p50_ms": 1_000.0,
        "p95_ms": 2_000.001,
        "repetitions": 7,
    }


def test_what_a_reader_needs_to_judge_the_figures_stands_beside_them() -> None:
    document = BENCHMARK.as_json()

    assert document["control"] == [{"rtt_ms": 0, "things": 100, "ratio": 1.032}]
    assert document["select_1"] == [{"rtt_ms": 5, "things": 100, "p50_ms": 5.21}]
    assert document["speedup_of"] == {"variant": "function", "over": "naive", "things": 100}
    assert document["server"] == {"kind": "local", "version": "17.6"}
