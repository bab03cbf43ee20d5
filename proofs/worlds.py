"""Small worlds with all that trips a query up: ties, nulls, no children, parents that are gone.

Results and jobs of different users have the same ids: a key of theirs begins with the user.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from hypothesis import strategies as st
from psycopg import sql
from psycopg.types.json import Jsonb

from toolkit.connect import Connection
from toolkit.verify.promise import Worlds

CONFIG = {"symbols": ["BTC-USD"], "start_on": "2024-01-01", "end_on": "2024-12-31"}
_SMALLEST_QUOTA = 5
_ENDED = "2026-06-01"
_MOMENTS = st.sampled_from(["2026-03-01", "2026-03-02", "2026-03-03"])
_FIGURES = st.none() | st.sampled_from(["-3", "-0.005", "0", "0.005", "1.115", "7"])
_STATES: Mapping[str, Mapping[str, object]] = {
    "queued": {},
    "running": {"started_at": _ENDED, "progress": 7},
    "completed": {"started_at": _ENDED, "finished_at": _ENDED, "progress": 100},
    "failed": {"finished_at": _ENDED, "error": "it broke"},
    "cancelled": {"finished_at": _ENDED},
}
Row = Mapping[str, object]


@dataclass(slots=True)
class World:
    """Rows to insert, by table and in order, and what goes again afterwards."""

    rows: list[tuple[str, Row]] = field(default_factory=list)
    gone: list[tuple[str, UUID]] = field(default_factory=list)


@st.composite
def _worlds(draw: st.DrawFn) -> World:
    world = World()
    for number in range(draw(st.integers(1, 3))):
        user = uuid5(NAMESPACE_OID, f"user {number}")
        plan = draw(st.sampled_from(["free", "pro"]))
        world.rows += [
            ("auth.users", {"id": user}),
            ("public.profiles", {"id": user, "plan": plan}),
        ]
        world.rows += _owned(draw, world, user)
    # One user may leave altogether, with everything.
    if draw(st.booleans()) and draw(st.booleans()):
        world.gone.append(("auth.users", uuid5(NAMESPACE_OID, "user 0")))
    return world


def _owned(draw: st.DrawFn, world: World, user: UUID) -> Iterator[tuple[str, Row]]:
    results = jobs = 0
    # Either a few of all kinds, or exactly as many under way as the smallest plan allows.
    is_busy = draw(st.booleans())
    states = ["completed", "cancelled"] if is_busy else ["queued", *_STATES]
    for place in range(draw(st.integers(0, 4))):
        strategy = uuid5(user, f"strategy {place}")
        yield "public.strategies", _strategy(draw, user, strategy)
        for _ in range(draw(st.integers(0, 4))):
            result = uuid5(NAMESPACE_OID, f"result {results}")
            results += 1
            yield "public.backtest_results", _result(draw, user, strategy, result)
            for trade_no in range(1, draw(st.integers(1, 4))):
                yield "public.trades", _trade(draw, user, result, trade_no)
        for status in draw(st.lists(st.sampled_from(states), max_size=3)):
            yield "public.backtest_jobs", _job(draw, user, strategy, jobs, status)
            jobs += 1
        for _ in range(_SMALLEST_QUOTA if is_busy and place == 0 else 0):
            yield "public.backtest_jobs", _job(draw, user, strategy, jobs, "queued")
            jobs += 1
        if draw(st.integers(0, 7)) == 7:
            world.gone.append(("public.strategies", strategy))
    for place in range(draw(st.integers(0, 3))):
        moment = draw(_MOMENTS)
        yield (
            "public.notifications",
            {
                "id": uuid5(NAMESPACE_OID, f"notification {place}"),
                "user_id": user,
                "kind": "hello",
                "title": f"title {place}",
                "created_at": moment,
                "read_at": draw(st.none() | st.just(_ENDED)),
            },
        )


def _strategy(draw: st.DrawFn, user: UUID, strategy: UUID) -> Row:
    return {
        "user_id": user,
        "id": strategy,
        "name": draw(st.sampled_from(["carry", "momentum"])),
        "description": draw(st.none() | st.just("described")),
        "status": draw(st.sampled_from(["draft", "ready", "archived"])),
        "is_public": draw(st.booleans()),
        "created_at": draw(_MOMENTS),
        "updated_at": _ENDED,
    }


def _result(draw: st.DrawFn, user: UUID, strategy: UUID, result: UUID) -> Row:
    return {
        "user_id": user,
        "id": result,
        "strategy_id": strategy,
        "sharpe_ratio": draw(_FIGURES),
        "cagr": draw(_FIGURES),
        "total_return": draw(_FIGURES) or "0",
        "win_rate": draw(st.none() | st.just("50")),
        "max_drawdown": "1",
        "total_trades": 1,
        "created_at": draw(_MOMENTS),
    }


def _trade(draw: st.DrawFn, user: UUID, result: UUID, trade_no: int) -> Row:
    return {
        "user_id": user,
        "backtest_id": result,
        "trade_no": trade_no,
        "executed_at": draw(_MOMENTS),
        "symbol": "BTC-USD",
        "side": draw(st.sampled_from(["buy", "sell"])),
        "quantity": 1,
        "price": 43_000,
        "pnl": draw(st.none() | st.just("-1.5")),
    }


def _job(draw: st.DrawFn, user: UUID, strategy: UUID, number: int, status: str) -> Row:
    return {
        "user_id": user,
        "id": uuid5(NAMESPACE_OID, f"job {number}"),
        "strategy_id": strategy,
        "status": status,
        "config": CONFIG,
        "idempotency_key": f"key {number}",
        "created_at": draw(_MOMENTS),
        **_STATES[status],
    }


def populate(connection: Connection, world: World) -> None:
    """Write a world; a statement a row."""
    with connection.pipeline():
        for table, row in world.rows:
            connection.execute(
                sql.SQL("insert into {} ({}) values ({})").format(
                    sql.Identifier(*table.split(".")),
                    sql.SQL(", ").join(map(sql.Identifier, row)),
                    sql.SQL(", ").join([sql.Placeholder()] * len(row)),
                ),
                [Jsonb(value) if isinstance(value, dict) else value for value in row.values()],
            )
        for table, gone in world.gone:
            connection.execute(
                sql.SQL("delete from {} where id = %s").format(sql.Identifier(*table.split("."))),
                [gone],
            )
        connection.execute("refresh materialized view internal.strategy_performance_agg")


_strategy_of_worlds: Any = _worlds()
WORLDS = Worlds(_strategy_of_worlds, populate)
