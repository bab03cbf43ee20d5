"""The rules: each finds the fault it was written for, that one only, and nothing in the project.

`verify_rules/` holds one SQL file a rule. A case begins with `-- fault:` and the objects that the
rule then `-- finds:`, or with `-- harmless:`; what stands before the first is run for each.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import pytest

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.server import Server
from toolkit.settings import Settings
from toolkit.verify import Check, Outcome
from toolkit.verify.declarations import Declarations, read_declarations
from toolkit.verify.rulebook import declare, rules, run_rule

CASES = Path(__file__).parent / "verify_rules"
RULES = {rule.name: rule for rule in rules()}
Ask: TypeAlias = Callable[..., Check]


@dataclass(frozen=True, slots=True)
class Case:
    """Statements, and the objects that a rule has to name afterwards."""

    rule: str
    name: str
    sql: str
    found: frozenset[str]

    def __str__(self) -> str:
        return f"{self.rule[:4]} {self.name}"


def read_cases() -> Iterator[Case]:
    for path in sorted(CASES.glob("*.sql")):
        given, *pieces = re.split(r"(?m)^-- (?=fault: |harmless: )", path.read_text())
        for piece in pieces:
            found = frozenset(re.findall(r"(?m)^-- finds: (.+)$", piece))
            assert bool(found) is piece.startswith("fault"), f"{path.name}: {piece}"
            yield Case(path.stem, piece.split("\n")[0], f"{given}\n-- {piece}", found)


CASES_OF_ALL_RULES = tuple(read_cases())


@pytest.fixture
def declarations(settings: Settings) -> Declarations:
    return read_declarations(settings.tenant)


@pytest.fixture
def ask(database: Connection, declarations: Declarations, server: Server) -> Ask:
    """Return what runs one rule, after some statements; declarations can be changed."""

    def ask(name: str, sql: str = "", **changed: tuple[str, ...]) -> Check:
        rule = RULES[name]
        if rule.requires and rule.requires not in server.capabilities.extensions:
            pytest.skip(f"this server has no {rule.requires}")
        database.execute(sql.encode())
        declare(database, replace(declarations, **changed))  # type: ignore[arg-type]  # all names
        return run_rule(database, rule)

    return ask


def objects(check: Check) -> list[str]:
    return [finding.object for finding in check.findings]


@pytest.mark.parametrize("name", RULES)
def test_the_project_is_clean(ask: Ask, name: str) -> None:
    check = ask(name)

    assert check.findings == ()
    assert check.outcome is Outcome.PASSED


@pytest.mark.parametrize("case", CASES_OF_ALL_RULES, ids=str)
def test_a_fault_is_found_and_nothing_else(ask: Ask, case: Case) -> None:
    check = ask(case.rule, case.sql)

    assert set(objects(check)) == case.found
    assert all(finding.detail and finding.hint.endswith(".") for finding in check.findings)


def test_every_rule_has_a_fault_that_it_finds() -> None:
    tested = {case.rule for case in CASES_OF_ALL_RULES if case.found}

    assert tested == RULES.keys()


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"schemas": ("public", "pubilc")}, "schema pubilc"),
        ({"private_schemas": ("Internal",)}, "schema Internal"),
        ({"api_roles": ("anon", "authentic")}, "role authentic"),
        ({"service_role": "servant"}, "role servant"),
        ({"public_tables": ("public.templates",)}, "table public.templates"),
    ],
)
def test_a_declared_name_that_does_not_exist_is_found(
    ask: Ask, changed: dict[str, tuple[str, ...]], found: str
) -> None:
    assert objects(ask("0001_declared_objects", **changed)) == [found]


def test_a_definer_function_without_its_declaration_is_found(
    ask: Ask, declarations: Declarations
) -> None:
    first, *others = declarations.isolation

    check = ask("0004_definer_isolation_declared", isolation=tuple(others))

    assert objects(check) == [first.function]


@pytest.mark.parametrize("kind", ["table", "materialized view"])
def test_what_is_declared_public_may_be_read(ask: Ask, kind: str) -> None:
    plant = f"create {kind} public.planted as select 1; grant select on public.planted to anon"

    assert objects(ask("0011_anonymous_grants", plant)) == ["public.planted"]
    assert ask("0011_anonymous_grants", public_tables=("public.planted",)).findings == ()
    assert ask("0014_materialized_view_grants", public_tables=("public.planted",)).findings == ()


@pytest.mark.parametrize("power", ["superuser", "bypassrls", "login"])
def test_each_power_of_an_owner_is_found(
    shared_database: Database, declarations: Declarations, power: str
) -> None:
    with connect(shared_database.admin_url, autocommit=False) as admin:
        admin.execute(f"create role planted_{power} {power}".encode())
        admin.execute("create function public.planted() returns int language sql as 'select 1'")
        admin.execute("alter function public.planted() security definer")
        admin.execute(f"alter function public.planted() owner to planted_{power}".encode())
        declare(admin, declarations)
        found = objects(run_rule(admin, RULES["0003_definer_owner"]))
        admin.rollback()

    assert found == ["public.planted()"]


def test_a_foreign_key_that_was_switched_off_is_found(
    shared_database: Database, declarations: Declarations
) -> None:
    with connect(shared_database.admin_url, autocommit=False) as admin:
        admin.execute("alter table public.strategies disable trigger all")
        declare(admin, declarations)
        found = objects(run_rule(admin, RULES["0019_trigger_enabled"]))
        admin.rollback()

    assert "constraint strategies_user_id_fkey on public.strategies" in found


def test_a_rule_is_skipped_where_its_extension_is_missing(
    database: Connection, declarations: Declarations
) -> None:
    rule = replace(RULES["0015_primary_key"], requires="no_such_extension")
    declare(database, declarations)

    check = run_rule(database, rule)

    assert check.outcome is Outcome.SKIPPED
    assert check.skipped == "extension no_such_extension is not installed here"


def test_a_rule_leaves_the_search_path_empty(
    database: Connection, declarations: Declarations
) -> None:
    database.execute("create extension citext schema internal")
    declare(database, declarations)

    run_rule(database, replace(RULES["0015_primary_key"], requires="citext"))

    assert database.execute("show search_path").fetchone() == ("",)


@pytest.mark.parametrize("name", RULES)
def test_temporary_tables_cannot_blind_a_rule(ask: Ask, database: Connection, name: str) -> None:
    fault = next(case for case in CASES_OF_ALL_RULES if case.rule == name)
    catalogs = database.execute(
        "select relname from pg_catalog.pg_class where oid::regclass::text = any(%s)",
        [re.findall(r"\bpg_\w+", RULES[name].sql)],
    ).fetchall()
    blinds = [f"create temporary table {one} ()" for (one,) in catalogs]

    check = ask(name, ";".join([fault.sql, *blinds]))

    assert set(objects(check)) == fault.found
