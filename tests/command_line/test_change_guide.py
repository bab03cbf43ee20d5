"""docs/guides/change_the_database.md: every command on the page works, in the order of the page."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.config import CommandLine

from tests.migrations.projects import SmallProject
from toolkit.cli import app
from toolkit.clones import Database, forget
from toolkit.connect import connect
from toolkit.server import Server, standing

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "change_the_database.md"
BLOCK = re.compile(r"^```(sh|sql)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def shop(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, pristine_database: Database
) -> Iterator[SmallProject]:
    """The project that the page starts with, and a database to apply it to."""
    project = SmallProject.create(tmp_path / "project")
    made = next(
        text for language, text in BLOCK.findall(PAGE.read_text("utf-8")) if language == "sql"
    )
    project.add(made, "drop table shop.orders; drop schema shop;")
    monkeypatch.setattr(standing, "current", lambda _settings: server)
    monkeypatch.chdir(project.root)
    monkeypatch.delenv("HEPHAITOS_DATABASE_URL", raising=False)
    monkeypatch.setenv("TARGET", pristine_database.url)
    yield project
    forget(server, project.root)


def test_every_command_of_the_page_works(
    shop: SmallProject, pristine_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    for language, text in BLOCK.findall(PAGE.read_text("utf-8")):
        if language == "sh":
            for command in _commands(text):
                _run(command)

    assert shop.numbers == ["0001", "0002", "0003", "0004", "0005"]
    printed = capsys.readouterr().out
    assert "select net * 1.2;" in printed
    assert "no drift at revision 0005" in printed
    with connect(pristine_database.url) as connection:
        jobs = connection.execute("select jobname from cron.job where jobname ~ '^shop'").fetchall()
        total = connection.execute(
            "select atttypid::regtype::text from pg_attribute"
            " where attrelid = 'shop.orders'::regclass and attname = 'total'"
        ).fetchall()
    assert jobs == [("shop.tidy_orders",)]
    assert total == [("bigint",)]


def _commands(text: str) -> Iterator[str]:
    """Cut a block into commands; a document that follows one belongs to it."""
    lines = iter(text.splitlines())
    for line in lines:
        here = re.search(r"<<'(\w+)'$", line)
        body = []
        while here is not None and (following := next(lines)) is not None:
            body.append(following)
            if following == here[1]:
                break
        yield "\n".join([line, *body])


def _run(command: str) -> None:
    """Run a command; the toolkit's own in this process, where the scratch server is known."""
    if command.startswith("hephaitos "):
        own, _, fallback = command.partition(" || ")
        arguments = shlex.split(os.path.expandvars(own))[1:]
        expected = int(fallback.rpartition(" ")[2]) if fallback else 0
        assert (app(arguments, standalone_mode=False) or 0) == expected, command
    elif command.startswith("alembic "):
        CommandLine().main(argv=shlex.split(os.path.expandvars(command))[1:])
    else:
        done = subprocess.run(
            ["sh", "-e", "-c", command], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        print(done.stdout)
