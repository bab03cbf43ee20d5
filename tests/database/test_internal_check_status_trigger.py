"""internal.check_status_trigger(): from status to status as the table says, by any statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import CheckViolation

if TYPE_CHECKING:
    from uuid import UUID

    from tests.database.conftest import World

COLUMNS: dict[str, dict[str, object]] = {
    "queued": {"progress": 0, "started_at": None, "finished_at": None, "error": None},
    "running": {"progress": 0, "started_at": "2026-01-01", "finished_at": None, "error": None},
    "completed": {
        "progress": 100, "started_at": "2026-01-01", "finished_at": "2026-01-02", "error": None,
    },
    "failed": {
        "progress": 0, "started_at": "2026-01-01", "finished_at": "2026-01-02", "error": "no",
    },
    "cancelled": {
        "progress": 0, "started_at": "2026-01-01", "finished_at": "2026-01-02", "error": None,
    },
}  # fmt: skip
STRATEGIES = ["draft", "backtesting", "ready", "running", "paused", "stopped", "archived"]


def allowed(world: World, table: str) -> set[tuple[str, str]]:
    return {
        (row[0], row[1])
        for row in world.rows(
            "select from_status, to_status from internal.status_transitions where table_name = %s",
            table,
        )
    }


def refused(world: World, statement: str, *parameters: object) -> CheckViolation | None:
    try:
        with world.connection.transaction(force_rollback=True):
            world.run(statement, *parameters)
    except CheckViolation as error:
        return error
    return None


def test_every_step_of_a_strategy_is_as_the_table_says(world: World) -> None:
    ada = world.sign_up()
    known = allowed(world, "strategies")

    for before in STRATEGIES:
        strategy = world.strategy(ada, status=before)
        for after in STRATEGIES:
            error = refused(
                world, "update public.strategies set status = %s where id = %s", after, strategy
            )
            assert (error is None) is (before == after or (before, after) in known)


def test_every_step_of_a_job_is_as_the_table_says(world: World) -> None:
    ada = world.sign_up()
    known = allowed(world, "backtest_jobs")

    for before, columns in COLUMNS.items():
        job = world.job(ada, world.strategy(ada), status=before, **columns)
        for after, wanted in COLUMNS.items():
            names = ", ".join(f"{name} = %s" for name in wanted)
            error = refused(
                world,
                f"update public.backtest_jobs set status = %s, {names} where id = %s",
                after, *wanted.values(), job,
            )  # fmt: skip
            assert (error is None) is (before == after or (before, after) in known)


def test_the_error_says_where_it_may_go(world: World) -> None:
    ada = world.sign_up()
    world.strategy(ada, status="running")

    error = refused(world, "update public.strategies set status = 'archived'")

    assert error is not None
    assert (error.sqlstate, error.diag.table_name) == ("23514", "strategies")
    assert error.diag.message_detail == "In strategies nothing goes from running to archived."
    assert error.diag.message_hint == "From running it goes to: backtesting, paused, stopped."


def test_what_has_ended_goes_nowhere(world: World) -> None:
    ada = world.sign_up()
    world.job(ada, world.strategy(ada), status="completed", **COLUMNS["completed"])

    error = refused(
        world,
        "update public.backtest_jobs set status = 'running', finished_at = null, progress = 0",
    )

    assert error is not None
    assert error.diag.message_hint == "From completed it goes to: nowhere."


def test_one_wrong_row_among_many_refuses_the_statement(world: World) -> None:
    ada = world.sign_up()
    for status in ("ready", "paused", "draft"):
        world.strategy(ada, status=status)

    error = refused(world, "update public.strategies set status = 'running'")

    assert error is not None
    assert "from draft to running" in (error.diag.message_detail or "")


@pytest.mark.parametrize("status", STRATEGIES)
def test_history_may_be_loaded_in_any_status(world: World, status: str) -> None:
    ada = world.sign_up()

    assert world.strategy(ada, status=status)


def test_an_upsert_that_changes_a_status_is_held_to_it(world: World) -> None:
    ada = world.sign_up()
    strategy: UUID = world.strategy(ada)

    error = refused(
        world,
        """
        insert into public.strategies (user_id, id, name) values (%s, %s, 'x')
        on conflict (user_id, id) do update set status = 'running'
        """,
        ada, strategy,
    )  # fmt: skip

    assert error is not None


def test_a_user_is_held_to_it_without_seeing_the_table(world: World) -> None:
    ada = world.sign_up()
    world.strategy(ada)

    with world.acting_as("authenticated", ada):
        assert world.run("update public.strategies set status = 'ready'") == 1
        assert refused(world, "update public.strategies set status = 'paused'") is not None
