"""hephaitos server: the contract of its JSON, and a second `up` that finds the first."""

import json
import shutil
from pathlib import Path

import psycopg

from tests.command_line.conftest import PROJECT, Run
from toolkit.server import Server


def test_up_prints_two_logins_and_a_second_up_finds_them(
    run: Run, server: Server, tmp_path: Path
) -> None:
    shutil.copytree(PROJECT / "server", tmp_path / "server")
    for name in ("alembic.ini", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    up = ("server", "up", "--kind", server.kind, "--format", "json")

    first = run(*up, cwd=tmp_path)
    try:
        second = run(*up, cwd=tmp_path)
        found = json.loads(first.out)
        who = [_who_is(found[name]) for name in ("url", "admin_url")]
    finally:
        down = run("server", "down", "--format", "json", cwd=tmp_path)

    assert (first.code, second.code, down.code) == (0, 0, 0)
    assert second.out == first.out
    assert found["kind"] == server.kind
    assert found["version"] == server.version
    assert who == [("migrator", False), ("supabase_admin", True)]
    assert json.loads(down.out) == {"stopped": [server.kind]}


def test_load_fills_the_running_server_once(run: Run, server: Server, tmp_path: Path) -> None:
    for folder in ("server", "migrations", "benchmarks"):
        shutil.copytree(PROJECT / folder, tmp_path / folder)
    for name in ("alembic.ini", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    load = ("server", "load", "demo", "--kind", server.kind, "--format", "json")

    too_early = run(*load, cwd=tmp_path)
    up = run("server", "up", "--kind", server.kind, "--format", "json", cwd=tmp_path)
    try:
        not_migrated = run(*load, cwd=tmp_path)
        target = {"HEPHAITOS_DATABASE_URL": json.loads(up.out)["url"]}
        run("upgrade", "head", module="alembic", cwd=tmp_path, environment=target)
        first = run(*load, cwd=tmp_path)
        second = run(*load, cwd=tmp_path)
    finally:
        run("server", "down", cwd=tmp_path)

    codes = (too_early.code, not_migrated.code, first.code, second.code)
    assert codes == (1, 1, 0, 1)
    assert "no scratch server is up" in too_early.err
    assert "is not migrated" in not_migrated.err
    assert json.loads(first.out)["rows"]["public.profiles"] == 200
    assert "already holds data" in second.err


def test_status_and_down_without_a_server_are_no_errors(run: Run, tmp_path: Path) -> None:
    (tmp_path / "alembic.ini").touch()

    status = run("server", "status", cwd=tmp_path)
    down = run("server", "down", cwd=tmp_path)

    assert (status.code, down.code) == (0, 0)
    assert "hephaitos server up" in status.out


def _who_is(url: str) -> tuple[str, bool]:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "select rolname, rolsuper from pg_roles where rolname = current_user"
        ).fetchone()
    assert row is not None
    return row[0], row[1]
