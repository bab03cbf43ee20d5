"""The rows of a data set, as the text that COPY reads.

Knows each table's columns and formats; who exists is population's business.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from benchmarks.population import BEGIN, Job, Result, Strategy, User

_NULL = "\\N"
_CURVE_STEPS = 20
_NAMES = ("Momentum", "Mean reversion", "Breakout", "Carry", "Pairs", "Trend", "Grid")
_ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo")
_PLANS = ("free", "free", "free", "pro", "team")


@dataclass(frozen=True, slots=True)
class Table:
    """One table to fill.

    Args:
        name: qualified.
        columns: in the order of `rows`.
        rows: one user's rows, each a line of COPY's text format with its newline.
    """

    name: str
    columns: tuple[str, ...]
    rows: Callable[[User], Iterator[str]]


def _sign_ins(user: User) -> Iterator[str]:
    yield _sign_in(user.id, _email(user), _at(user.created_s), deleted_at=_NULL)
    if user.number % 10 == 5:  # somebody who left before having a profile
        gone = UUID(int=user.id.int ^ 1)
        yield _sign_in(gone, f"gone{user.number}@example.com", _at(0), deleted_at=_at(1))


def _sign_in(user_id: UUID, email: str, created_at: str, *, deleted_at: str) -> str:
    return _line(user_id, "authenticated", "authenticated", email, created_at, deleted_at)


def _profiles(user: User) -> Iterator[str]:
    yield _line(
        user.id,
        _email(user),
        _NULL if user.number % 10 == 9 else f"Trader {user.number}",
        _PLANS[user.number % len(_PLANS)],
        _ZONES[user.number % len(_ZONES)],
        _at(user.created_s),
        _at(user.created_s),
    )


def _strategies(user: User) -> Iterator[str]:
    for strategy in user.strategies:
        yield _line(
            user.id,
            strategy.id,
            f"{_NAMES[strategy.number % len(_NAMES)]} {strategy.number}",
            _NULL if strategy.number % 5 == 4 else f"Idea {strategy.number}, in two sentences.",
            strategy.status,
            json.dumps({"lookback_days": 5 + strategy.number % 200, "symbols": ["BTC-USD"]}),
            "t" if strategy.is_public else "f",
            _at(strategy.created_s),
            _at(strategy.updated_s),
            _at(strategy.last_activity_s),
        )


def _jobs(user: User) -> Iterator[str]:
    for strategy in user.strategies:
        for job in strategy.jobs:
            yield _job(user, strategy, job)


def _job(user: User, strategy: Strategy, job: Job) -> str:
    return _line(
        user.id,
        job.id,
        strategy.id,
        '{"capital": 10000}',
        job.status,
        job.progress,
        "exchange data ended early" if job.status == "failed" else _NULL,
        _at(job.created_s),
        _NULL if job.started_s is None else _at(job.started_s),
        _NULL if job.finished_s is None else _at(job.finished_s),
    )


def _results(user: User) -> Iterator[str]:
    for strategy in user.strategies:
        for result in strategy.results:
            yield _result(user, strategy, result)


def _result(user: User, strategy: Strategy, result: Result) -> str:
    return _line(
        user.id,
        result.id,
        strategy.id,
        result.job_id or _NULL,
        _thousandths(result.total_return),
        _thousandths(result.cagr),
        _thousandths(result.sharpe_ratio),
        _thousandths(result.max_drawdown),
        _thousandths(result.win_rate),
        _thousandths(result.profit_factor),
        result.trade_count,
        _curve(result),
        _at(result.created_s),
    )


# In the order that foreign keys ask for.
TABLES = (
    Table(
        "auth.users",
        ("id", "aud", "role", "email", "created_at", "deleted_at"),
        _sign_ins,
    ),
    Table(
        "public.profiles",
        ("id", "email", "display_name", "plan", "time_zone", "created_at", "updated_at"),
        _profiles,
    ),
    Table(
        "public.strategies",
        (
            "user_id",
            "id",
            "name",
            "description",
            "status",
            "config",
            "is_public",
            "created_at",
            "updated_at",
            "last_activity_at",
        ),
        _strategies,
    ),
    Table(
        "public.backtest_jobs",
        (
            "user_id",
            "id",
            "strategy_id",
            "config",
            "status",
            "progress",
            "error",
            "created_at",
            "started_at",
            "finished_at",
        ),
        _jobs,
    ),
    Table(
        "public.backtest_results",
        (
            "user_id",
            "id",
            "strategy_id",
            "job_id",
            "total_return",
            "cagr",
            "sharpe_ratio",
            "max_drawdown",
            "win_rate",
            "profit_factor",
            "total_trades",
            "equity_curve",
            "created_at",
        ),
        _results,
    ),
)


def lines_of(table: Table, users: Iterable[User]) -> Iterator[str]:
    """Return a table's lines for some users."""
    for user in users:
        yield from table.rows(user)


def _line(*values: object) -> str:
    return "\t".join(map(str, values)) + "\n"


def _email(user: User) -> str:
    return f"trader{user.number}@example.com"


def _at(after_s: int) -> str:
    return (BEGIN + timedelta(seconds=after_s)).isoformat()


def _thousandths(figure: int | None) -> str:
    if figure is None:
        return _NULL
    sign = "-" if figure < 0 else ""
    return f"{sign}{abs(figure) // 1_000}.{abs(figure) % 1_000:03}"


def _curve(result: Result) -> str:
    """Draw days and equity: straight to the total return, with the drawdown half way."""
    return json.dumps(
        [
            [
                10 * step,
                10_000
                + result.total_return * step // (10 * _CURVE_STEPS)
                - (result.max_drawdown // 10 if step == _CURVE_STEPS // 2 else 0),
            ]
            for step in range(_CURVE_STEPS + 1)
        ]
    )
