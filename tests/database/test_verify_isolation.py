"""The proof of isolation: it passes what isolates, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from toolkit.connect import Connection
from toolkit.settings import Settings
from toolkit.verify import Check, Outcome
from toolkit.verify.declarations import Declarations, Isolation, read_declarations
from toolkit.verify.isolation import prove_isolation

if TYPE_CHECKING:
    from tests.database.conftest import World

DASHBOARD = "public.get_strategies_with_performance(uuid)"
GUARD = "if not internal.can_act_for(p_user_id) then"
# A read of one strategy, with the guard and the condition to be filled in.
DETAIL = """
    create or replace function public.read_strategy(p_strategy_id uuid, p_user_id uuid)
    returns jsonb
    language plpgsql
    {volatility}
    security definer
    set search_path = ''
    as $$
    begin
        if not internal.can_act_for({guarded}) then
            raise exception 'permission denied' using errcode = 'insufficient_privilege';
        end if;
        return (
            select to_jsonb(strategies) from public.strategies where {condition}
        );
    end;
    $$;
    grant execute on function public.read_strategy(uuid, uuid) to authenticated, service_role;
"""
PROPERLY = (
    "can_act_for.p_user_id is not null and (current_setting('role') = 'service_role' "
    "or can_act_for.p_user_id is not distinct from auth.uid())"
)
PROPER = "strategies.user_id = p_user_id and strategies.id = p_strategy_id"
READ_STRATEGY = Isolation(
    "public.read_strategy(uuid, uuid)",
    "p_user_id",
    "select strategies.id as p_strategy_id from public.strategies "
    "where strategies.user_id = %(tenant)s order by 1 limit 1",
)
Prove = Callable[..., Check]


@pytest.fixture
def declarations(settings: Settings) -> Declarations:
    return read_declarations(settings.tenant)


@pytest.fixture
def world(world: World) -> World:
    """Return a world of three users with two strategies each, and no second line of defence."""
    world.run("alter policy strategies_select_api on public.strategies using (true)")
    for name in ("ada", "bea", "cyd"):
        user_id = world.sign_up(display_name=name)
        for strategy in ("momentum", "carry"):
            world.strategy(user_id, name=strategy)
    return world


@pytest.fixture
def prove(world: World, declarations: Declarations) -> Prove:
    """Return what proves one function, the dashboard unless another is named."""
    (dashboard,) = (one for one in declarations.isolation if one.function == DASHBOARD)

    def prove(
        declared: Isolation = dashboard, *, may_delete: bool = False, **changed: str
    ) -> Check:
        world.run("set local search_path = ''")
        names = replace(declarations, **changed)  # type: ignore[arg-type]  # only texts are changed
        return prove_isolation(world.connection, names, declared, may_delete=may_delete)

    return prove


def faults(check: Check) -> str:
    return "\n".join(finding.detail for finding in check.findings)


def replace_guard(world: World, guard: str) -> None:
    """Put another condition in the place of the dashboard's guard."""
    definition = world.value("select pg_get_functiondef(%s::regprocedure)", DASHBOARD)
    assert GUARD in definition
    world.run(definition.replace(GUARD, guard))


def decide_by(world: World, expression: str) -> None:
    """Let the predicate behind every guard decide otherwise."""
    world.run(
        f"""
        create or replace function internal.can_act_for(p_user_id uuid) returns boolean
        language sql stable security invoker begin atomic select {expression}; end
        """
    )


def create_detail(world: World, **parts: str) -> None:
    """Create public.read_strategy, proper but for the parts given."""
    filled = {"volatility": "stable", "guarded": "p_user_id", "condition": PROPER, **parts}
    world.run(DETAIL.format(**filled))


def test_the_dashboard_isolates(prove: Prove) -> None:
    check = prove()

    assert check.findings == ()
    assert check.outcome is Outcome.PASSED
    assert check.evidence == "72 calls by 12 callers"


def test_a_guard_that_is_gone_is_found(world: World, prove: Prove) -> None:
    replace_guard(world, "if false then")

    found = faults(prove())

    assert "somebody signed in without sub, asking for a tenant, was answered" in found
    assert "a tenant, asking for another tenant, was answered" in found
    assert "a tenant whose claims pretend to be a service, asking for another tenant, " in found
    assert "a tenant, asking for NULL, was answered" in found


def test_a_guard_that_null_passes_is_found(world: World, prove: Prove) -> None:
    """Who has no identity is neither equal nor unequal to anybody."""
    decide_by(
        world,
        "not (can_act_for.p_user_id <> auth.uid() and current_setting('role') <> 'service_role')",
    )

    found = faults(prove())

    assert "somebody without claims, asking for a tenant, was answered with 2 rows" in found
    assert "somebody signed in with a null sub, asking for a tenant, was answered" in found
    assert "a tenant, asking for NULL, was answered" in found
    assert "a tenant, asking for another tenant," not in found


