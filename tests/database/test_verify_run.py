"""run_checks(): everything is looked at, nothing stays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.errors import SettingsError
from toolkit.server import Server
from toolkit.settings import Settings
from toolkit.verify import Outcome, run_checks
from toolkit.verify.rulebook import rules

if TYPE_CHECKING:
    from tests.database.conftest import World

DASHBOARD = "isolation public.get_strategies_with_performance(uuid)"


def test_the_project_with_data_passes_everything(
    world: World, settings: Settings, server: Server
) -> None:
    for _ in range(3):
        world.furnish()
    world.rank()

    report = run_checks(world.connection, settings)

    assert report.failed == 0
    assert len(report.checks) >= len(rules()) + 2
    assert {check.name for check in report.checks if check.outcome is Outcome.SKIPPED} == {
        rule.name
        for rule in rules()
        if rule.requires and rule.requires not in server.capabilities.extensions
    }


def test_an_empty_database_skips_the_proofs_and_says_so(
    database: Connection, settings: Settings
) -> None:
    report = run_checks(database, settings)

    (proof,) = (check for check in report.checks if check.name == DASHBOARD)
    assert proof.outcome is Outcome.SKIPPED
    assert report.failed == 0


def test_a_database_without_the_project_is_full_of_findings(
    pristine_database: Database, settings: Settings
) -> None:
    with connect(pristine_database.url) as connection:
        report = run_checks(connection, settings)

    failed = {check.name for check in report.checks if check.outcome is Outcome.FAILED}
    assert failed == {
        "0001_declared_objects",
        *(f"isolation {function}" for function in declared(settings, "isolation")),
        *(f"sameness {function}" for function in declared(settings, "shared")),
    }


@pytest.mark.parametrize("autocommit", [True, False])
def test_the_session_is_as_it_was(
    shared_database: Database, settings: Settings, *, autocommit: bool
) -> None:
    remembered = """
        select
            current_setting('search_path'), current_setting('role'),
            coalesce(current_setting('hephaitos.schemas', true), ''),
            coalesce(current_setting('request.jwt.claims', true), '')
    """
    with connect(shared_database.url, autocommit=autocommit) as connection:
        before = connection.execute(remembered).fetchone()

        run_checks(connection, settings)

        assert connection.execute(remembered).fetchone() == before


def test_each_step_is_told(database: Connection, settings: Settings) -> None:
    told: list[str] = []

    run_checks(database, settings, told.append)

    proofs = [
        *(f"isolation of {function}" for function in declared(settings, "isolation")),
        *(f"sameness of {function}" for function in declared(settings, "shared")),
        *(f"shadowing of {function}" for function in declared(settings, "isolation")),
        *(f"shadowing of {function}" for function in declared(settings, "shared")),
    ]
    assert told[0] == f"{len(rules())} rules about the catalog"
    assert told[-len(proofs) :] == proofs


def test_a_project_that_declares_nothing_is_refused(
    database: Connection, settings: Settings
) -> None:
    with pytest.raises(SettingsError, match="does not say what api_roles is"):
        run_checks(database, replace(settings, tenant={}))


def declared(settings: Settings, proof: str) -> list[str]:
    return [entry["function"] for entry in settings.tenant[proof]]
