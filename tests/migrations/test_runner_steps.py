"""Around a step: warnings that matter, the log, PostgREST, statements that run alone."""

import pytest

from tests.migrations.projects import SmallProject
from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.errors import HistoryError
from toolkit.runner import RunOptions, current_revision, downgrade, upgrade
from toolkit.runner.alarms import WarningRaised
from toolkit.runner.attempts import RevisionFailed
from toolkit.runner.segments import State, judge, parse
from toolkit.server import Server

ITEMS = ("create table public.items (id int, name text);", "drop table public.items;")


@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [
        ("grant usage on schema auth to authenticated;", "01007"),
        ("revoke usage on schema auth from authenticated;", "01006"),
    ],
)
def test_a_warning_that_means_nothing_was_done_fails_the_revision(
    project: SmallProject, pristine_database: Database, statement: str, sqlstate: str
) -> None:
    project.add(*ITEMS)
    project.add(f"create table public.more (id int);\n{statement}", "drop table public.more;")

    with pytest.raises(WarningRaised) as refused:
        upgrade(project.root, pristine_database.url)

    told = "revision 0002 raised a warning that matters: no privileges "
    assert refused.value.message.startswith(told)
    assert refused.value.detail.startswith(f"SQLSTATE {sqlstate}: ")
    assert current_revision(pristine_database.url) == "0001"
    with connect(pristine_database.url) as connection:
        assert connection.execute("select to_regclass('public.more')").fetchone() == (None,)


def test_other_warnings_and_notices_are_no_reason_to_fail(
    project: SmallProject, pristine_database: Database
) -> None:
    project.add(
        "drop table if exists public.nothing;\ndo $$ begin raise warning 'careful'; end $$;",
        "select 1;",
    )

    upgrade(project.root, pristine_database.url)

    assert current_revision(pristine_database.url) == "0001"


def test_postgrest_is_told_once_a_revision_that_was_committed(
    project: SmallProject, pristine_database: Database
) -> None:
    project.add(*ITEMS)
    project.add("create table public.more (id int);", "drop table public.more;")
    project.add("select 1 / 0;", "select 1;")
    with connect(pristine_database.url) as listener:
        listener.execute("listen pgrst")

        with pytest.raises(RevisionFailed):
            upgrade(project.root, pristine_database.url)

        heard = [one.payload for one in listener.notifies(timeout=5, stop_after=2)]
        heard += [one.payload for one in listener.notifies(timeout=0)]
    assert heard == ["reload schema"] * 2


def test_the_log_tells_who_ran_what_and_how_it_ended_and_is_nobody_else_s(
    project: SmallProject, pristine_database: Database
) -> None:
    url, options = pristine_database.url, RunOptions(fingerprint=False)
    project.add(*ITEMS)
    project.add("alter table public.items add note text;", "alter table public.items drop note;")
    project.add("select 1 / 0;", "select 1;")

    with pytest.raises(RevisionFailed) as failed:
        upgrade(project.root, url, options=options)
    downgrade(project.root, url, "base", options=options)

    assert failed.value.message == "revision 0003 failed: division by zero"
    assert "the database stays at 0002; line 2: select 1 / 0" in failed.value.detail
    with connect(url) as connection:
        runs = connection.execute(
            "select direction, from_revision, to_revision, reached_revision, outcome,"
            " database_role, finished_at > started_at, error from hephaitos.runs order by id"
        ).fetchall()
        steps = connection.execute(
            "select run_id, step_no, revision, attempts, elapsed_ms > 0"
            " from hephaitos.run_steps order by run_id, step_no"
        ).fetchall()
        closed = connection.execute(
            "select bool_or(has_schema_privilege(rolname, 'hephaitos', 'usage'))"
            " from pg_catalog.pg_roles where rolname in ('anon', 'authenticated')"
        ).fetchone()
    role = "migrator"
    assert runs[0][:7] == ("upgrade", None, "0003", "0002", "failed", role, True)
    assert "revision 0003 failed: division by zero" in runs[0][7]
    assert runs[1] == ("downgrade", "0002", None, None, "done", role, True, None)
    assert steps == [
        (1, 1, "0001", 1, True), (1, 2, "0002", 1, True), (2, 1, "0001", 1, True),
        (2, 2, None, 1, True),
    ]  # fmt: skip
    assert closed == (False,)


def test_a_run_that_was_killed_is_marked_by_the_next(
    project: SmallProject, pristine_database: Database
) -> None:
    url, options = pristine_database.url, RunOptions(fingerprint=False)
    project.add(*ITEMS)
    upgrade(project.root, url, options=options)
    with connect(url) as connection:
        connection.execute("update hephaitos.runs set outcome = 'running'")
        downgrade(project.root, url, "base", options=options)
        outcomes = connection.execute("select outcome from hephaitos.runs order by id").fetchall()

    assert outcomes == [("interrupted",), ("done",)]


