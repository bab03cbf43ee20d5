"""The proof against shadowing: it passes what means one thing only, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from toolkit.settings import Settings
from toolkit.verify import Check, Outcome
from toolkit.verify.declarations import Isolation, read_declarations
from toolkit.verify.shadowing import prove_unshadowed

if TYPE_CHECKING:
    from tests.database.conftest import World

SIGNATURE = "public.count_mine(uuid)"
COUNT = """
    create function public.count_mine(p_user_id uuid) returns bigint
    language plpgsql stable security definer {path}
    as $$
    {declaration}
    begin
        if p_user_id is null then
            return null;
        end if;
        {body}
    end;
    $$;
    grant execute on function public.count_mine(uuid) to authenticated;
"""
PINNED = "set search_path = ''"
BODY = "return (select count(*) from public.strategies where strategies.user_id = p_user_id);"
Prove = Callable[..., Check]


@pytest.fixture
def prove_again(world: World, settings: Settings) -> Prove:
    """Return what proves the function that is there."""
    world.strategy(world.sign_up())
    declarations = replace(
        read_declarations(settings.tenant), isolation=(Isolation(SIGNATURE, "p_user_id"),)
    )

    def prove_again() -> Check:
        world.run("set local search_path = ''")
        return prove_unshadowed(world.connection, declarations, SIGNATURE)

    return prove_again


@pytest.fixture
def prove(world: World, prove_again: Prove) -> Prove:
    """Return what makes the function and proves it, properly made but for what is given."""

    def prove(body: str = BODY, path: str = PINNED, declaration: str = "") -> Check:
        world.run(COUNT.format(body=body, path=path, declaration=declaration))
        return prove_again()

    return prove


def test_a_body_with_every_name_qualified_passes(prove: Prove) -> None:
    check = prove(declaration="declare v_count pg_catalog.text;")

    assert check.outcome is Outcome.PASSED
    assert int((check.evidence or "0").split()[0]) > 10


@pytest.mark.parametrize(
    ("kind", "broken"),
    [
        # Fixed, and not safe: temporary relations come first on every path.
        (
            "relation strategies",
            {"body": BODY.replace("public.", ""), "path": "set search_path = public"},
        ),
        ("operator =", {"body": "return (p_user_id = p_user_id)::integer;", "path": ""}),
        ("function clock_timestamp", {"body": "perform clock_timestamp();" + BODY, "path": ""}),
        ("type text", {"declaration": "declare v_note text := '';"}),
        ("type jsonb", {"body": "perform '[]'::jsonb;" + BODY}),
    ],
)
def test_a_name_that_the_caller_can_capture_is_found(
    prove: Prove, kind: str, broken: dict[str, str]
) -> None:
    (finding,) = prove(**broken).findings

    assert finding.object == SIGNATURE
    assert f"it uses the {kind} of whoever calls it" in finding.detail


def test_what_the_session_has_understood_before_hides_nothing(
    world: World, prove: Prove, prove_again: Prove
) -> None:
    prove(declaration="declare v_note text := '';")
    world.rows("select public.count_mine(null)")

    assert prove_again().outcome is Outcome.FAILED


def test_nothing_of_it_stays(world: World, prove: Prove) -> None:
    prove()

    assert world.rows("select from pg_namespace where nspname like 'hephaitos_hostile%%'") == []
    assert (
        world.value("select count(*) from pg_class where relnamespace = pg_my_temp_schema()") == 0
    )


def test_without_a_tenant_it_says_so(world: World, settings: Settings) -> None:
    world.run("set local search_path = ''")
    declarations = read_declarations(settings.tenant)

    check = prove_unshadowed(world.connection, declarations, declarations.isolation[0].function)

    assert check.skipped == "a tenant is needed, found none"
