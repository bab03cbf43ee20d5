"""Who is in a data set: users, their strategies, the jobs and results of each.

Pure, and a function of the seed alone: the same on every machine and server. Users are made one
at a time, so memory holds one user's world however large the whole is.

Skewed as such data is in life: few users own most strategies, few results most trades; some own
nothing. What trips software up is there on purpose: equal timestamps, ratios that are null, means
that fall exactly between two cents, results whose job is gone, jobs whose result is gone.
"""

import random
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from uuid import UUID

# Benchmarks ask for users with exactly so many strategies; every size has them.
SUBJECTS = (10, 100, 1_000)
BEGIN = datetime(2024, 7, 1, tzinfo=UTC)
_SPAN_S = 540 * 24 * 3_600
_DAY_S = 24 * 3_600

_STATUSES = ("draft", "ready", "running", "paused", "stopped", "archived", "backtesting")
_STATUS_WEIGHTS = tuple(accumulate((20, 35, 15, 10, 8, 10, 2)))
_UNFINISHED = ("queued", "running", "failed", "cancelled")
_UNFINISHED_WEIGHTS = tuple(accumulate((10, 5, 60, 25)))


@dataclass(frozen=True, slots=True)
class Size:
    """How much to make.

    Args:
        name: what the command line calls it.
        users: how many have a profile.
        trades: what the results' counts of trades add up to.
        keeps_trades: whether the trades themselves are made as well; studies of their table make
            them by themselves.
    """

    name: str
    users: int
    trades: int
    keeps_trades: bool = True


SIZES = {
    size.name: size
    for size in (
        Size("demo", users=200, trades=20_000),
        Size("small", users=300, trades=100_000),
        Size("medium", users=1_500, trades=1_000_000),
        Size("large", users=6_000, trades=10_000_000),
    )
}


@dataclass(frozen=True, slots=True)
class Job:
    """One asked-for backtest; times in seconds after BEGIN."""

    id: UUID
    status: str
    progress: int
    created_s: int
    started_s: int | None
    finished_s: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """One finished backtest; figures in thousandths, None where there is none to give."""

    id: UUID
    job_id: UUID | None
    total_return: int
    cagr: int | None
    sharpe_ratio: int | None
    max_drawdown: int
    win_rate: int | None
    profit_factor: int | None
    trade_count: int
    created_s: int


@dataclass(frozen=True, slots=True)
class Strategy:
    """One strategy with everything below it."""

    id: UUID
    number: int
    status: str
    is_public: bool
    created_s: int
    updated_s: int
    last_activity_s: int
    jobs: tuple[Job, ...]
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class User:
    """One person with all that is theirs."""

    id: UUID
    number: int
    created_s: int
    strategies: tuple[Strategy, ...]

    def results(self) -> Iterator[Result]:
        """Iterate over the results of all strategies."""
        return (result for strategy in self.strategies for result in strategy.results)


def users(size: Size, seed: int) -> Iterator[User]:
    """Make every user in turn.

    Args:
        size: how much.
        seed: the same seed makes the same users.

    Yields:
        `size.users` users. Time O(all that is theirs), memory O(one user's).
    """
    counts = [_strategy_count(number) for number in range(size.users)]
    shares = _apportion(size.trades, counts)
    for number, (strategy_count, trades) in enumerate(zip(counts, shares, strict=True)):
        yield _User(random.Random(f"{seed}/{number}"), number).make(strategy_count, trades)


