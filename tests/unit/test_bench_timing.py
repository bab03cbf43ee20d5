"""Timing: how many samples, in which order, and what is said of them."""

import time
from itertools import chain

import pytest

from toolkit.bench.progress import silent
from toolkit.bench.timing import Pace, plan_rounds, summarise, time_together


@pytest.mark.parametrize(
    ("call_s", "repetitions"), [(0.000_1, 50), (0.02, 20), (0.1, 5), (10.0, 5)]
)
def test_samples_fill_the_budget_between_least_and_most(call_s: float, repetitions: int) -> None:
    assert Pace(budget_s=0.4, least=5, most=50).repetitions(call_s) == repetitions


def test_every_call_gets_exactly_the_samples_it_was_promised() -> None:
    rounds = plan_rounds({"slow": 5, "medium": 17, "fast": 50})

    played = list(chain.from_iterable(rounds))
    assert {name: played.count(name) for name in played} == {"slow": 5, "medium": 17, "fast": 50}
    assert len(rounds) == 50
    assert all(len(names) == len(set(names)) for names in rounds)


def test_samples_of_a_slow_call_span_the_whole_time() -> None:
    rounds = plan_rounds({"slow": 5, "fast": 50})

    turns = [turn for turn, names in enumerate(rounds) if "slow" in names]
    assert turns == [9, 19, 29, 39, 49]


def test_no_call_always_follows_the_same_other() -> None:
    rounds = plan_rounds({"a": 50, "b": 50})

    assert 10 < sum(names[0] == "a" for names in rounds) < 40
    assert rounds == plan_rounds({"a": 50, "b": 50})


def test_percentiles_are_those_of_the_samples() -> None:
    timing = summarise([float(sample) for sample in range(101)])

    assert (timing.p50_ms, timing.p95_ms, timing.repetitions) == (50.0, 95.0, 101)


def test_calls_are_timed_in_milliseconds_and_side_by_side() -> None:
    order: list[str] = []

    def slow() -> None:
        order.append("slow")
        time.sleep(0.01)  # the thing measured: a call of known length

    def fast() -> None:
        order.append("fast")

    pace = Pace(budget_s=0.1, least=5, most=10, warm_up_s=0.0)
    heard: list[tuple[str, int, int]] = []
    timings = time_together(
        {"slow": slow, "fast": fast},
        pace,
        stage="here",
        progress=lambda stage, *, done, total: heard.append((stage, done, total)),
    )

    assert 10 <= timings["slow"].p50_ms < 1_000
    assert timings["fast"].p50_ms < 10
    assert timings["fast"].repetitions == 10
    assert order[:2] == ["slow", "fast"]  # one warm-up each, not counted
    assert len(order) == 2 + timings["slow"].repetitions + timings["fast"].repetitions
    assert order[2:] != sorted(order[2:])
    assert heard == [("here", done, 10) for done in range(1, 11)]


def test_a_call_is_warm_before_it_is_timed() -> None:
    calls = 0

    def cold_at_first() -> None:
        nonlocal calls
        calls += 1
        if calls <= 5:
            time.sleep(0.02)  # the thing measured: five slow calls, then quick ones

    pace = Pace(budget_s=0.1, least=5, most=5, warm_up_s=1.0, warm_up_calls=8)
    timing = time_together({"call": cold_at_first}, pace, stage="here", progress=silent)["call"]

    assert calls == 13
    assert timing.p95_ms < 20
