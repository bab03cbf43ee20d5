"""public.strategies: states that can be, and columns that their users may write."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from psycopg.errors import InsufficientPrivilege

if TYPE_CHECKING:
    from tests.database.conftest import World

STATUSES = ["draft", "backtesting", "ready", "running", "paused", "stopped", "archived"]


@pytest.fixture
def ada(world: World) -> UUID:
    return world.sign_up()


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ("name = ' '", "strategies_name_check"),
        ("name = repeat('a', 201)", "strategies_name_check"),
        ("description = repeat('a', 4001)", "strategies_description_check"),
        ("status = 'deleted'", "strategies_status_check"),
        ("config = '[]'", "strategies_config_check"),
        ("config = 'null'", "strategies_config_check"),
        ("config = jsonb_build_object('a', repeat('a', 65536))", "strategies_config_check"),
        ("created_at = now() + interval '1 day'", "strategies_updated_at_check"),
        ("user_id = gen_random_uuid()", "strategies_user_id_fkey"),
    ],
)
def test_impossible_strategies_are_refused(
    world: World, ada: UUID, wrong: str, constraint: str
) -> None:
    strategy = world.strategy(ada)

    violated = world.violated(f"update public.strategies set {wrong} where id = %s", strategy)

    assert violated == constraint


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_of_the_plan_is_possible(world: World, ada: UUID, status: str) -> None:
    world.strategy(ada, status=status)


def test_an_id_names_one_strategy_among_all_users(world: World, ada: UUID) -> None:
    strategy = world.strategy(ada)

    violated = world.violated(
        "insert into public.strategies (user_id, id, name) values (%s, %s, 'same id')",
        world.sign_up(),
        strategy,
    )

    assert violated == "strategies_id_key"


def test_a_user_makes_edits_and_deletes_their_own(world: World, ada: UUID) -> None:
    with world.acting_as("authenticated", ada):
        made = world.run(
            "insert into public.strategies (user_id, name, config) values (%s, 'mine', '{}')", ada
        )
        edited = world.run("update public.strategies set status = 'ready', is_public = true")
        deleted = world.run("delete from public.strategies")

    assert (made, edited, deleted) == (1, 1, 1)


@pytest.mark.parametrize(
    "column",
    ["user_id", "id", "created_at", "updated_at", "last_activity_at", "status_before_backtesting"],
)
def test_a_user_cannot_rewrite_whose_or_how_old_it_is(world: World, ada: UUID, column: str) -> None:
    world.strategy(ada)

    with pytest.raises(InsufficientPrivilege), world.acting_as("authenticated", ada):
        world.run(f"update public.strategies set {column} = {column}")


def test_a_public_strategy_still_shows_its_config_to_nobody_else(world: World, ada: UUID) -> None:
    world.strategy(ada, is_public=True)

    with world.acting_as("authenticated", world.sign_up()):
        assert world.rows("select * from public.strategies") == []
