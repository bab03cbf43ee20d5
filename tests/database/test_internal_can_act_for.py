"""internal.can_act_for(): who counts as a user, and who never does."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from psycopg.errors import InvalidTextRepresentation

if TYPE_CHECKING:
    from tests.database.conftest import World

ADA, BOB = UUID(int=0xA), UUID(int=0xB)


@pytest.fixture
def asked(world: World) -> World:
    """Let every role call the guard directly, which only the API's owner may."""
    world.run("grant usage on schema internal to anon, authenticated, service_role")
    world.run(
        "grant execute on function internal.can_act_for(uuid) to anon, authenticated, service_role"
    )
    return world


@pytest.mark.parametrize(
    ("role", "sub", "user_id", "expected"),
    [
        ("authenticated", ADA, ADA, True),
        ("authenticated", ADA, BOB, False),
        ("authenticated", ADA, None, False),
        ("authenticated", None, ADA, False),
        ("authenticated", None, None, False),
        ("anon", None, ADA, False),
        ("anon", None, None, False),
        ("service_role", None, ADA, True),
        ("service_role", BOB, ADA, True),
        ("service_role", None, None, False),
    ],
)
def test_only_the_user_and_services_count_as_the_user(
    asked: World, role: str, sub: UUID | str | None, user_id: UUID | None, *, expected: bool
) -> None:
    with asked.acting_as(role, sub):
        answer = asked.value("select internal.can_act_for(%s)", user_id)

    assert answer is expected


def test_a_claim_does_not_make_a_service(asked: World) -> None:
    with asked.acting_as("authenticated", ADA):
        asked.rows(
            """
            select
                set_config('request.jwt.claims', '{"role": "service_role"}', true),
                set_config('request.jwt.claim.role', 'service_role', true)
            """
        )
        answer = asked.value("select internal.can_act_for(%s)", BOB)

    assert answer is False


def test_a_session_that_became_nobody_is_nobody(world: World) -> None:
    assert world.value("select internal.can_act_for(%s)", ADA) is False


@pytest.mark.parametrize("sub", ["", "ada"])
def test_a_subject_that_is_no_id_is_an_error_and_no_answer(asked: World, sub: str) -> None:
    with pytest.raises(InvalidTextRepresentation), asked.acting_as("authenticated", sub):
        asked.value("select internal.can_act_for(%s)", uuid4())


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_no_role_of_the_api_reaches_the_guard_itself(world: World, role: str) -> None:
    reach = world.rows(
        """
        select
            has_function_privilege(%s, 'internal.can_act_for(uuid)', 'execute'),
            has_schema_privilege(%s, 'internal', 'usage')
        """,
        role,
        role,
    )

    assert reach == [(False, False)]
