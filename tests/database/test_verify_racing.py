"""The proof about races: it finds the order of steps that goes wrong, and says which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.settings import Settings
from toolkit.verify import Check, Outcome
from toolkit.verify.declarations import Declarations, Isolation, read_declarations
from toolkit.verify.promise import load_promises
from toolkit.verify.race import Call, Names, Race
from toolkit.verify.racing import prove_race

JOB = "public.create_backtest_job(uuid, uuid, jsonb, text)"
LAST, DELETED = "the last job of a plan", "the strategy is deleted meanwhile"
MANY = "a plan's jobs for 64 callers"
LOCK = "perform pg_advisory_xact_lock(hashtextextended('backtest_jobs of ' || p_user_id, 0));"
# Two rows, each locked by a statement of its own, in the order that the caller likes.
TOUCH = """
    create function public.touch_both(p_user_id uuid, p_one text, p_other text) returns integer
    language plpgsql volatile security definer set search_path = '' as $$
    begin
        update public.strategies set is_public = true where user_id = p_user_id and name = p_one;
        update public.strategies set is_public = true where user_id = p_user_id and name = p_other;
        return 1;
    end;
    $$;
    grant execute on function public.touch_both(uuid, text, text) to authenticated
"""
TOUCH_BOTH = "public.touch_both(uuid, text, text)"
Prove = Callable[..., Check]


@pytest.fixture
def declarations(settings: Settings) -> Declarations:
    declared = read_declarations(settings.tenant)
    return replace(declared, isolation=(*declared.isolation, Isolation(TOUCH_BOTH, "p_user_id")))


@pytest.fixture
def prove(own_database: Database, settings: Settings, declarations: Declarations) -> Prove:
    """Return what proves one declared race, after a change to the function."""
    promise = load_promises(settings.project_root / "proofs")[JOB]
    races = {race.name: race for race in promise.races}

    def prove(name: str, change: tuple[str, str] | None = None) -> Check:
        if change:
            with connect(own_database.url) as connection:
                row = connection.execute(
                    "select pg_get_functiondef(%s::regprocedure)", [JOB]
                ).fetchone()
                assert row is not None
                assert change[0] in row[0]
                connection.execute(row[0].replace(*change).encode())
        return prove_race(own_database, declarations, JOB, races[name])

    return prove


def told(check: Check) -> str:
    return "\n".join(finding.detail for finding in check.findings)


def test_a_strategy_deleted_at_any_moment_leaves_no_job(prove: Prove) -> None:
    check = prove(DELETED)

    assert (check.findings, check.outcome) == ((), Outcome.PASSED)
    assert check.evidence == "14 orders of statements, 12 with those inside"
    # The gates are out again, so that another race in this database finds the function as it is.
    assert prove(DELETED).evidence == check.evidence


def test_a_violation_that_nobody_catches_is_found(prove: Prove) -> None:
    check = prove(DELETED, ("when foreign_key_violation then", "when division_by_zero then"))

    assert "It ended with 1 23503, 1 done, by the order [0," in told(check)


def test_a_lock_that_is_gone_is_found(prove: Prove) -> None:
    found = told(prove(LAST, (LOCK, "")))

    assert "It ended with 2 done, by the order" in found
    assert "It left ('6 jobs',), by the order" in found


@pytest.mark.deep
def test_a_lock_that_is_gone_is_found_by_many_callers(prove: Prove) -> None:
    assert "all at once" in told(prove(MANY, (LOCK, "perform pg_sleep(0.01);")))


@pytest.mark.deep
def test_every_race_ends_as_declared(prove: Prove, settings: Settings) -> None:
    races = load_promises(settings.project_root / "proofs")[JOB].races

    assert {prove(race.name).outcome for race in races} == {Outcome.PASSED}


def test_a_deadlock_of_steps_inside_is_found(
    own_database: Database, declarations: Declarations
) -> None:
    with connect(own_database.admin_url) as admin:
        admin.execute(f"alter database \"{own_database.name}\" set deadlock_timeout = '20ms'")
    with connect(own_database.url) as connection:
        connection.execute(TOUCH)
        connection.execute("grant update, select on public.strategies to migrator")

    check = prove_race(own_database, declarations, TOUCH_BOTH, crossing())

    (finding,) = check.findings
    assert "It ended with 1 40P01, 1 done, by the order" in finding.detail


def crossing() -> Race:
    """Return a race of two who lock the same rows in opposite orders."""

    def setup(connection: Connection) -> Names:
        row = connection.execute(
            """
            with account as (insert into auth.users (id) values (gen_random_uuid()) returning id),
            profile as (insert into public.profiles (id) select id from account returning id),
            strategies as (
                insert into public.strategies (user_id, name)
                select profile.id, name from profile, (values ('a'), ('b')) as named (name)
            )
            select id::text from profile
            """
        ).fetchone()
        assert row is not None
        return {"user": row[0]}

    one = Call({"p_user_id": "{user}", "p_one": "a", "p_other": "b"})
    other = Call({"p_user_id": "{user}", "p_one": "b", "p_other": "a"})
    return Race("crossing", setup, (one, other), ({"done": 2},), "select where false")