def _strategy_count(number: int) -> int:
    """Return how many strategies the user of a number has: subjects first, then a long tail."""
    if number < len(SUBJECTS):
        return SUBJECTS[number]
    if number % 7 == 0:
        return 0
    return max(1, 600 // number)


def _apportion(total: int, weights: list[int]) -> list[int]:
    """Split a total into whole shares by weight; the shares add up to it exactly."""
    ends = [total * reached // sum(weights) for reached in accumulate(weights)]
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]


class _User:
    """The chance of one user, apart from every other's: users can be made in any order."""

    def __init__(self, chance: random.Random, number: int) -> None:
        self._chance = chance
        self._number = number

    def make(self, strategy_count: int, trades: int) -> User:
        created_s = self._below(_SPAN_S // 2)
        user_id = self._uuid()
        sizes = [self._result_count(number) for number in range(strategy_count)]
        weights = [self._trade_weight() for _ in range(sum(sizes))]
        if weights and not any(weights):
            weights[0] = 1
        trade_counts = iter(_apportion(trades, weights)) if weights else iter(())
        strategies = []
        begun_s = created_s
        for number, result_count in enumerate(sizes):
            # One in eight is made in the same instant as the one before: an import of several.
            begun_s += 0 if number % 8 == 7 else self._below(_SPAN_S // (3 * strategy_count))
            counts = [next(trade_counts) for _ in range(result_count)]
            strategies.append(self._strategy(number, begun_s, counts))
        return User(user_id, self._number, created_s, tuple(strategies))

    def _strategy(self, number: int, created_s: int, trade_counts: list[int]) -> Strategy:
        jobs: list[Job] = []
        results: list[Result] = []
        at_s = created_s + 600
        # Some strategies trade too rarely for a ratio, in all of their backtests.
        has_ratios = self._below(12) > 0
        for trade_count in trade_counts:
            at_s += 0 if self._below(10) == 0 else self._below(_DAY_S)
            job = None if self._below(15) == 0 else self._finished_job(at_s)
            results.append(self._result(job, at_s, trade_count, has_ratios=has_ratios))
            jobs.extend([job] if job else [])
        while self._below(4) == 0:
            at_s += self._below(_DAY_S)
            jobs.append(self._job_without_result(at_s))
        return Strategy(
            id=self._uuid(),
            number=number,
            status=self._one_of(_STATUSES, _STATUS_WEIGHTS),
            is_public=self._below(3) == 0,
            created_s=created_s,
            updated_s=created_s + self._below(_DAY_S),
            last_activity_s=at_s,
            jobs=tuple(jobs),
            results=tuple(results),
        )

    def _finished_job(self, finished_s: int) -> Job:
        started_s = finished_s - 5 - self._below(300)
        return Job(self._uuid(), "completed", 100, started_s - 2, started_s, finished_s)

    def _job_without_result(self, created_s: int) -> Job:
        if self._below(5) == 0:  # it had one, which was deleted
            return self._finished_job(created_s)
        status = self._one_of(_UNFINISHED, _UNFINISHED_WEIGHTS)
        queued = status == "queued"
        return Job(
            id=self._uuid(),
            status=status,
            progress=0 if queued else self._below(100),
            created_s=created_s,
            started_s=None if queued else created_s + 2,
            finished_s=created_s + 60 if status in ("failed", "cancelled") else None,
        )

    def _result(
        self, job: Job | None, created_s: int, trade_count: int, *, has_ratios: bool
    ) -> Result:
        return Result(
            id=self._uuid(),
            job_id=job.id if job else None,
            total_return=self._below(160_000) - 60_000,
            cagr=self._below(70_000) - 30_000 if has_ratios and self._below(9) else None,
            sharpe_ratio=self._below(5_000) - 1_500 if has_ratios and self._below(7) else None,
            max_drawdown=self._below(60_000),
            win_rate=self._below(100_001) if trade_count else None,
            profit_factor=self._below(4_000) if trade_count > 1 else None,
            trade_count=trade_count,
            created_s=created_s,
        )

    def _result_count(self, number: int) -> int:
        """Return how many results a strategy has: none for one in five, more than 64 for some."""
        # A user's first strategy always has one, so that the user's share of trades has a place.
        if number and self._below(5) == 0:
            return 0
        return 1 + self._below(2 ** (1 + self._below(5))) + (64 if self._below(100) == 0 else 0)

    def _trade_weight(self) -> int:
        """Return the share of a result in its user's trades: none for one in six, else skewed."""
        return 0 if self._below(6) == 0 else 2 ** self._below(11)

    def _uuid(self) -> UUID:
        return UUID(int=self._chance.getrandbits(128), version=4)

    def _below(self, limit: int) -> int:
        # Of the generator's methods only random() and getrandbits() are promised to stay the same
        # from one Python to the next.
        return int(self._chance.random() * limit)

    def _one_of(self, names: tuple[str, ...], reached: tuple[int, ...]) -> str:
        return names[bisect(reached, self._below(reached[-1]))]
