"""Putting one mutant into a database of its own, and looking who notices."""

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from hypothesis.errors import HypothesisException
from psycopg import errors

from toolkit.clones import clone
from toolkit.connect import connect
from toolkit.server import Server
from toolkit.settings import read_settings
from toolkit.verify.declarations import read_declarations
from toolkit.verify.growth import prove_cost
from toolkit.verify.mutants import Mutant, make_mutants, name_guards
from toolkit.verify.noticing import notice
from toolkit.verify.promise import load_promises

PROJECT = Path(__file__).resolve().parents[3]
FUNCTIONS = PROJECT / "sql" / "functions"
# A loop that no longer ends is noticed, too: by whoever waits for it.
_LONGEST_S = 120
_SILENT = (
    "-qx", "-p", "no:cacheprovider", "-p", "no:xdist",
    # This process has loaded already what pytest would rather load itself; Hypothesis' plugin
    # refuses where a world was made before, and the tests do without.
    "-W", "ignore::pytest.PytestAssertRewriteWarning", "-p", "no:hypothesispytest",
)  # fmt: skip


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
    """Find out who notices a mutant: its own tests first, because they know best where to look."""
    with clone(server, template) as database:
        with connect(database.url) as connection:
            try:
                with connection.transaction():
                    connection.execute(mutant.text.encode())
            except psycopg.Error:
                return Fate(mutant, stillborn=True)
        failed = first_failure(server, database.name, own_tests(mutant.name))
        return Fate(
            mutant, killer=failed or first_disproof(server, database.name, Path(mutant.name).stem)
        )


def first_failure(server: Server, template: str, tests: Path) -> str | None:
    """Return which test of a file fails first on clones of a database; None when all pass.

    In a copy of this process, which spares a new one the seconds that its imports take.

    Raises:
        RuntimeError: they did not run at all, which says nothing about the database.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _run_and_exit(server, template, tests, writing)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as said:
        failed = said.read()
    _, status = os.waitpid(child, 0)
    if failed:
        return failed
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        return f"{tests.name}, for which it takes too long"
    if code := os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"{tests.name} did not run: {code}")
    return None


class _Witness:
    """Says which test failed first, to whoever reads the other end of a pipe."""

    def __init__(self, writing: int) -> None:
        self._writing: int | None = writing

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Hear of one test."""
        if report.failed and self._writing is not None:
            os.write(self._writing, report.nodeid.rpartition("/")[2].encode())
            self._writing = None


def _run_and_exit(server: Server, template: str, tests: Path, writing: int) -> None:
    """Run a test file and nothing else of the process that this is a copy of."""
    code = int(pytest.ExitCode.INTERNAL_ERROR)
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_LONGEST_S)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        os.environ.pop("PYTEST_XDIST_WORKER", None)
        os.environ |= {
            "HEPHAITOS_TEST_SERVER": server.to_json(),
            "HEPHAITOS_TEST_TEMPLATE": template,
        }
        os.chdir(PROJECT)
        code = int(pytest.main([*_SILENT, str(tests)], plugins=[_Witness(writing)]))
    finally:
        # Not an exception may leave the copy: its caller is the original's.
        os._exit(code)


def first_disproof(server: Server, name: str, function: str) -> str | None:
    """Return which proof fails first in a database; None when all hold.

    The proofs of cost come last and for the function's own promise only: they take longest.

    Args:
        server: a scratch server.
        name: of the database, which is filled.
        function: whose proofs to try first, without its schema.
    """
    settings = read_settings(start=PROJECT, environment={})
    with connect(server.url(name)) as connection:
        try:
            noticed = notice(connection, settings, function)
        except errors.QueryCanceled:
            # Too slow is not wrong: the machine may be busy.
            return None
        except (psycopg.Error, HypothesisException) as error:
            # A trigger that fails, a lock that never comes, an answer that changes.
            return f"{type(error).__name__} while proving"
    if noticed:
        return noticed
    declarations = read_declarations(settings.tenant)
    for signature, promise in load_promises(PROJECT / "proofs").items():
        if signature.startswith(f"public.{function}("):
            checks = prove_cost(server, name, declarations, promise)
            return next((check.name for check in checks if check.findings), None)
    return None
