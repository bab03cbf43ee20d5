"""The proof of sameness: it passes what tells everybody the same, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from toolkit.settings import Settings
from toolkit.verify import Check, Outcome
from toolkit.verify.declarations import Shared, read_declarations
from toolkit.verify.sameness import prove_sameness

if TYPE_CHECKING:
    from tests.database.conftest import World

# A shared answer, with its guard and what it tells to be filled in.
READ = """
    create function public.read_shared(p_place integer{default}) returns setof text
    language plpgsql stable security definer set search_path = ''
    as $$
    begin
        if {guard} then
            raise exception 'sign in' using errcode = 'insufficient_privilege';
        end if;
        return query {query};
    end;
    $$;
    grant execute on function public.read_shared(integer) to authenticated, service_role, anon;
    grant usage on schema auth to public;
"""
GUARD = "current_setting('role') <> 'service_role' and auth.uid() is null"
SHARED = Shared("public.read_shared(integer)", "everybody reads it")
Prove = Callable[..., Check]


@pytest.fixture
def prove(world: World, settings: Settings) -> Prove:
    """Return what makes a function and proves it."""
    for _ in range(3):
        world.strategy(world.sign_up(), is_public=True)
    declarations = read_declarations(settings.tenant)

    def prove(
        query: str = "select name from public.strategies",
        guard: str = GUARD,
        default: str = " default 1",
    ) -> Check:
        world.run(READ.format(query=query, guard=guard, default=default))
        world.run("set local search_path = ''")
        return prove_sameness(world.connection, declarations, SHARED)

    return prove


def faults(check: Check) -> str:
    return "\n".join(finding.detail for finding in check.findings)


def test_what_tells_everybody_the_same_passes(prove: Prove) -> None:
    check = prove()

    assert check.outcome is Outcome.PASSED
    assert check.evidence == "12 callers"


@pytest.mark.parametrize(
    ("guard", "told"),
    [
        ("false", "the anonymous role was answered with 3 rows, where 42501 is due"),
        ("auth.uid() = '00000000-0000-0000-0000-000000000000'", "somebody signed in without sub"),
    ],
)
def test_a_guard_that_lets_nobody_pass_is_found(prove: Prove, guard: str, told: str) -> None:
    assert told in faults(prove(guard=guard))


def test_an_answer_that_depends_on_who_asks_is_found(prove: Prove) -> None:
    check = prove("select name from public.strategies where user_id is distinct from auth.uid()")

    assert "a tenant was answered with 2 rows, unlike a service" in faults(check)


def test_an_answer_that_names_a_tenant_is_found(prove: Prove) -> None:
    assert "the id of a tenant" in faults(prove("select user_id::text from public.strategies"))


def test_an_empty_answer_proves_nothing_and_says_so(prove: Prove) -> None:
    check = prove("select name from public.strategies where false")

    assert check.skipped == "nobody is answered with anything"


def test_a_parameter_without_a_default_is_found(prove: Prove) -> None:
    assert faults(prove(default="")) == "Nothing says what to pass for p_place."


def test_a_function_that_is_not_there_is_found(world: World, settings: Settings) -> None:
    check = prove_sameness(world.connection, read_declarations(settings.tenant), SHARED)

    assert faults(check) == "It does not exist."
