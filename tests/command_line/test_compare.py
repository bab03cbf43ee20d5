"""hephaitos compare and hephaitos retire: what they print, and the codes they end with."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from psycopg import sql
from typer.testing import CliRunner, Result

from benchmarks.population import SIZES, users
from tests.database.conftest import World
from toolkit.bench.timing import Pace
from toolkit.cli import app
from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.server import Server, standing
from toolkit.versions import comparison
from toolkit.versions.routine import NoSuchFunction

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = Path(__file__).resolve().parents[2]
TENANT = ("--tenant", "p_user_id")
OLD, NEW = "public.get_strategies_with_performance", "public.get_strategies_with_performance_v2"
# Two versions of a function of the test's own. The second is what the tests are about.
NAMES_OF = """
    create or replace function public.{name}(p_user_id uuid) returns table ({columns})
    language plpgsql stable security definer set search_path = '' as $$
    begin
        if not internal.can_act_for(p_user_id) then
            raise exception '{refusal}' using errcode = 'insufficient_privilege';
        end if;
        return query select {shown} from public.strategies
        where strategies.user_id = p_user_id order by strategies.created_at, strategies.id;
    end $$;
    grant execute on function public.{name} to authenticated, service_role
"""


@pytest.fixture
def hephaitos(monkeypatch: pytest.MonkeyPatch, server: Server) -> Callable[..., Result]:
    """Return what runs a command in this process, on the run's server."""
    monkeypatch.chdir(PROJECT)
    monkeypatch.delenv("HEPHAITOS_DATABASE_URL", raising=False)
    monkeypatch.setattr(standing, "current", lambda _settings: server)
    monkeypatch.setattr(comparison, "PACE", Pace(budget_s=0.001, least=2, most=2, warm_up_s=0.0))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments), standalone_mode=False)

    return run


@pytest.fixture
def target(own_database: Database) -> Database:
    """A database with three tenants and the first version of a function."""
    with connect(own_database.url) as connection:
        world = World(connection)
        for number in range(3):
            user = world.sign_up()
            for _ in range(number + 1):
                world.strategy(user)
    add(own_database, "names_of")
    return own_database


def add(
    database: Database,
    name: str,
    *,
    columns: str = "id uuid, name text",
    shown: str = "strategies.id, strategies.name",
    refusal: str = "no",
) -> None:
    with connect(database.admin_url) as admin:
        statement = NAMES_OF.format(name=name, columns=columns, shown=shown, refusal=refusal)
        admin.execute(statement.encode())


def compared(hephaitos: Callable[..., Result], database: Database, *more: str) -> Result:
    names = ("public.names_of", "public.names_of_v2")
    return hephaitos(
        "compare", *names, *TENANT, "--calls", "20", "-d", database.url, "--format", "json", *more
    )  # fmt: skip


def test_the_two_living_versions_answer_alike_page_by_page(
    hephaitos: Callable[..., Result], tmp_path: Path
) -> None:
    whale = next(islice(users(SIZES["demo"], seed=1), 1, None))
    record = tmp_path / "calls.jsonl"
    record.write_text(json.dumps({"p_user_id": str(whale.id)}) + "\n")

    ran = hephaitos(
        "compare", OLD, NEW, "--calls", "29", "--recorded", str(record), "--format", "json"
    )

    found = json.loads(ran.stdout)
    assert found["differences"] == []
    assert ran.return_value == 0
    assert 0 < found["answered"] < found["calls"] == 30
    assert found["fields"] == {"lost": [], "gained": []}
    for cost in found["costs"]:
        assert (cost["old"]["round_trips"], cost["new"]["round_trips"]) == (1, 1)
        assert cost["low"] <= cost["ratio"] <= cost["high"]
    assert found["costs"][-1]["rows"] == len(whale.strategies) == 100


def test_pages_that_do_not_end_are_not_read_for_ever(
    hephaitos: Callable[..., Result], target: Database
) -> None:
    add(target, "names_of_v2")

    ran = hephaitos(
        "compare",
        "public.names_of",
        "public.names_of_v2",
        *TENANT,
        "-d",
        target.url,
        "--next",
        "p_after=id",
    )

    assert "the pages of public.names_of_v2 do not end" in str(ran.exception)


def test_equal_versions_end_with_nothing_found(
    hephaitos: Callable[..., Result], target: Database
) -> None:
    add(target, "names_of_v2", columns="id uuid, name text, more integer",
        shown="strategies.id, strategies.name, 1")  # fmt: skip

    ran = compared(hephaitos, target)

    found = json.loads(ran.stdout)
    assert (ran.return_value, found["differences"]) == (0, [])
    assert found["fields"] == {"lost": [], "gained": ["more"]}
    assert {cost["old"] for cost in found["costs"]} == {None}


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"shown": "strategies.id, upper(strategies.name)"}, "name: momentum, then MOMENTUM"),
        ({"shown": "strategies.id, nullif(strategies.name, 'momentum')"}, "momentum, then null"),
        ({"refusal": "never"}, "42501 no, then 42501 never"),
    ],
)
def test_a_difference_is_shown_with_its_call(
    hephaitos: Callable[..., Result], target: Database, change: dict[str, str], difference: str
) -> None:
    add(target, "names_of_v2", **change)

    ran = compared(hephaitos, target)

    found = json.loads(ran.stdout)
    assert ran.return_value == 2
    assert any(difference in one["difference"] for one in found["differences"])
    assert all(one["call"].startswith("random call") for one in found["differences"])


