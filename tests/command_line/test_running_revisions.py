"""hephaitos migrate, rollback, status: nothing is lost unasked, and every answer can be read."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.migrations.projects import REPOSITORY, Ran, SmallProject
from toolkit.catalog import Snapshots
from toolkit.cli import migrate
from toolkit.cli.running import outlook_document, outlook_lines
from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.errors import HistoryTampered
from toolkit.review import empty, rehearse
from toolkit.runner import (
    Ending,
    Losses,
    NoSuchWay,
    Outcome,
    Outlook,
    RunOptions,
    current_revision,
    downgrade,
    find_losses,
    look_at,
    losses,
    upgrade,
)
from toolkit.runner.turn import Seat, take
from toolkit.server import Server
from toolkit.settings import read_settings

ITEMS = """
create table public.items (id int primary key, name text, size bigint);
insert into public.items select n, case when n % 2 = 0 then 'x' end, n
from generate_series(1, 10) as n;
"""
OTHERS = """
create table public.others (id int);
insert into public.others select generate_series(1, 7);
analyze public.others;
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, server: Server) -> SmallProject:
    """Four revisions: two tables, a column on the first, a type that widens on the way up."""
    project = SmallProject.create(tmp_path_factory.mktemp("history") / "project")
    project.add(ITEMS, "drop table public.items;")
    project.add(
        "alter table public.items add note text; update public.items set note = 'n' where id < 4;",
        "delete from public.items where note = 'n';\nalter table public.items drop note;",
    )
    project.add(OTHERS, "drop table public.others;")
    project.add(
        "alter table public.items alter size type numeric;",
        "alter table public.items alter size type bigint;",
    )
    project.write_snapshots(server)
    return project


@pytest.fixture
def own_project(project: SmallProject, tmp_path: Path) -> SmallProject:
    """A copy to be damaged."""
    shutil.copytree(project.root, tmp_path / "project")
    return SmallProject(tmp_path / "project")


@pytest.fixture
def at_head(project: SmallProject, pristine_database: Database) -> Database:
    """A database with all four applied."""
    upgrade(project.root, pristine_database.url)
    return pristine_database


def _run(project: SmallProject, database: Database, *arguments: str) -> Ran:
    return project.run(database.url, *arguments, module="toolkit")


def _revision(database: Database) -> str | None:
    return current_revision(database.url)


def test_migrate_applies_what_its_dry_run_shows_and_status_tells_both(
    project: SmallProject, pristine_database: Database
) -> None:
    planned = _run(project, pristine_database, "migrate", "+3", "--dry-run")
    before = _run(project, pristine_database, "status")
    ran = _run(project, pristine_database, "migrate", "+3")
    after = _run(project, pristine_database, "status")

    assert "base → 0003, 3 revisions" in planned.out
    assert "0001.up.sql:3  create table public.items (" in planned.out
    assert "no revision was applied, 4 pending" in before.out
    assert ran.code == 0
    assert "revision 0002: done in" in ran.err
    assert "base → 0003: 3 revisions in" in ran.out
    assert "at revision 0003, 1 pending\n  pending  0004  Test 0004.\n" in after.out
    assert "upgrade base → 0003: done, in" in after.out
    nothing = _run(project, pristine_database, "migrate", "0002", "--dry-run")
    assert "0003 → 0003, 0 revisions" in nothing.out


def test_a_dry_run_with_a_trace_says_how_long_each_statement_took_on_a_clone(
    project: SmallProject, pristine_database: Database, server: Server
) -> None:
    url = pristine_database.url
    upgrade(project.root, url, "0002")
    settings = read_settings(database_url=url, start=project.root, environment={})

    outlook = migrate._look_ahead(settings, url, "head", RunOptions())
    traces = rehearse(server, settings, outlook.start, ["0003", "0004"], fill=empty)

    assert [trace.revision for trace in traces] == ["0003", "0004"]
    document = outlook_document(outlook, traces)
    statements = [one for step in document["revisions"] for one in step["statements"]]
    assert len(statements) == 6  # `set local lock_timeout` in each
    assert all(one["elapsed_ms"] >= 0 for one in statements)
    shown = "\n".join(line.plain for line in outlook_lines(outlook, url, traces))
    assert re.search(r" ms  0004\.up\.sql:2  alter table public\.items alter size", shown)
    assert current_revision(url) == "0002"


