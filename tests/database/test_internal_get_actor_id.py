"""internal.get_actor_id(): who acts, as far as the request says."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World

ADA = UUID("7c1d9a2e-0000-4000-8000-00000000000a")


def test_who_acts_is_read_from_the_request(world: World) -> None:
    ada = world.sign_up()
    strategy = world.strategy(ada)
    with world.acting_as("authenticated", ada):
        world.run("""select set_config('request.headers', '{"x-request-id": "r-1"}', true)""")
        world.run("set local application_name = 'shop'")
        world.run("update public.strategies set name = 'mine'")

        # Read past the policies, inside the block of which nothing stays.
        world.run("reset role")
        assert world.rows(
            "select user_id, actor_id, actor_role, session_role, request_id, application_name "
            "from audit.changes where operation = 'update' and record_key ->> 'id' = %s",
            str(strategy),
        ) == [(ada, ada, "authenticated", "migrator", "r-1", "shop")]


def test_outside_a_request_nobody_acts(world: World) -> None:
    world.sign_up()

    assert world.rows("select actor_id, actor_role, request_id from audit.changes") == [
        (None, None, None)
    ]


@pytest.mark.parametrize(
    ("setting", "value", "actor"),
    [
        ("request.jwt.claim.sub", f"{ADA}", ADA),
        ("request.jwt.claims", f'{{"sub": "{ADA}"}}', ADA),
        ("request.jwt.claims", f'{{"sub": "{str(ADA).upper()}"}}', ADA),
        ("request.jwt.claims", f'{{"sub": "{ADA}0"}}', None),
        ("request.jwt.claims", '{"sub": "reporting-service"}', None),
        ("request.jwt.claims", '{"role": "service_role"}', None),
        ("request.jwt.claims", "", None),
    ],
)
def test_a_service_may_have_no_id(
    world: World, setting: str, value: str, actor: UUID | None
) -> None:
    world.run("select set_config(%s, %s, true)", setting, value)

    world.sign_up()

    assert world.value("select actor_id from audit.changes") == actor
