"""Verification as a whole: the rules, the bodies, the proofs, one after the other."""

from collections.abc import Iterator

from toolkit.connect import Connection
from toolkit.server.model import Progress, silent
from toolkit.settings import Settings
from toolkit.verify.bodies import check_sql_bodies
from toolkit.verify.check import Check, Report
from toolkit.verify.declarations import Declarations, read_declarations
from toolkit.verify.isolation import prove_isolation
from toolkit.verify.rulebook import declare, rules, run_rule
from toolkit.verify.sameness import prove_sameness
from toolkit.verify.shadowing import prove_unshadowed


def run_checks(
    connection: Connection,
    settings: Settings,
    progress: Progress = silent,
    *,
    may_delete: bool = False,
) -> Report:
    """Check one database, and leave it as it was.

    Args:
        connection: to the database, as the role that applies revisions; in or outside a
            transaction. Whatever happens in here is rolled back.
        settings: the tenant's declarations.
        progress: told each step in a few words.
        may_delete: whether something may be deleted for a while: on a scratch database only.

    Returns:
        Every check in a fixed order. A few statements a rule and function, some hundred calls for
        each function whose isolation is proven.

    Raises:
        SettingsError: pyproject.toml declares too little.
    """
    declarations = read_declarations(settings.tenant)
    with connection.transaction(force_rollback=True):
        declare(connection, declarations)
        return Report(tuple(_checks(connection, declarations, progress, may_delete=may_delete)))


def _checks(
    connection: Connection, declarations: Declarations, progress: Progress, *, may_delete: bool
) -> Iterator[Check]:
    progress(f"{len(rules())} rules about the catalog")
    for rule in rules():
        yield run_rule(connection, rule)
    progress("bodies of SQL functions")
    yield check_sql_bodies(connection, declarations.schemas)
    for declared in declarations.isolation:
        progress(f"isolation of {declared.function}")
        yield prove_isolation(connection, declarations, declared, may_delete=may_delete)
    for shared in declarations.shared:
        progress(f"sameness of {shared.function}")
        yield prove_sameness(connection, declarations, shared)
    for signature in declarations.proven_functions:
        progress(f"shadowing of {signature}")
        yield prove_unshadowed(connection, declarations, signature)
