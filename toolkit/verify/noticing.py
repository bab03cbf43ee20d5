"""Do the proofs notice that a function has been changed?"""

from collections.abc import Mapping, Sequence

from toolkit.connect import Connection
from toolkit.settings import Settings
from toolkit.verify.check import Outcome
from toolkit.verify.declarations import Declarations, read_declarations
from toolkit.verify.equality import prove_equal
from toolkit.verify.promise import Promise, load_furnisher, load_promises, load_worlds
from toolkit.verify.rulebook import declare, rules, run_rule
from toolkit.verify.run import run_checks

_EXAMPLES_OF_ONE, _EXAMPLES_OF_ALL = 25, 4


def notice(connection: Connection, settings: Settings, name: str) -> str | None:
    """Hold a changed database to the rules and proofs, the cheapest first.

    Args:
        connection: to a migrated scratch database with one function changed; it is filled, and what
            is written stays.
        settings: the tenant's declarations, with promises among them.
        name: of the function, without its schema.

    Returns:
        The name of the first check that fails; None when all hold.
    """
    declarations = read_declarations(settings.tenant)
    assert declarations.proofs is not None  # asked of tenants with promises only
    folder = settings.project_root / declarations.proofs
    broken = _broken_rule(connection, declarations)
    if broken is not None:
        return broken
    worlds = load_worlds(folder)
    promises = load_promises(folder)
    own = _about(name, promises)
    for promise in own or promises.values():
        examples = _EXAMPLES_OF_ONE if own else _EXAMPLES_OF_ALL
        check = prove_equal(
            connection, declarations, promise, worlds, examples=examples, smallest=False
        )
        if check.outcome is Outcome.FAILED:
            return check.name
    load_furnisher(folder)(connection)
    failed = (one for one in run_checks(connection, settings).checks if one.findings)
    first = next(failed, None)
    return None if first is None else first.name


def _broken_rule(connection: Connection, declarations: Declarations) -> str | None:
    with connection.transaction(force_rollback=True):
        declare(connection, declarations)
        checks = (run_rule(connection, rule) for rule in rules())
        return next((check.name for check in checks if check.findings), None)


def _about(name: str, promises: Mapping[str, Promise]) -> Sequence[Promise]:
    return [
        promise
        for signature, promise in promises.items()
        if signature.partition("(")[0].rpartition(".")[2] == name
    ]