def test_a_dry_run_with_a_trace_starts_a_server_of_its_own_when_none_is_up(
    own_project: SmallProject, pristine_database: Database
) -> None:
    (own_project.root / "server").symlink_to(REPOSITORY / "server")
    upgrade(own_project.root, pristine_database.url, "0003")

    ran = _run(
        own_project, pristine_database, "migrate", "--dry-run", "--trace", "--kind", "embedded"
    )

    assert ran.code == 0, ran.err
    assert "tracing revision 0004" in ran.err
    assert re.search(r"\d ms  0004\.up\.sql:2  alter table public\.items alter size", ran.out)
    assert _revision(pristine_database) == "0003"


def test_rollback_lists_what_goes_with_its_rows_and_refuses_without_a_yes(
    project: SmallProject, at_head: Database
) -> None:
    ran = _run(project, at_head, "rollback", "0001")

    assert ran.code == 1
    assert ran.out == ""
    assert "column public.items.note: dropped, 3 values; the table has" in ran.err
    assert "column public.items.size: from numeric to bigint, 10 values" in ran.err
    assert "table public.others: dropped, 7 rows; the table has" in ran.err
    assert "0002.down.sql:2  delete from public.items where note = 'n'" in ran.err
    assert "error: nobody is there to confirm the way back to 0001" in ran.err
    assert "--yes" in ran.err
    assert _revision(at_head) == "0004"


def test_with_yes_it_goes_back_and_says_the_same_to_machines(
    project: SmallProject, at_head: Database
) -> None:
    ran = _run(project, at_head, "rollback", "base", "--yes", "--format", "json")

    document = json.loads(ran.out)
    assert ran.code == 0, ran.err
    assert (document["outcome"], document["from"], document["revision"]) == ("done", "0004", None)
    assert [step["revision"] for step in document["steps"]] == ["0003", "0002", "0001", None]
    lost = {one["object"]: (one["rows"], one["counted"]) for one in document["lost"]}
    # The table goes last: until then its column and its type go each by themselves.
    assert lost == {
        "table public.items": (10, True),
        "table public.others": (7, True),
        "column public.items.note": (3, True),
        "column public.items.size": (10, True),
    }
    assert document["row_statements"] == [
        {"file": "0002.down.sql", "line": 2, "title": "delete from public.items where note = 'n'"}
    ]
    events = [json.loads(line)["event"] for line in ran.err.splitlines()]
    assert events.count("applied") == 4


def test_a_dry_run_of_a_rollback_changes_nothing_and_asks_nobody(
    project: SmallProject, at_head: Database
) -> None:
    ran = _run(project, at_head, "rollback", "-1", "--dry-run")

    assert ran.code == 0
    assert "back, 0004 → 0003" in ran.out
    assert "column public.items.size: from numeric to bigint" in ran.out
    assert _revision(at_head) == "0004"


@pytest.mark.parametrize(("answer", "code", "left"), [("y", 0, "0002"), ("n", 1, "0004")])
def test_on_a_terminal_it_asks_and_does_what_it_is_told(
    project: SmallProject, at_head: Database, answer: str, code: int, left: str
) -> None:
    mine, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "toolkit", "rollback", "-2", "-d", at_head.url],
        cwd=project.root,
        stdin=its,
        stdout=subprocess.PIPE,
        stderr=its,
    )
    os.close(its)

    shown = b""
    while b"Go back to 0002?" not in shown:
        shown += os.read(mine, 1024)
    os.write(mine, f"{answer}\n".encode())
    process.communicate()

    os.close(mine)
    assert process.returncode == code, shown
    assert b"table public.others" in shown
    assert _revision(at_head) == left


def test_without_snapshots_it_says_that_it_cannot_tell(
    own_project: SmallProject, at_head: Database
) -> None:
    for path in (own_project.root / "migrations" / "snapshots").iterdir():
        path.unlink()

    ran = _run(own_project, at_head, "rollback", "-1", "--dry-run")

    assert "what would be lost cannot be told: no snapshot of revision 0004" in ran.out


