"""Trigger t50_cancel_archived: archiving and its effects are one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_what_is_not_archived_after_all_cancels_nothing(world: World) -> None:
    ada = world.sign_up()
    world.job(ada, world.strategy(ada))

    with world.connection.transaction(force_rollback=True):
        world.run("update public.strategies set status = 'archived'")
        during = world.value("select status from public.backtest_jobs")

    assert (during, world.value("select status from public.backtest_jobs")) == (
        "cancelled",
        "queued",
    )


def test_the_record_has_the_cause_before_its_effects(world: World) -> None:
    """A consumer that applies one change after another never sees an effect without its cause."""
    ada = world.sign_up()
    strategy = world.strategy(ada)
    for _ in range(2):
        world.job(ada, strategy)
    last = world.value("select max(seq) from audit.changes")

    world.run("update public.strategies set status = 'archived'")

    assert world.rows(
        "select table_name, new_row ->> 'status' from audit.changes where seq > %s order by seq",
        last,
    ) == [
        ("strategies", "archived"),
        ("backtest_jobs", "cancelled"),
        ("backtest_jobs", "cancelled"),
    ]