@pytest.mark.parametrize(
    "claim",
    [
        "auth.role()",
        "auth.jwt() -> 'app_metadata' ->> 'role'",
        "auth.jwt() -> 'user_metadata' ->> 'role'",
    ],
)
def test_a_guard_that_believes_a_claim_is_found(world: World, prove: Prove, claim: str) -> None:
    decide_by(world, f"{PROPERLY} or coalesce({claim}, '') = 'service_role'")

    found = faults(prove())

    assert "pretend to be a service, asking for another tenant, was answered with 2 rows" in found
    assert "a tenant, asking for another tenant," not in found


def test_a_guard_that_forgets_services_is_found(world: World, prove: Prove) -> None:
    decide_by(world, "coalesce(can_act_for.p_user_id = auth.uid(), false)")

    (finding,) = prove().findings

    assert finding.detail.startswith("a service, asking for a tenant, failed with 42501")


def test_a_guard_that_denies_everybody_is_found(world: World, prove: Prove) -> None:
    replace_guard(world, "if true then")

    found = faults(prove())

    assert "a tenant, asking for itself, failed with 42501" in found
    assert "a service, asking for a tenant, failed with 42501" in found


def test_a_denial_that_tells_whether_a_tenant_exists_is_found(world: World, prove: Prove) -> None:
    replace_guard(
        world,
        """
        if not internal.can_act_for(p_user_id)
            and exists (select from public.strategies where user_id = p_user_id) then
            raise exception 'not yours' using errcode = 'insufficient_privilege';
        end if;
        if not internal.can_act_for(p_user_id) then
        """,
    )

    assert "in other words than for a tenant that does not exist" in faults(prove())


def test_a_denial_that_repeats_what_was_asked_for_tells_nothing(world: World, prove: Prove) -> None:
    definition = world.value("select pg_get_functiondef(%s::regprocedure)", DASHBOARD)
    said = "'permission denied for the strategies of this user'"
    assert said in definition
    world.run(definition.replace(said, "'permission denied for %', p_user_id"))

    assert prove().outcome is Outcome.PASSED


def test_a_function_with_further_arguments_isolates(world: World, prove: Prove) -> None:
    create_detail(world)

    check = prove(READ_STRATEGY)

    assert check.findings == ()
    assert check.evidence == "300 calls by 12 callers"


def test_a_guard_on_the_wrong_argument_is_found(world: World, prove: Prove) -> None:
    create_detail(world, guarded="p_strategy_id", condition="strategies.user_id = p_user_id")

    assert prove(READ_STRATEGY).outcome is Outcome.FAILED


def test_a_condition_that_forgets_the_tenant_is_found(world: World, prove: Prove) -> None:
    create_detail(world, condition="strategies.id = p_strategy_id")

    found = faults(prove(READ_STRATEGY))

    assert (
        "a tenant, asking for itself with arguments of another tenant, "
        "was answered with rows of another tenant"
    ) in found


def test_rows_of_somebody_else_beside_ones_own_are_found(world: World, prove: Prove) -> None:
    definition = world.value("select pg_get_functiondef(%s::regprocedure)", DASHBOARD)
    condition = "where strategies.user_id = p_user_id"
    assert condition in definition
    world.run(definition.replace(condition, f"{condition} or strategies.is_public"))
    assert prove().outcome is Outcome.PASSED, "nothing is public yet"
    world.run("update public.strategies set is_public = true where name = 'carry'")

    (finding,) = prove().findings

    assert finding.detail.startswith("a service, asking for an absent tenant, was answered with ")


def test_a_condition_that_was_forgotten_altogether_is_found(world: World, prove: Prove) -> None:
    definition = world.value("select pg_get_functiondef(%s::regprocedure)", DASHBOARD)
    condition = "where strategies.user_id = p_user_id"
    world.run(definition.replace(condition, ""))

    (finding,) = prove().findings

    assert finding.detail.endswith("was answered with 6 rows, the same for all (1 call).")


def test_an_answer_that_tells_whether_something_exists_is_found(world: World, prove: Prove) -> None:
    """What is another's fails, what is nobody's is answered with nothing."""
    create_detail(
        world,
        condition="""
            case
                when strategies.id = p_strategy_id
                    then 1 / (strategies.user_id = p_user_id)::integer = 1
                else false
            end
        """,
    )

    found = faults(prove(READ_STRATEGY))

    assert "failed with 22012, but was answered with 1 row when what is named does not" in found