@pytest.mark.parametrize("ending", ["commit;", "COMMIT;", "rollback;", "end;", "begin;"])
def test_a_file_that_would_end_its_own_transaction_is_refused_before_anything_is_run(
    project: SmallProject, pristine_database: Database, ending: str
) -> None:
    project.add(*ITEMS)
    project.add(f"create table public.more (id int);\n{ending}", "drop table public.more;")

    with pytest.raises(HistoryError, match="0002 ends the transaction it runs in"):
        upgrade(project.root, pristine_database.url)

    assert current_revision(pristine_database.url) is None


def test_an_index_that_cannot_be_built_leaves_nothing_that_refuses_rows(
    project: SmallProject, pristine_database: Database
) -> None:
    url = pristine_database.url
    project.add(*ITEMS)
    project.add("insert into public.items values (1, 'x'), (2, 'x');", "delete from public.items;")
    project.add(
        "-- autocommit\ncreate unique index concurrently items_name_key on public.items (name);\n",
        "-- autocommit\ndrop index concurrently public.items_name_key;\n",
    )

    with pytest.raises(RevisionFailed, match="could not create unique index"):
        upgrade(project.root, url)

    assert current_revision(url) == "0002"
    with connect(url) as connection:
        left = connection.execute("select to_regclass('public.items_name_key')").fetchone()
    assert left == (None,)


def test_a_statement_that_was_done_already_is_skipped(
    project: SmallProject, pristine_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    url = pristine_database.url
    caplog.set_level("INFO")
    project.add(*ITEMS)
    project.add(
        "-- autocommit\ncreate index concurrently items_id_idx on public.items (id);\n",
        "-- autocommit\ndrop index concurrently public.items_id_idx;\n",
    )
    upgrade(project.root, url, "0001")
    with connect(url) as connection:
        connection.execute("create index items_id_idx on public.items (id)")
        file_before = connection.execute("select 'items_id_idx'::regclass::oid").fetchone()

        upgrade(project.root, url)

        assert connection.execute("select 'items_id_idx'::regclass::oid").fetchone() == file_before
    assert "public.items_id_idx is there already" in caplog.text


@pytest.mark.parametrize(
    "text",
    [
        "vacuum public.items;",
        "create index concurrently on public.items (id);",
        "create index concurrently a on public.items (id); select 1;",
    ],
)
def test_what_the_catalog_could_not_judge_is_refused_before_anything_is_run(
    project: SmallProject, pristine_database: Database, text: str
) -> None:
    project.add(*ITEMS)
    project.add(f"-- autocommit\n{text}\n", "select 1;")

    with pytest.raises(HistoryError, match="an autocommit file cannot be run"):
        upgrade(project.root, pristine_database.url)

    assert current_revision(pristine_database.url) is None


def test_the_catalog_tells_whole_from_broken_from_absent(pristine_database: Database) -> None:
    build = parse('create index concurrently "Idx" on public.items using btree (id)')
    drop = parse('drop index concurrently if exists public."Idx"')
    with connect(pristine_database.admin_url) as connection:
        connection.execute("create table public.items (id int)")
        absent = judge(connection, build), judge(connection, drop)
        connection.execute('create index "Idx" on public.items (id)')
        whole = judge(connection, build), judge(connection, drop)
        connection.execute(
            "update pg_index set indisvalid = false where indexrelid = '\"Idx\"'::regclass"
        )
        broken = judge(connection, build), judge(connection, drop)

    assert absent == (State.TO_DO, State.DONE)
    assert whole == (State.DONE, State.TO_DO)
    assert broken == (State.BROKEN, State.TO_DO)


def test_limits_of_the_role_do_not_end_a_turn(
    project: SmallProject, pristine_database: Database, server: Server
) -> None:
    project.add("create table public.limits as select * from pg_settings;", "select 1;")
    limits = ["idle_session_timeout", "statement_timeout"]
    limits += ["transaction_timeout"] if server.major >= 17 else []
    whose = f"alter role migrator in database {pristine_database.name}"
    with connect(pristine_database.admin_url) as admin:
        for name in limits:
            admin.execute(f"{whose} set {name} = '1h'".encode())

    upgrade(project.root, pristine_database.url)

    with connect(pristine_database.url) as connection:
        left = connection.execute(
            "select distinct setting from public.limits where name = any(%s)", [limits]
        ).fetchall()
    assert left == [("0",)]
