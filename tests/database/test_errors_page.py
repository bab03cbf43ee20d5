"""docs/errors.md: every row can be provoked, and every error of sql/ is a row."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from psycopg import DatabaseError, errors
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from tests.database.conftest import World

PROJECT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (\w{5}) \| (\d{3}) \| (.+?) \|", re.MULTILINE)
ROWS = ROW.findall((PROJECT / "docs" / "errors.md").read_text(encoding="utf-8"))
RAISED = re.compile(r"raise exception '((?:[^']|'')+)'\s+using errcode = '(\w+)'")
CONFIG = {"symbols": ["BTC-USD"], "start_on": "2024-01-01", "end_on": "2024-12-31"}
CREATE = "select public.create_backtest_job(%s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Scene:
    """A signed-in user with a strategy and a job whose key is taken, and how to call as them."""

    world: World
    user: UUID
    strategy: UUID

    def refused(
        self, statement: str, *parameters: object, role: str = "authenticated", sub: object = ""
    ) -> str | None:
        """Return SQLSTATE and message of what answers a call; the user's unless said otherwise."""
        subject = self.user if sub == "" else sub
        assert subject is None or isinstance(subject, UUID | str)
        with (
            pytest.raises(DatabaseError) as refused,
            self.world.acting_as(role, subject),
        ):
            self.world.rows(statement, *parameters)
        return f"{refused.value.sqlstate} {refused.value.diag.message_primary}"

    def create(self, config: object = CONFIG, key: str | None = None, **who: object) -> str | None:
        """Ask for a job, in vain."""
        strategy = who.pop("strategy", self.strategy)
        return self.refused(CREATE, self.user, strategy, Jsonb(config), key, **who)  # type: ignore[arg-type]  # role and sub


def _timed_out(scene: Scene) -> str | None:
    scene.world.run("set local statement_timeout = '1ms'")
    with (
        pytest.raises(errors.QueryCanceled) as refused,
        scene.world.connection.transaction(force_rollback=True),
    ):
        scene.world.run("select pg_sleep(60)")
    scene.world.run("set local statement_timeout = 0")
    return f"{refused.value.sqlstate} {refused.value.diag.message_primary}"


def _over_quota(scene: Scene) -> str | None:
    for _ in range(5):
        scene.world.job(scene.user, scene.strategy)
    return scene.create()


def _key_taken(scene: Scene) -> str | None:
    scene.world.job(scene.user, scene.strategy, idempotency_key="k", config=CONFIG)
    return scene.create({**CONFIG, "timeframe": "1h"}, "k")


def _by_get(scene: Scene) -> str | None:
    scene.world.run("set transaction read only")
    return scene.create()


def _not_read_committed(scene: Scene) -> str | None:
    # The level of a transaction cannot change once it has begun; what the function reads can.
    definition = scene.world.value(
        "select pg_get_functiondef('public.create_backtest_job'::regproc)"
    )
    scene.world.run(definition.replace("<> 'read committed'", "= 'read committed'"))
    return scene.create()


