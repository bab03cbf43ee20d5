"""hephaitos verify: what it prints, and the code it ends with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from toolkit.clones import Database
from toolkit.connect import connect

if TYPE_CHECKING:
    from tests.command_line.conftest import Run


def unwrapped(text: str) -> str:
    return " ".join(text.split())


def test_a_clean_database_ends_with_nothing_found(run: Run, own_database: Database) -> None:
    ran = run("verify", "--database-url", own_database.url)

    assert ran.code == 0
    assert "passed  0006_row_security" in ran.out
    assert "0 failed" in ran.out.splitlines()[-1]
    assert "because 3 tenants are needed, found 0" in unwrapped(ran.out)
    assert "rules about the catalog" in ran.err


def test_a_finding_ends_with_its_own_code(run: Run, own_database: Database) -> None:
    with connect(own_database.url) as connection:
        connection.execute("alter table public.strategies disable row level security")

    ran = run("verify", environment={"HEPHAITOS_DATABASE_URL": own_database.url})

    assert ran.code == 2
    assert "failed  0006_row_security" in ran.out
    assert (
        "- public.strategies "
        "Row security is off, and authenticated holds delete, insert, select, update. "
        "hint: alter table public.strategies enable row level security,"
    ) in unwrapped(ran.out)


def test_machines_read_the_whole_report(run: Run, own_database: Database) -> None:
    with connect(own_database.url) as connection:
        connection.execute("alter table public.strategies disable row level security")

    ran = run("verify", "--format", "json", "--database-url", own_database.url)

    report = json.loads(ran.out)
    failed = [check for check in report["checks"] if check["outcome"] == "failed"]
    assert ran.code == 2
    assert report["failed"] == len(failed) == 2
    assert {check["name"] for check in failed} == {
        "0006_row_security",
        "0007_policy_without_row_security",
    }
    assert all(finding["object"] == "public.strategies" for finding in failed[0]["findings"])


def test_a_database_must_be_named(run: Run) -> None:
    ran = run("verify")

    assert ran.code == 1
    assert "error: no database was named" in ran.err
    assert ran.out == ""


@pytest.mark.deep
def test_the_head_is_proven_on_a_scratch_server(run: Run) -> None:
    ran = run("verify", "--head", "--format", "json")

    report = json.loads(ran.out)
    assert (ran.code, report["failed"]) == (0, 0)
    proofs = {check["name"].split()[0] for check in report["checks"]}
    assert proofs >= {"isolation", "sameness", "shadowing", "equality", "statements", "growth"}


def test_the_head_is_of_no_target(run: Run) -> None:
    ran = run("verify", "--head", "--database-url", "postgresql://somebody@127.0.0.1/theirs")

    assert ran.code == 1
    assert "error: refusing to work beside somebody" in ran.err


def test_the_rules_are_explained_without_a_database(run: Run) -> None:
    ran = run("verify", "--rules")

    assert ran.code == 0
    assert "## 0006 row security" in ran.out
    assert ran.err == ""
