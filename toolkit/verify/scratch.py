"""The proofs that write: run on clones of a scratch server, never on a target.

What a target can be asked without a trace is in `run`; that is asked here, too, of made-up tenants.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from toolkit.clones import clone
from toolkit.connect import connect
from toolkit.server import Server
from toolkit.server.model import Progress, silent
from toolkit.settings import Settings
from toolkit.verify.check import Check, Finding, Report, judged
from toolkit.verify.declarations import Declarations, read_declarations
from toolkit.verify.equality import prove_equal
from toolkit.verify.growth import prove_cost
from toolkit.verify.promise import Promise, load_furnisher, load_promises, load_worlds
from toolkit.verify.racing import prove_race
from toolkit.verify.run import run_checks

_PROMISED = "promises"


def run_proofs(
    server: Server, template: str, settings: Settings, progress: Progress = silent
) -> Report:
    """Check the head of history, with every proof there is.

    Args:
        server: a scratch server.
        template: a database of it at the head of history.
        settings: the tenant's declarations.
        progress: told each step in a few words.

    Returns:
        Every check that a target gets, then those that need data of their own. About ten seconds
        for each function that promises something.

    Raises:
        SettingsError: pyproject.toml or the folder it names declares too little.
    """
    declarations = read_declarations(settings.tenant)
    checks: list[Check] = []
    if declarations.proofs is None:
        with clone(server, template) as database, connect(database.url) as connection:
            return run_checks(connection, settings, progress)
    folder = settings.project_root / declarations.proofs
    promises = load_promises(folder)
    with clone(server, template) as database, connect(database.url) as connection:
        load_furnisher(folder)(connection)
        checks += run_checks(connection, settings, progress, may_delete=True).checks
    checks.append(_promised(declarations, promises))
    known = [promises[one] for one in declarations.proven_functions if one in promises]
    checks += _equal(server, template, declarations, folder, known, progress)
    for promise in known:
        progress(f"cost of {promise.function}")
        checks += prove_cost(server, template, declarations, promise)
        for race in promise.races:
            progress(f"race: {race.name}")
            with clone(server, template) as database:
                checks.append(prove_race(database, declarations, promise.function, race))
    return Report(tuple(checks))


def _promised(declarations: Declarations, promises: Mapping[str, Promise]) -> Check:
    """Check that functions and promises are about each other."""
    declared = set(declarations.proven_functions)
    silent_ones = [
        Finding(one, "It promises nothing.", f"Write {declarations.proofs}/<function>.py.")
        for one in declared - promises.keys()
    ]
    stray = [
        Finding(one, "A promise is about it, and no declaration.", "Declare it in pyproject.toml.")
        for one in promises.keys() - declared
    ]
    claim = "Every function of the API promises what it answers and what it costs."
    return judged(_PROMISED, claim, [*silent_ones, *stray], f"{len(promises)} promises")


def _equal(
    server: Server,
    template: str,
    declarations: Declarations,
    folder: Path,
    promises: list[Promise],
    progress: Progress,
) -> Iterator[Check]:
    try:
        worlds = load_worlds(folder)
    except ModuleNotFoundError as error:
        for promise in promises:
            yield Check(
                f"equality {promise.function}",
                f"{promise.function} answers what its oracle does.",
                skipped=f"{error.name} is not installed: pip install 'hephaitos[test]'",
            )
        return
    with clone(server, template) as database, connect(database.url) as connection:
        for promise in promises:
            progress(f"answers of {promise.function}")
            yield prove_equal(connection, declarations, promise, worlds)