INSERT = "insert into public.strategies (id, user_id, name) values (%s, %s, %s)"
RECIPES: dict[str, Callable[[Scene], str | None]] = {
    "permission denied for the strategies of this user": lambda s: s.refused(
        "select public.get_strategy_detail(%s, %s)", s.strategy, uuid4()
    ),
    "permission denied for the backtests of this user": lambda s: s.create(sub=uuid4()),
    "permission denied for the dashboard of this user": lambda s: s.refused(
        "select public.get_dashboard(%s)", None
    ),
    "permission denied for the ranking": lambda s: s.refused(
        "select public.get_leaderboard()", sub=None
    ),
    "permission denied for function get_dashboard": lambda s: s.refused(
        "select public.get_dashboard(%s)", s.user, role="anon", sub=None
    ),
    "this user has no such strategy": lambda s: s.create(strategy=uuid4()),
    "this user has no such backtest result": lambda s: s.refused(
        "select public.get_backtest_result_with_trades(%s, %s)", uuid4(), s.user
    ),
    "this idempotency key was used for another request": _key_taken,
    "too many backtests of this user are under way": _over_quota,
    "the config of this backtest cannot be used": lambda s: s.create({}),
    "this idempotency key cannot be used": lambda s: s.create(key=""),
    "half a place to go on from": lambda s: s.refused(
        "select public.get_strategies_with_performance_v2(%s, 5, now(), null)", s.user
    ),
    "the ranking has no such order": lambda s: s.refused("select public.get_leaderboard('luck')"),
    "jobs can be created under read committed only": _not_read_committed,
    "a status may not change like that": lambda s: s.refused(
        "update public.strategies set status = 'paused' returning id"
    ),
    'invalid input syntax for type uuid: "7"': lambda s: s.refused(
        "select public.get_dashboard(%s)", s.user, sub="7"
    ),
    "cannot execute INSERT in a read-only transaction": _by_get,
    "canceling statement due to statement timeout": _timed_out,
    'new row for relation "strategies" violates check constraint "strategies_name_check"': (
        lambda s: s.refused(INSERT, uuid4(), s.user, "")
    ),
    'insert or update on table "strategies" violates foreign key constraint '
    '"strategies_user_id_fkey"': (
        # A service may write for anybody, so only the foreign key stands in its way.
        lambda s: s.refused(INSERT, uuid4(), uuid4(), "mine", role="service_role", sub=None)
    ),
    'duplicate key value violates unique constraint "strategies_id_key"': (
        lambda s: s.refused(INSERT, s.world.strategy(s.world.sign_up()), s.user, "mine")
    ),
    'new row violates row-level security policy for table "strategies"': (
        lambda s: s.refused(INSERT, uuid4(), uuid4(), "theirs")
    ),
}


def http_status(sqlstate: str, *, is_anonymous: bool) -> int:
    """Return what PostgREST makes of an SQLSTATE: its table, as far as this API needs it."""
    if sqlstate.startswith("PT"):
        return int(sqlstate[2:])
    if sqlstate == "42501":
        return 401 if is_anonymous else 403
    exact = {"23503": 409, "23505": 409, "25006": 405, "42883": 404, "42P01": 404, "53400": 500}
    classes = {"28": 403, "0L": 403, "0P": 403, "08": 503, "53": 503, "P0": 500}
    failing = {"40", "54", "55", "57", "38", "39", "XX"}
    return (
        exact.get(sqlstate)
        or classes.get(sqlstate[:2])
        or (500 if sqlstate[:2] in failing else 400)
    )


@pytest.fixture
def scene(world: World) -> Scene:
    user = world.sign_up()
    return Scene(world, user, world.strategy(user))


def test_the_page_has_rows_and_each_once() -> None:
    messages = [message for _, _, message in ROWS]

    assert len(messages) == len(set(messages)) == len(RECIPES)


@pytest.mark.parametrize(("code", "status", "message"), ROWS, ids=[row[2] for row in ROWS])
def test_a_row_is_what_a_caller_is_told(scene: Scene, code: str, status: str, message: str) -> None:
    assert RECIPES[message](scene) == f"{code} {message}"
    assert http_status(code, is_anonymous="for function" in message) == int(status)


def test_every_error_that_a_function_raises_stands_on_the_page() -> None:
    raised = {
        (message.replace("''", "'"), errcode)
        for path in (PROJECT / "sql" / "functions" / "public").glob("*.sql")
        for message, errcode in RAISED.findall(path.read_text(encoding="utf-8"))
    }
    spelled = {
        "insufficient_privilege": "42501",
        "invalid_parameter_value": "22023",
        "feature_not_supported": "0A000",
    }

    written = {(message, code) for code, _, message in ROWS}

    assert raised
    assert {(message, spelled.get(code, code)) for message, code in raised} <= written


def test_no_error_is_raised_in_a_form_that_the_test_above_misses() -> None:
    texts = [
        path.read_text(encoding="utf-8")
        for path in (PROJECT / "sql" / "functions" / "public").glob("*.sql")
    ]

    assert sum(len(RAISED.findall(text)) for text in texts) == sum(
        text.count("raise exception") for text in texts
    )
