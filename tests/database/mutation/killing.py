"""Putting one mutant into a database of its own, and looking who notices."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
from hypothesis.errors import HypothesisException
from psycopg import errors

from toolkit.clones import clone
from toolkit.connect import connect
from toolkit.server import Server
from toolkit.settings import read_settings
from toolkit.verify.mutants import Mutant, make_mutants, name_guards
from toolkit.verify.noticing import notice

PROJECT = Path(__file__).resolve().parents[3]
FUNCTIONS = PROJECT / "sql" / "functions"
_LONGEST_S = 240


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one mutant.

    Args:
        mutant: which.
        stillborn: Postgres refuses it, so that nobody could have written it.
        killer: the check or the test file that noticed; None when nobody did.
    """

    mutant: Mutant
    stillborn: bool = False
    killer: str | None = None

    @property
    def survived(self) -> bool:
        """Whether it lived and nobody noticed."""
        return not self.stillborn and self.killer is None


def all_mutants() -> tuple[Mutant, ...]:
    """Write the mutants of every function in sql/, by file and line."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(FUNCTIONS.glob("*/*.sql"))}
    guards = name_guards(texts.values())
    return tuple(
        mutant
        for path, text in texts.items()
        for mutant in make_mutants(
            str(path.relative_to(PROJECT)), text, decides=path.stem in guards
        )
    )


def own_tests(name: str) -> Path:
    """Return the test file of a function's file."""
    path = Path(name)
    return PROJECT / "tests" / "database" / f"test_{path.parent.name}_{path.stem}.py"


def kill(server: Server, template: str, mutant: Mutant) -> Fate:
    """Find out who notices a mutant: the proofs first, because they are quicker."""
    settings = read_settings(start=PROJECT, environment={})
    with clone(server, template) as database:
        with connect(database.url) as connection:
            try:
                with connection.transaction():
                    connection.execute(mutant.text.encode())
            except psycopg.Error:
                return Fate(mutant, stillborn=True)
        with clone(server, database.name) as filled, connect(filled.url) as connection:
            try:
                noticed = notice(connection, settings, Path(mutant.name).stem)
            except errors.QueryCanceled:
                # Too slow is not wrong: the machine may be busy.
                noticed = None
            except (psycopg.Error, HypothesisException) as error:
                # A trigger that fails, a lock that never comes, an answer that changes.
                noticed = f"{type(error).__name__} while proving"
        if noticed is None and not passes(server, database.name, own_tests(mutant.name)):
            noticed = own_tests(mutant.name).name
        return Fate(mutant, killer=noticed)


def passes(server: Server, template: str, tests: Path) -> bool:
    """Tell whether a test file passes on clones of a database."""
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", str(tests)],
            cwd=PROJECT,
            env={
                **os.environ,
                "HEPHAITOS_TEST_SERVER": server.to_json(),
                "HEPHAITOS_TEST_TEMPLATE": template,
            },
            capture_output=True,
            timeout=_LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return ran.returncode == 0
