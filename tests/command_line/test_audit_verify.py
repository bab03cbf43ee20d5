"""hephaitos audit verify: each way around the record is one finding, by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from toolkit.audit import EVENTS, RULES, check_audit, read_audit
from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.settings import Settings

if TYPE_CHECKING:
    from tests.command_line.conftest import Run

# A way around, and the object and the first words of the finding that names it.
WAYS = {
    "alter table public.strategies disable trigger t10_record_update": (
        "0002_recording_triggers", "update of public.strategies", "Trigger t10_record_update is"),
    "alter table public.trades enable trigger t10_record_delete": (
        "0002_recording_triggers", "delete of public.trades", "Trigger t10_record_delete keeps"),
    "drop trigger t10_record_truncate on public.exports": (
        "0002_recording_triggers", "truncate of public.exports", "Nothing records it"),
    "create trigger t20_again after insert on public.profiles referencing new table as new_rows "
    "for each statement execute function "
    "internal.record_inserted_rows_trigger('{id}', 'id', '{}')": (
        "0002_recording_triggers", "insert of public.profiles", "2 triggers record it"),
    "create trigger t05_early after update on public.strategies for each statement "
    "execute function internal.refuse_rewrite_trigger()": (
        "0003_recorded_first", "trigger t05_early on public.strategies", "It fires before"),
    "create table public.strategies_more () inherits (public.strategies)": (
        "0004_other_ways_in", "public.strategies_more", "It inherits from"),
    "alter table audit.changes detach partition audit.changes_default": (
        "0005_log_partitions", "audit.changes", "It has no default partition"),
    "alter table audit.changes disable trigger t10_refuse_rewrite": (
        "0006_append_only", "delete of audit.changes", "What refuses it is disabled"),
    "drop trigger t10_refuse_truncate on audit.changes_default": (
        "0006_append_only", "truncate of audit.changes_default", "Nothing refuses it"),
    "grant truncate on audit.changes to service_role": (
        "0006_append_only", "audit.changes", "service_role may truncate it"),
    "grant select on audit.changes_default to service_role": (
        "0006_append_only", "audit.changes_default", "service_role may select it"),
    "insert into audit.changes (changed_at, table_schema, table_name, operation) "
    "values ('2001-01-01', 'public', 'toys', 'truncate')": (
        "default partition", "audit.changes_default", "It holds rows"),
    "drop table public.exports": (
        "0001_declared_objects", "public.exports", "There is no such table"),
}  # fmt: skip


@pytest.fixture
def found(settings: Settings) -> Callable[[Connection], set[tuple[str, str, str]]]:
    """Return what tells check, object and detail of every finding."""
    declared = read_audit(settings.tenant)

    def find(connection: Connection) -> set[tuple[str, str, str]]:
        return {
            (check.name, finding.object, finding.detail)
            for check in check_audit(connection, declared).checks
            for finding in check.findings
        }

    return find


def test_a_migrated_database_has_no_way_around(
    database: Connection, found: Callable[[Connection], set[tuple[str, str, str]]]
) -> None:
    assert found(database) == set()


@pytest.mark.parametrize("way", WAYS)
def test_a_way_around_is_named(
    database: Connection, found: Callable[[Connection], set[tuple[str, str, str]]], way: str
) -> None:
    database.execute(way.encode())

    findings = found(database)

    rule, where, what = WAYS[way]
    assert any(
        (name, named) == (rule, where) and detail.startswith(what)
        for name, named, detail in findings
    ), findings
    assert {name for name, _, _ in findings} == {rule}


def test_a_partition_without_triggers_is_named(database: Connection, settings: Settings) -> None:
    database.execute("create table public.toy (id int primary key) partition by range (id)")
    database.execute("create table public.toy_one partition of public.toy default")
    database.execute("select internal.audit_table('public.toy')")
    database.execute(
        "create table public.toy_two partition of public.toy for values from (1) to (2)"
    )
    audit = {**settings.tenant["audit"], "tables": {"public.toy": list(EVENTS)}}

    report = check_audit(database, read_audit({"audit": audit}))

    assert [finding.object for check in report.checks for finding in check.findings] == sorted(
        f"{event} of public.toy_two" for event in EVENTS
    )


def test_months_that_run_out_are_told_before_they_do(
    database: Connection, settings: Settings
) -> None:
    tenant = {**settings.tenant, "audit": {**settings.tenant["audit"], "ahead": "10 years"}}

    report = check_audit(database, read_audit(tenant))

    (finding,) = (one for check in report.checks for one in check.findings)
    assert finding.detail.startswith("It has no partition from ")


def test_the_command_says_so_and_exits_with_2(run: Run, own_database: Database) -> None:
    command = ["audit", "verify", "--format", "json", "--database-url", own_database.url]

    clean = run(*command)
    with connect(own_database.url) as connection:
        connection.execute("alter table public.trades disable trigger t10_record_delete")
    dirty = run(*command)

    assert (clean.code, json.loads(clean.out)["passed"]) == (0, len(RULES) + 1)
    assert (dirty.code, json.loads(dirty.out)["failed"]) == (2, 1)
