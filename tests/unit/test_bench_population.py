"""The people of a data set: always the same, skewed, and with what trips software up."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from toolkit.modules import load_module

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
population = load_module(BENCHMARKS, "population")
rows = load_module(BENCHMARKS, "rows")
trades = load_module(BENCHMARKS, "trades")

SIZE = population.SIZES["demo"]


def has_ties(values: Iterable[object]) -> bool:
    return max(Counter(values).values(), default=0) > 1


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


@pytest.fixture(scope="module")
def users() -> list[Any]:
    return list(population.users(SIZE, seed=1))


def test_the_same_seed_makes_the_same_people_and_another_seed_others() -> None:
    size = population.Size("few", users=30, trades=500)

    assert list(population.users(size, 7)) == list(population.users(size, 7))
    assert list(population.users(size, 7)) != list(population.users(size, 8))


@pytest.mark.parametrize("name", list(population.SIZES))
def test_every_size_has_the_subjects_of_the_benchmarks(name: str) -> None:
    size = population.SIZES[name]
    some = population.Size(name, users=3, trades=size.trades)

    owned = [len(user.strategies) for user in population.users(some, seed=1)]
    assert owned == [10, 100, 1_000]


def test_the_counts_of_trades_add_up_to_the_size(users: list[Any]) -> None:
    counts = [result.trade_count for user in users for result in user.results()]

    assert sum(counts) == SIZE.trades
    assert min(counts) == 0


def test_few_users_own_most_and_some_own_nothing(users: list[Any]) -> None:
    owned = sorted((len(user.strategies) for user in users), reverse=True)

    assert owned[-1] == 0
    assert sum(owned[: len(owned) // 10]) > sum(owned) * 2 / 3


def test_ties_nulls_and_lost_parents_are_among_them(users: list[Any]) -> None:
    strategies = [strategy for user in users for strategy in user.strategies]
    results = [result for user in users for result in user.results()]
    jobs = [job for strategy in strategies for job in strategy.jobs]
    served = {result.job_id for result in results}

    assert any(not strategy.results for strategy in strategies)
    assert max(len(strategy.results) for strategy in strategies) > 64
    assert any(has_ties(strategy.created_s for strategy in user.strategies) for user in users)
    assert any(has_ties(result.created_s for result in strategy.results) for strategy in strategies)
    assert any(
        strategy.results and all(result.sharpe_ratio is None for result in strategy.results)
        for strategy in strategies
    )
    assert any(result.cagr is None and result.sharpe_ratio is not None for result in results)
    assert None in served
    assert any(job.status == "completed" and job.id not in served for job in jobs)
    assert {job.status for job in jobs} == {"completed", "queued", "running", "failed", "cancelled"}


def test_some_averages_fall_exactly_between_two_cents_on_either_side_of_zero(
    users: list[Any],
) -> None:
    halves = Counter(
        total > 0
        for user in users
        for strategy in user.strategies
        if (total := sum(result.total_return for result in strategy.results))
        # In thousandths: the mean ends in exactly five of them.
        and total % len(strategy.results) == 0
        and abs(total) // len(strategy.results) % 10 == 5
    )

    assert halves[True] > 10
    assert halves[False] > 10


def test_one_user_s_world_does_not_depend_on_how_many_others_there_are() -> None:
    few = population.Size("few", users=30, trades=0)
    more = population.Size("more", users=40, trades=0)

    assert list(population.users(more, 1))[:30] == list(population.users(few, 1))


def test_the_text_of_every_row_is_what_it_was(users: list[Any]) -> None:
    """The figures of two runs are comparable only on the same rows: a change here is a new seed."""
    text = "".join(line for table in rows.TABLES for line in rows.lines_of(table, users))
    traded = b"".join(block for _, block in trades.blocks(iter(users), 5_000))

    assert fingerprint(text.encode()) == "66d234cb868b5bc9"
    assert fingerprint(traded) == "a7d673ce6d58dd74"


def test_trades_are_numbered_in_order_of_time_and_sold_after_they_were_bought(
    users: list[Any],
) -> None:
    lines = b"".join(block for _, block in trades.blocks(iter(users), 1_000)).decode().splitlines()
    seen: dict[str, list[list[str]]] = {}
    for line in lines:
        fields = line.split("\t")
        seen.setdefault(fields[1], []).append(fields)

    assert len(lines) == SIZE.trades
    for of_one in seen.values():
        assert [int(fields[2]) for fields in of_one] == list(range(1, len(of_one) + 1))
        assert [fields[9] for fields in of_one] == sorted(fields[9] for fields in of_one)
        assert [fields[4] for fields in of_one[:2]] in (["buy"], ["buy", "sell"])
        assert all((fields[8] == "\\N") == (fields[4] == "buy") for fields in of_one)
    assert any(has_ties(fields[9] for fields in of_one) for of_one in seen.values())


@pytest.mark.parametrize(
    ("thousandths", "text"), [(1_005, "1.005"), (-5, "-0.005"), (0, "0.000"), (None, "\\N")]
)
def test_thousandths_are_written_exactly(thousandths: int | None, text: str) -> None:
    assert rows._thousandths(thousandths) == text
