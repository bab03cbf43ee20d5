"""The README's way for a DBA, run word for word against an empty database."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line.conftest import PROJECT, Ran, plain_environment
from toolkit.clones import Database
from toolkit.connect import connect

PROGRAMS = Path(sys.executable).parent


@pytest.fixture
def shown() -> list[str]:
    """The commands under the heading for DBAs, apart from the one that sets the URL."""
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    section = readme.split("**You apply migrations")[1].split("**You run CI")[0]
    commands = re.findall(r"^\$ (.+?)(?:\s+#.*)?$", section, re.MULTILINE)
    assert commands[0].startswith("export HEPHAITOS_DATABASE_URL=")
    return commands[1:]


def test_it_ends_with_a_migrated_and_verified_database(
    shown: list[str], pristine_database: Database
) -> None:
    doctor, *ran = [_shell(command, pristine_database.url) for command in shown]

    # A clone is not the database where pg_cron fires, and the doctor says so.
    assert doctor.code in {0, 2}, doctor.err
    assert [one.code for one in ran] == [0] * len(ran), "\n".join(one.err for one in ran)
    with connect(pristine_database.url) as connection:
        revision = connection.execute("select version_num from alembic_version").fetchone()
    assert revision is not None
    assert _shell(".venv/bin/hephaitos verify", pristine_database.url).code == 0


def _shell(command: str, url: str) -> Ran:
    # The suite may run from another virtual environment than the README's.
    here = command.replace(".venv/bin/", f"{PROGRAMS}/").replace("| less", "| cat")
    finished = subprocess.run(
        ["bash", "-o", "pipefail", "-c", here],
        cwd=PROJECT,
        env={**plain_environment(), "HEPHAITOS_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(finished.returncode, finished.stdout, finished.stderr)
