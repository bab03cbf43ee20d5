"""What does a body cost in PL/pgSQL and in SQL? One server a run, samples interleaved.

    HEPHAITOS_SERVER=embedded python -m benchmarks.studies.function_bodies

Each function is made twice, in schema study: as it is, and in the other language. A SQL body behind
SECURITY DEFINER or SET is never inlined, and up to 17 it is planned anew in every call; PL/pgSQL
keeps its plans for the session.
"""

import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path

from psycopg.types.json import Jsonb

from benchmarks import dataset
from benchmarks.get_strategies_with_performance import find_user, sign_in
from toolkit.bench.client import open_client
from toolkit.bench.progress import silent
from toolkit.bench.timing import Pace, time_together
from toolkit.clones import Database, clone, migrated_template
from toolkit.connect import connect
from toolkit.prepare import prepare_server
from toolkit.server import start
from toolkit.settings import read_settings

_SOURCES = Path(__file__).resolve().parents[2] / "sql" / "functions"
_PACE = Pace(budget_s=2.0, least=50, most=400)
_CONFIG = {"symbols": ["BTC-USD"], "start_on": "2024-01-01", "end_on": "2024-12-31"}

# What PL/pgSQL does in two statements a SQL body has to do in one: the guard raises.
_GUARD = """
    create function study.require(p_user_id uuid) returns boolean
    language plpgsql stable security invoker set search_path = '' as $$
    begin
        if internal.can_act_for(p_user_id) then
            return true;
        end if;
        raise exception 'permission denied' using errcode = 'insufficient_privilege';
    end $$
"""


def main() -> None:
    """Print the medians and ratios of one server."""
    settings = read_settings()
    with start(settings) as server:
        prepare_server(server, settings.roles)
        with clone(server, migrated_template(server, settings.project_root)) as database:
            dataset.load(server, database=database.name, size="demo", progress=silent)
            _make(database)
            print(f"PostgreSQL {server.version} ({server.kind})")
            _compare(database)


def _make(database: Database) -> None:
    with connect(database.admin_url) as admin:
        for statement in (
            "create schema study",
            _GUARD,
            *_two_lists(),
            *_two_validations(),
            "grant usage on schema study to public",
            "grant create on schema study to hephaitos_api",
            "alter function study.list_in_plpgsql(uuid) owner to hephaitos_api",
            "alter function study.list_in_sql(uuid) owner to hephaitos_api",
        ):
            admin.execute(statement.encode())


def _two_lists() -> tuple[str, str]:
    """Return get_strategies_with_performance in both languages."""
    text = _definition("public/get_strategies_with_performance.sql")
    head, _, body = text.partition("as $$")
    query = body.partition("return query")[2].partition(";\nend;")[0]
    guarded = query.replace(
        "where strategies.user_id = p_user_id",
        "where (select study.require(p_user_id)) and strategies.user_id = p_user_id",
    )
    name = "public.get_strategies_with_performance"
    in_sql = head.replace("language plpgsql", "language sql") + f"begin atomic {guarded}; end"
    return (
        text.replace(name, "study.list_in_plpgsql"),
        in_sql.replace(name, "study.list_in_sql"),
    )


def _two_validations() -> tuple[str, str]:
    """Return find_config_fault in both languages; in SQL the rules are constants, too."""
    text = _definition("internal/find_config_fault.sql")
    case = text.partition(":= case")[2].partition("end;\nbegin")[0]
    in_sql = f"""
        create function study.find_in_sql(p_config jsonb) returns text
        language sql immutable security invoker set search_path = ''
        begin atomic
        with found (fault) as (select case {case} end)
        select coalesce(found.fault, (
            select 'symbols names one of them twice.'
            from jsonb_array_elements(p_config -> 'symbols') as entries (symbol)
            having count(entries.symbol) > count(distinct entries.symbol)
        )) from found; end
    """
    return text.replace("internal.find_config_fault", "study.find_in_plpgsql"), in_sql


def _definition(path: str) -> str:
    text = (_SOURCES / path).read_text(encoding="utf-8")
    return text[text.index("create or replace function") :].partition("\n$$;\n")[0] + "\n$$"


def _compare(database: Database) -> None:
    with open_client(database.url) as client:
        connection = client.connection
        users = {size: find_user(connection, size) for size in (10, 100)}
        for size, user_id in users.items():
            sign_in(connection, user_id)
            _print(
                f"a list of {size}",
                {
                    language: partial(
                        _fetch, connection.execute, f"study.list_in_{language}", user_id
                    )
                    for language in ("plpgsql", "sql")
                },
            )
        _print(
            "a validation",
            {
                language: partial(
                    _fetch, connection.execute, f"study.find_in_{language}", Jsonb(_CONFIG)
                )
                for language in ("plpgsql", "sql")
            },
        )


def _fetch(execute: Callable[..., object], function: str, argument: object) -> list[object]:
    rows: list[object] = execute(f"select * from {function}(%s)".encode(), [argument]).fetchall()  # type: ignore[attr-defined]  # a cursor
    return rows


def _print(what: str, calls: dict[str, Callable[[], list[object]]]) -> None:
    answers = [call() for call in calls.values()]
    assert answers[0] == answers[1]
    found = time_together(calls, _PACE, stage=what, progress=silent)
    medians = {name: statistics.median(timing.samples_ms) for name, timing in found.items()}
    said = ", ".join(f"{name} {median:.3f} ms" for name, median in medians.items())
    print(f"{what}: {said}, sql over plpgsql {medians['sql'] / medians['plpgsql']:.2f}")


if __name__ == "__main__":
    main()
