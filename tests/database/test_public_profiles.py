"""public.profiles: one per sign-in, with columns that only services write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.errors import InsufficientPrivilege, InvalidParameterValue

if TYPE_CHECKING:
    from tests.database.conftest import World


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ("email = 'nobody'", "profiles_email_check"),
        ("email = repeat('a', 320) || '@b'", "profiles_email_check"),
        ("display_name = ''", "profiles_display_name_check"),
        ("display_name = repeat('a', 101)", "profiles_display_name_check"),
        ("plan = 'gold'", "profiles_plan_check"),
        ("time_zone = repeat('a', 65)", "profiles_time_zone_check"),
        ("created_at = now() + interval '1 day'", "profiles_updated_at_check"),
        ("id = gen_random_uuid()", "profiles_id_fkey"),
    ],
)
def test_impossible_profiles_are_refused(world: World, wrong: str, constraint: str) -> None:
    ada = world.sign_up()

    assert world.violated(f"update public.profiles set {wrong} where id = %s", ada) == constraint


def test_a_time_zone_has_to_exist(world: World) -> None:
    world.sign_up(time_zone="Asia/Seoul")

    with pytest.raises(InvalidParameterValue):
        world.sign_up(time_zone="Asia/Atlantis")


def test_a_user_makes_and_edits_their_own_profile(world: World) -> None:
    ada = world.sign_up()
    world.run("delete from public.profiles where id = %s", ada)

    with world.acting_as("authenticated", ada):
        world.run("insert into public.profiles (id, display_name) values (%s, 'Ada')", ada)
        world.run("update public.profiles set time_zone = 'Asia/Seoul', digest_opt_out = true")
        profile = world.rows("select display_name, time_zone, plan from public.profiles")

    assert profile == [("Ada", "Asia/Seoul", "free")]


@pytest.mark.parametrize("column", ["id", "email", "plan", "created_at", "updated_at"])
def test_a_user_cannot_write_what_services_own(world: World, column: str) -> None:
    ada = world.sign_up()

    with pytest.raises(InsufficientPrivilege), world.acting_as("authenticated", ada):
        world.run(f"update public.profiles set {column} = {column}")


def test_deleting_the_sign_in_deletes_the_profile(world: World) -> None:
    ada = world.sign_up()

    world.run("delete from auth.users where id = %s", ada)

    assert world.rows("select * from public.profiles where id = %s", ada) == []