def test_what_is_deleted_may_not_be_told_from_what_never_was(world: World, prove: Prove) -> None:
    deletion = "delete from public.strategies where id = %(p_strategy_id)s::uuid"
    deleting = replace(READ_STRATEGY, deletion=deletion)
    create_detail(world)
    assert prove(deleting, may_delete=True).evidence == "324 calls by 12 callers"
    world.run("create table public.graves as select id from public.strategies")
    world.run("grant select on public.graves to public")
    never_was = "not exists (select from public.graves where graves.id = p_strategy_id)"
    deleted = "not exists (select from public.strategies as s where s.id = p_strategy_id)"

    create_detail(world, condition=f"({never_was} or 1 / (not {deleted})::int = 1) and {PROPER}")
    found = faults(prove(deleting, may_delete=True))

    assert "a tenant, asking for itself with arguments that name what is deleted, failed" in found
    assert world.value("select count(*) from public.strategies") == 6, "all of it was rolled back"


def test_what_is_left_of_a_deleted_tenant_is_found(world: World, prove: Prove) -> None:
    for strategy in ("momentum", "carry"):
        world.strategy(world.sign_up(), name=strategy)
    everybody = "select profiles.id from public.profiles order by exists ("
    everybody += "select from public.strategies where name = 'momentum' and user_id = profiles.id)"
    everybody += " desc, profiles.id"

    whole, half = (
        prove(
            may_delete=True,
            tenants=everybody,
            tenant_deletion=f"delete from {what} = %(tenant)s::uuid",
        )
        for what in ("auth.users where id", "public.strategies where is_public and user_id")
    )

    assert whole.outcome is Outcome.PASSED
    assert "a deleted tenant, asking for a deleted tenant, was answered with 1 row" in faults(half)


@pytest.mark.parametrize("key", ["deletion", "tenant_deletion"])
def test_a_deletion_that_fails_is_a_finding(world: World, prove: Prove, key: str) -> None:
    world.strategy(world.sign_up())
    create_detail(world)
    everybody = "select profiles.id from public.profiles"
    broken = "delete from no_such"

    check = (
        prove(replace(READ_STRATEGY, deletion=broken), may_delete=True)
        if key == "deletion"
        else prove(READ_STRATEGY, may_delete=True, tenants=everybody, tenant_deletion=broken)
    )

    assert f"The statement `{key}` fails" in faults(check)


def test_what_a_call_writes_is_gone_before_the_next(world: World, prove: Prove) -> None:
    before = world.rows("select id from public.strategies order by id")
    world.run(
        """
        create function public.spoil(p_user_id uuid, p_strategy_id uuid) returns setof uuid
        language plpgsql volatile security definer set search_path = '' as $$
        begin
            if not internal.can_act_for(p_user_id) then
                raise exception 'permission denied' using errcode = 'insufficient_privilege';
            end if;
            insert into public.strategies (user_id, name)
            select p_user_id, 'spoilt' from public.profiles where profiles.id = p_user_id;
            return query
            select strategies.id from public.strategies where strategies.user_id = p_user_id;
        end;
        $$;
        grant execute on function public.spoil(uuid, uuid) to authenticated, service_role
        """
    )

    check = prove(replace(READ_STRATEGY, function="public.spoil(uuid, uuid)"))

    assert check.findings == ()
    assert check.outcome is Outcome.PASSED
    assert world.rows("select id from public.strategies order by id") == before


@pytest.mark.parametrize(
    ("declared", "complaint"),
    [
        (Isolation("public.no_such(uuid)", "p_user_id"), "does not exist"),
        (Isolation(DASHBOARD, "p_tenant"), "no parameter p_tenant"),
        (replace(READ_STRATEGY, arguments=None), "what to pass for p_strategy_id"),
        (
            replace(READ_STRATEGY, arguments="select 1 as p_strategy_id, 2 as p_page"),
            "no parameter p_page",
        ),
        (replace(READ_STRATEGY, arguments="select 1 as p_strategy_id where false"), "nothing for"),
        (replace(READ_STRATEGY, arguments="select from no_such"), "no_such"),
        (replace(READ_STRATEGY, arguments="set local work_mem = '1MB'"), "no rows at all"),
    ],
)
def test_a_declaration_that_does_not_fit_is_a_finding(
    world: World, prove: Prove, declared: Isolation, complaint: str
) -> None:
    create_detail(world)

    (finding,) = prove(declared).findings

    assert complaint in finding.detail


def test_too_few_tenants_prove_nothing(prove: Prove) -> None:
    query = "select profiles.id from public.profiles limit 2"

    check = prove(tenants=query)

    assert check.outcome is Outcome.SKIPPED
    assert check.skipped == "3 tenants are needed, found 2"


def test_tenants_who_own_nothing_prove_nothing(world: World, prove: Prove) -> None:
    world.run("delete from public.strategies")

    check = prove(tenants="select profiles.id from public.profiles limit 3")

    assert check.outcome is Outcome.SKIPPED
    assert check.skipped == "no tenant is answered otherwise than an absent one"


def test_an_empty_database_proves_nothing(database: Connection, declarations: Declarations) -> None:
    database.execute("set local search_path = ''")

    check = prove_isolation(database, declarations, declarations.isolation[0])

    assert check.skipped == "3 tenants are needed, found 0"
