"""hephaitos freeze and check, and Alembic's own verbs for the same."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.config import CommandLine

from tests.migrations.projects import SmallProject
from toolkit.cli import app
from toolkit.clones import forget
from toolkit.errors import FINDINGS
from toolkit.server import Server, standing

FUNCTION = """create or replace function shop.one()
returns int
language sql
begin atomic
    select 1;
end;
"""
Call = Callable[..., int]


@pytest.fixture
def shop(
    project: SmallProject, server: Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SmallProject]:
    """A project with one table in history and one function in sql/, on the run's own server."""
    project.add("create schema shop; create table shop.a (b int);", "drop schema shop cascade;")
    _write(project, FUNCTION)
    monkeypatch.setattr(standing, "current", lambda _settings: server)
    monkeypatch.chdir(project.root)
    monkeypatch.delenv("HEPHAITOS_DATABASE_URL", raising=False)
    yield project
    forget(server, project.root)


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    """A project with an empty history."""
    return SmallProject.create(tmp_path / "project")


@pytest.fixture
def call() -> Call:
    """Run hephaitos in this process, where the scratch server is known."""

    def call_app(*arguments: str) -> int:
        code: int | None = app(arguments, standalone_mode=False)
        return code or 0

    return call_app


def _write(project: SmallProject, text: str) -> None:
    file = project.root / "sql" / "functions" / "shop" / "one.sql"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _alembic(*arguments: str) -> None:
    CommandLine().main(argv=arguments)


def test_check_fails_exactly_when_something_is_not_frozen(
    shop: SmallProject, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    found = call("check", "--format", "json")
    pending = json.loads(capsys.readouterr().out)
    written = call("freeze", "-m", "Create one", "--format", "json")
    frozen = json.loads(capsys.readouterr().out)
    clean = call("check")

    assert (found, written, clean) == (FINDINGS, 0, 0)
    assert [(one["object"], one["change"]) for one in pending] == [
        ("function shop.one()", "missing")
    ]
    assert frozen["revision"] == "0002"
    assert frozen["files"] == [
        "migrations/frozen/0002.up.sql",
        "migrations/frozen/0002.down.sql",
        "migrations/versions/0002_create_one.py",
    ]
    assert all((shop.root / path).is_file() for path in frozen["files"])
    assert capsys.readouterr().out == "sql/ is the head of history\n"
    file = shop.root / "sql" / "functions" / "shop" / "one.sql"
    file.write_text(f"-- said otherwise\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    assert call("check") == 0
    assert "sql/functions/shop/one.sql: only its comments changed" in capsys.readouterr().out


def test_alembic_writes_the_same_files_byte_for_byte(
    shop: SmallProject, call: Call, tmp_path: Path
) -> None:
    history, before = shop.root / "migrations", tmp_path / "before"
    shutil.copytree(history, before)
    call("freeze", "-m", "Create one")
    ours = _contents(shop.root)
    shutil.rmtree(history)
    shutil.move(before, history)

    _alembic("revision", "--autogenerate", "-m", "Create one")

    assert _contents(shop.root) == ours
    assert "migrations/versions/0002_create_one.py" in ours


def test_alembic_check_fails_exactly_when_something_is_not_frozen(shop: SmallProject) -> None:
    with pytest.raises(SystemExit):
        _alembic("check")
    _alembic("revision", "--autogenerate", "-m", "Create one")

    _alembic("check")
    _write(shop, FUNCTION.replace("select 1", "select 2"))
    with pytest.raises(SystemExit):
        _alembic("check")


def test_alembic_writes_nothing_when_nothing_differs_and_nothing_without_a_message(
    shop: SmallProject,
) -> None:
    with pytest.raises(SystemExit):
        _alembic("revision", "--autogenerate")
    _alembic("revision", "--autogenerate", "-m", "Create one")

    _alembic("revision", "--autogenerate", "-m", "Create it again")

    assert shop.numbers == ["0001", "0002"]


def _contents(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted((root / "migrations").rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
