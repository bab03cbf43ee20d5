"""The tenant's jobs through history: one each, whoever applies it, and nobody else's touched."""

from pathlib import Path

import pytest

from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.cron import State, judge, read_board
from toolkit.drift import examine
from toolkit.runner import downgrade, upgrade
from toolkit.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]
DECLARED = {
    f"{path.parent.name}.{path.stem}" for path in (PROJECT / "sql" / "cron").glob("*/*.sql")
}


def jobs(connection: Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        "select jobname, username, schedule, command, active from cron.job order by jobid"
    ).fetchall()


@pytest.mark.parametrize("who", ["migrator", "supabase_admin"])
def test_history_applied_again_leaves_one_job_each_and_none_on_the_way_back(
    pristine_database: Database, who: str
) -> None:
    url = pristine_database.url if who == "migrator" else pristine_database.admin_url
    with connect(pristine_database.admin_url) as admin:
        admin.execute("select cron.schedule('of somebody else', '0 5 * * *', 'select 1')")
        found = jobs(admin)

        upgrade(PROJECT, url)
        downgrade(PROJECT, url, "base")
        on_the_way_back = jobs(admin)
        upgrade(PROJECT, url)
        upgrade(PROJECT, url)
        again = jobs(admin)

    assert on_the_way_back == found
    assert again[:1] == found
    assert {name for name, *_ in again[1:]} == DECLARED
    assert len(again) == 1 + len(DECLARED)
    assert {role for _, role, *_ in again[1:]} == {who}


def test_a_paused_job_stays_paused_when_it_is_scheduled_again_and_is_reported(
    own_database: Database, settings: Settings
) -> None:
    source = PROJECT / "sql" / "cron" / "internal" / "clean_up_exports.sql"
    with connect(own_database.url) as connection:
        connection.execute(
            "select cron.alter_job(jobid, active => false) from cron.job"
            " where jobname = 'internal.clean_up_exports'"
        )
        connection.execute(source.read_bytes())
        board = read_board(connection)
    drift = examine(settings, own_database.url)

    states = {job.title: judge(board, job).state for job in board.jobs}
    assert states.pop("internal.clean_up_exports") is State.PAUSED
    assert State.PAUSED not in states.values()
    assert [(finding.what, finding.attribute) for finding in drift.findings] == [
        ("cron job internal.clean_up_exports of @migrator", "active")
    ]


def test_a_job_of_the_same_name_under_another_role_is_reported(
    own_database: Database, settings: Settings
) -> None:
    with connect(own_database.admin_url) as admin:
        admin.execute("select cron.schedule('internal.beat', '0 5 * * *', 'select 1')")

    drift = examine(settings, own_database.url)

    assert [finding.what for finding in drift.findings] == [
        "cron job internal.beat of supabase_admin"
    ]