def test_what_is_too_large_to_count_is_estimated_and_said_to_be(
    project: SmallProject, at_head: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(losses, "_COUNTED_UP_TO", -1)
    found: list[Losses] = []

    def only_look(outlook: Outlook, connection: Connection) -> bool:
        found.append(find_losses(outlook, Snapshots.of(project.root), connection))
        return False

    outcome = downgrade(project.root, at_head.url, "0002", consent=only_look)

    assert outcome.ending is Ending.NOT_WANTED
    lost = {str(loss.identity): loss for loss in found[0].lost}
    assert not lost["table public.others"].is_counted
    assert lost["table public.others"].rows == 7  # analyzed by its revision
    assert lost["table public.others"].size_bytes > 0


@pytest.mark.parametrize(
    ("direction", "target"),
    [(upgrade, "0099"), (upgrade, "+9"), (downgrade, "0099"), (downgrade, "-9")],
)
def test_a_revision_that_history_does_not_have_is_refused(
    project: SmallProject, at_head: Database, direction: Callable[..., Outcome], target: str
) -> None:
    with pytest.raises(NoSuchWay) as refused:
        direction(project.root, at_head.url, target)

    assert refused.value.message == f"history has no way to {target}"


def test_drift_is_refused_by_name_and_accepted_by_name(
    project: SmallProject, at_head: Database
) -> None:
    with connect(at_head.url) as connection:
        connection.execute("comment on table public.items is 'by hand'")

    refused = _run(project, at_head, "rollback", "-1", "--yes")
    accepted = _run(
        project, at_head, "rollback", "-1", "--yes", "--accept-drift", "table public.items"
    )

    assert refused.code == 1
    assert "detail: table public.items, comment: expected none, found by hand\n" in refused.err
    assert "--accept-drift 'OBJECT'" in refused.err
    assert accepted.code == 0, accepted.err
    assert _revision(at_head) == "0003"


def test_what_cannot_be_read_or_is_not_there_is_refused_with_three_parts(
    project: SmallProject, at_head: Database
) -> None:
    unreadable = _run(project, at_head, "migrate", "--lock-budget", "soon")
    unknown = _run(project, at_head, "rollback", "-9", "--yes")

    assert (unreadable.code, unknown.code) == (1, 1)
    assert (
        "error: option lock_budget cannot be read\n  detail: its value is 'soon'" in unreadable.err
    )
    assert "error: history has no way to -9\n  detail: " in unknown.err
    assert "  hint: See the revisions with" in unknown.err


def test_an_edited_frozen_file_is_tampering_here_too(
    own_project: SmallProject, at_head: Database
) -> None:
    frozen = own_project.root / "migrations" / "frozen" / "0003.up.sql"
    frozen.write_text(frozen.read_text() + "-- harmless\n")

    assert _run(own_project, at_head, "migrate").code == 3
    with pytest.raises(HistoryTampered):
        look_at(own_project.root, at_head.url)


def test_status_names_who_is_at_work_and_what_a_killed_run_left(
    project: SmallProject, at_head: Database
) -> None:
    with connect(at_head.admin_url, application_name="a colleague") as holder:
        take(Seat.GUARD, holder, asker=holder, wait_s=0)
        holder.execute("create index concurrently half_idx on public.items (id)")
        holder.execute(
            "update pg_index set indisvalid = false where indexrelid = 'half_idx'::regclass"
        )

        status = look_at(project.root, at_head.url)

        assert [one.pid for one in status.at_work] == [holder.info.backend_pid]
    assert status.at_work[0].application == "a colleague"
    assert status.unfinished == ("index half_idx is not valid",)
    assert look_at(project.root, at_head.url).at_work == ()


def test_status_of_a_database_from_another_history_says_so(
    project: SmallProject, at_head: Database
) -> None:
    with connect(at_head.url) as connection:
        connection.execute("update alembic_version set version_num = 'f00d'")

    status = look_at(project.root, at_head.url)

    assert (status.revision, status.is_known, status.pending) == ("f00d", False, ())
    ran = _run(project, at_head, "migrate")
    assert ran.code == 1
    assert "Can't locate revision identified by 'f00d'" in ran.err
