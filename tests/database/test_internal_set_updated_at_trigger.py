"""internal.set_updated_at_trigger(): a changed row says when, and never goes back in time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.database.conftest import World


def test_a_later_stamp_than_ours_stays(world: World) -> None:
    ada = world.sign_up(updated_at="2999-01-01")

    world.run("update public.profiles set display_name = 'Ada', updated_at = '2026-01-01'")

    assert world.value("select updated_at from public.profiles where id = %s", ada).year == 2999


def test_the_stamp_is_the_time_of_the_transaction(world: World) -> None:
    world.sign_up(created_at="2026-01-01", updated_at="2026-01-01")

    world.run("update public.profiles set display_name = 'Ada'")

    stamp: datetime = world.value("select updated_at from public.profiles")
    assert stamp == world.value("select now()")
