"""internal.is_signed_in(): users and services are, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

if TYPE_CHECKING:
    from tests.database.conftest import World

CALL = "select internal.is_signed_in()"


@pytest.mark.parametrize(
    ("role", "sub", "expected"),
    [
        ("anon", None, False),
        ("authenticated", None, False),
        ("authenticated", uuid4(), True),
        ("service_role", None, True),
    ],
)
def test_who_is_signed_in(world: World, role: str, sub: UUID | None, *, expected: bool) -> None:
    world.run("grant usage on schema internal to anon, authenticated, service_role")
    world.run(
        "grant execute on function internal.is_signed_in() to anon, authenticated, service_role"
    )

    with world.acting_as(role, sub):
        assert world.value(CALL) is expected


def test_a_claim_does_not_make_a_service(world: World) -> None:
    world.run("select set_config('request.jwt.claims', '{\"role\": \"service_role\"}', true)")

    assert world.value(CALL) is False


def test_the_api_may_not_ask(world: World) -> None:
    assert world.refused("authenticated", uuid4(), CALL)[0] == "42501"
