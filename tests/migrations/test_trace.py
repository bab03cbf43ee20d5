"""The lock trace on a real server: what statements really took, rewrote and read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks import dataset
from benchmarks.population import Size
from tests.migrations.projects import SmallProject
from toolkit.bodies import Complaint, new_complaints, read_complaints
from toolkit.clones import Database, clone
from toolkit.connect import connect
from toolkit.history import Revision, read_revisions
from toolkit.server import Server
from toolkit.settings import Settings
from toolkit.trace import (
    RevisionTrace,
    overruns,
    read_budget,
    trace_history,
    trace_revision,
)

FEW = Size("few", users=3, trades=300)
PROJECT = Path(__file__).resolve().parents[2]
TABLES = """
    create table public.parents (id integer primary key, name text, amount integer);
    insert into public.parents select n, n::text, n from generate_series(1, 500) as n;
    create table public.parted (id integer) partition by range (id);
    create table public.parted_low partition of public.parted for values from (0) to (100);
"""


@dataclass(frozen=True, slots=True)
class Walked:
    """The whole history, run up and down once with data, for all who want to know of it."""

    revisions: tuple[Revision, ...]
    traces: tuple[RevisionTrace, ...]
    complaints: Mapping[str, tuple[Complaint, ...]]


@pytest.fixture(scope="module")
def walked(server: Server, template: str, settings: Settings) -> Walked:
    revisions = read_revisions(PROJECT)
    traces: list[RevisionTrace] = []
    complaints = {}
    with clone(server, template) as database, connect(database.admin_url) as admin:
        with connect(database.url, autocommit=False) as connection:
            dataset.fill(connection, FEW)
            connection.commit()
        for pair in trace_history(database, revisions):
            traces += pair
            # Here the revision is applied; the next step takes it back.
            complaints[pair[0].revision] = read_complaints(admin, settings.tenant["schemas"])
    return Walked(revisions, tuple(traces), complaints)


@pytest.fixture
def tables(pristine_database: Database) -> Database:
    with connect(pristine_database.url) as connection:
        connection.execute(TABLES)
    return pristine_database


def traced(
    project: SmallProject, database: Database, up: str, *, down: str = "select 1"
) -> tuple[RevisionTrace, RevisionTrace]:
    """Trace a new revision of a small project up and down again."""
    project.add(up, down)
    revision = read_revisions(project.root)[-1]
    return (
        trace_revision(database, revision, is_upgrade=True),
        trace_revision(database, revision, is_upgrade=False),
    )


def locks(trace: RevisionTrace) -> list[str]:
    return [f"{lock.mode} on {lock.relation.name}" for lock in trace.strongest]


def test_every_revision_stays_within_what_it_declares(walked: Walked) -> None:
    budgets = {one.number: read_budget(one) for one in walked.revisions}

    found = [
        str(one) for trace in walked.traces for one in overruns(trace, budgets[trace.revision])
    ]

    assert found == []
    assert len(walked.traces) == 2 * len(walked.revisions)
    assert all(trace.elapsed_ms > 0 and trace.wal_bytes > 0 for trace in walked.traces)


def test_no_revision_takes_away_what_a_body_uses(walked: Walked) -> None:
    before: tuple[Complaint, ...] = ()
    for revision in walked.revisions:
        after = walked.complaints[revision.number]
        assert new_complaints(before, after) == (), revision.number
        before = after


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("create index on public.parents (name)", "share"),
        ("comment on table public.parents is 'x'", "share update exclusive"),
        ("create policy p on public.parents using (true)", "access exclusive"),
        ("create table public.kids (p integer references public.parents)", "share row exclusive"),
        ("update public.parents set amount = 0 where id = 1", "row exclusive"),
        ("reindex index public.parents_pkey", "access exclusive"),
    ],
)
def test_a_lock_is_the_one_that_the_server_took(
    tables: Database, project: SmallProject, statement: str, expected: str
) -> None:
    up, _ = traced(project, tables, statement)

    assert locks(up) == [f"{expected} on public.parents"]


def test_what_only_reads_is_harmless(tables: Database, project: SmallProject) -> None:
    up, _ = traced(project, tables, "create view public.names as select name from public.parents")

    assert locks(up) == []


def test_a_lock_belongs_to_the_statement_that_took_it(
    tables: Database, project: SmallProject
) -> None:
    up, _ = traced(
        project,
        tables,
        "create table public.free (id integer);\n"
        "create index on public.parents (name);\n"
        "alter table public.parents add column note text;\n"
        "alter table public.parents add column more text;",
    )

    by_line = {
        statement.line: [
            str(lock.mode) for lock in statement.locks if lock.relation.name == "public.parents"
        ]
        for statement in up.statements
    }
    assert by_line == {1: [], 2: [], 3: ["share"], 4: ["access exclusive"], 5: []}


def test_what_a_revision_makes_is_nobody_elses_on_either_way(
    tables: Database, project: SmallProject
) -> None:
    up, down = traced(
        project,
        tables,
        "create table public.mine (id integer); alter table public.mine add note text;",
        down="drop table public.mine",
    )

    assert locks(up) == locks(down) == []
    assert {
        (lock.relation.name, lock.relation.is_own, str(lock.mode))
        for statement in down.statements
        for lock in statement.locks
    } == {("public.mine", True, "access exclusive")}


def test_a_table_that_goes_on_the_way_up_was_somebody_elses(
    tables: Database, project: SmallProject
) -> None:
    up, _ = traced(project, tables, "drop table public.parents")

    assert locks(up) == ["access exclusive on public.parents"]


def test_an_understated_lock_a_hidden_rewrite_and_a_hidden_scan_are_found(
    tables: Database, project: SmallProject
) -> None:
    words = "Widen it.\n\nLocks:   share on public.parents; brief.\nRewrite: none.\n"
    budget = read_budget(Revision("0001", None, words, None))

    up, _ = traced(project, tables, "alter table public.parents alter amount type bigint")

    assert [one.what.partition(";")[0] for one in overruns(up, budget)] == [
        "took access exclusive on public.parents, its Locks line declares share",
        "rewrote public.parents, its Rewrite line does not say so",
        # Once for the copy, once for the index on it.
        "read 1,000 rows of public.parents, its Rewrite line does not say so",
    ]


def test_a_change_of_the_catalog_alone_rewrites_and_reads_nothing(
    tables: Database, project: SmallProject
) -> None:
    up, _ = traced(project, tables, "alter table public.parents add more integer default 7")

    assert (up.rewrites, up.scans) == ((), ())


def test_rows_are_counted_for_the_revision_alone(tables: Database, project: SmallProject) -> None:
    with connect(tables.url) as connection:
        connection.execute("select count(*) from public.parents")

    up, down = traced(
        project,
        tables,
        "alter table public.parents add constraint named check (name <> '')",
        down="alter table public.parents drop constraint named",
    )

    assert [(scan.relation.name, scan.row_count) for scan in up.scans] == [("public.parents", 500)]
    assert down.scans == ()


def test_a_partition_counts_as_its_table(tables: Database, project: SmallProject) -> None:
    up, _ = traced(project, tables, "alter table public.parted add note text")

    assert locks(up) == ["access exclusive on public.parted"]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "create index concurrently parents_name_idx on public.parents (name)",
            ["share update exclusive on public.parents"],
        ),
        (
            "drop index concurrently public.parents_amount_idx",
            ["share update exclusive on public.parents"],
        ),
        (
            "alter table public.parted detach partition public.parted_low concurrently",
            ["share update exclusive on public.parted", "access exclusive on public.parted_low"],
        ),
    ],
)
def test_a_statement_alone_is_caught_at_every_lock_it_waits_with(
    tables: Database, project: SmallProject, statement: str, expected: list[str]
) -> None:
    with connect(tables.url) as connection:
        connection.execute("create index parents_amount_idx on public.parents (amount)")

    up, _ = traced(project, tables, f"-- autocommit\n{statement};\n")

    assert locks(up) == expected
    assert up.is_autocommit
    assert up.scans == () or up.scans[0].row_count == 2 * 500  # built, then validated


def test_a_trace_can_be_written_down(tables: Database, project: SmallProject) -> None:
    up, _ = traced(project, tables, "create index on public.parents (name)")

    document = up.as_json()

    assert document["statements"][-1]["locks"] == [
        {
            "name": "public.parents",
            "kind": "table",
            "part_of": "",
            "is_own": False,
            "mode": "share",
        },
        {
            "name": "public.parents_name_idx",
            "kind": "index",
            "part_of": "public.parents",
            "is_own": True,
            "mode": "access exclusive",
        },
    ]