def test_a_field_can_be_ignored(hephaitos: Callable[..., Result], target: Database) -> None:
    add(target, "names_of_v2", shown="strategies.id, upper(strategies.name)")

    assert compared(hephaitos, target, "--ignore", "name").return_value == 0


def test_recorded_calls_are_made_as_well(
    hephaitos: Callable[..., Result], target: Database, tmp_path: Path
) -> None:
    add(target, "names_of_v2", shown="strategies.id, upper(strategies.name)")
    with connect(target.url) as connection:
        (user,) = World(connection).rows("select user_id from public.strategies limit 1")[0]
    record = tmp_path / "calls.jsonl"
    record.write_text(json.dumps({"p_user_id": str(user)}) + "\n")

    ran = compared(hephaitos, target, "--recorded", str(record))

    found = json.loads(ran.stdout)
    assert (ran.return_value, found["calls"]) == (2, 21)
    assert found["differences"][0]["call"] == "line 1"


def test_people_are_shown_what_differs(hephaitos: Callable[..., Result], target: Database) -> None:
    add(target, "names_of_v2", shown="strategies.id, upper(strategies.name)")

    names = ("public.names_of", "public.names_of_v2")
    ran = hephaitos("compare", *names, *TENANT, "--calls", "20", "-d", target.url)

    text = " ".join(ran.stdout.split())
    assert ran.return_value == 2
    assert "differs: random call" in text
    assert "name: momentum, then MOMENTUM" in text


def test_what_may_write_is_not_called_on_a_target(
    hephaitos: Callable[..., Result], target: Database
) -> None:
    job = "public.create_backtest_job"
    ran = hephaitos("compare", job, job, "-d", target.url)

    assert "may write" in str(ran.exception)


def test_a_name_of_nothing_is_refused(hephaitos: Callable[..., Result], target: Database) -> None:
    ran = hephaitos("compare", "public.names_of", "public.nothing", "-d", target.url)

    assert "there is no function public.nothing" in str(ran.exception)
    typed = hephaitos("retire", "public.names_of(uuid)", "-d", target.url)
    assert "calls of public.names_of are not counted" in str(typed.exception)
    broken = hephaitos("retire", "public.names of(", "-d", target.url)
    assert isinstance(broken.exception, NoSuchFunction)


def counting(database: Database, value: str = "pl") -> None:
    """Count calls from now on in one database."""
    with connect(database.admin_url) as admin:
        setting = sql.SQL("alter database {} set track_functions = {}")
        admin.execute(setting.format(sql.Identifier(database.name), sql.Literal(value)))
        admin.execute("select pg_stat_reset()")


def retire(hephaitos: Callable[..., Result], database: Database, *more: str) -> Result:
    return hephaitos("retire", "public.names_of", "-d", database.url, *more)


def test_what_is_not_counted_may_not_go(hephaitos: Callable[..., Result], target: Database) -> None:
    ran = retire(hephaitos, target)

    assert "calls of public.names_of are not counted" in str(ran.exception)


def test_a_call_keeps_a_function(hephaitos: Callable[..., Result], target: Database) -> None:
    counting(target)
    with connect(target.admin_url) as admin:
        admin.execute("set role service_role")
        admin.execute("select * from public.names_of(gen_random_uuid())")

    ran = retire(hephaitos, target, "--since", "2026-01-01", "--days", "0")

    assert "public.names_of is still called" in str(ran.exception)


def test_no_call_since_it_is_known_is_leave_to_go(
    hephaitos: Callable[..., Result], target: Database
) -> None:
    counting(target)

    ran = retire(hephaitos, target, "--since", "2026-01-01", "--days", "0", "--format", "json")

    found = json.loads(ran.stdout)
    assert (ran.return_value, found["calls"], found["vouched_for"]) == (0, 0, True)
    assert datetime.fromisoformat(found["since"]) > datetime(2026, 1, 1, tzinfo=UTC)
    told = retire(hephaitos, target, "--since", "2026-01-01", "--days", "0").stdout
    assert "delete sql/functions/public/names_of.sql" in told


def test_a_fresh_window_is_too_short(hephaitos: Callable[..., Result], target: Database) -> None:
    counting(target)

    ran = retire(hephaitos, target, "--since", "2026-01-01")

    assert "too short a time" in str(ran.exception)
