"""Jobs in revisions: what pg_cron would find out at night is refused before it is scheduled."""

from tests.migrations.projects import SmallProject
from toolkit.clones import Database
from toolkit.connect import connect
from toolkit.server import Server


def test_a_job_whose_command_does_not_prepare_is_refused_and_nothing_is_applied(
    project: SmallProject, pristine_database: Database
) -> None:
    project.add(
        "create function public.tidy() returns integer language sql begin atomic select 1; end;"
        "\nselect cron.schedule('tidy', '0 2 * * *', 'select public.tidied()');",
        "select cron.unschedule('tidy');\ndrop function public.tidy();",
    )

    ran = project.run(pristine_database.url, "upgrade", "head")

    assert ran.code == 1
    assert "cron job tidy of migrator has a command that does not prepare" in ran.err
    assert "public.tidied()" in ran.err
    with connect(pristine_database.url) as connection:
        assert connection.execute("select count(*) from cron.job").fetchone() == (0,)
        assert connection.execute("select to_regproc('public.tidy')").fetchone() == (None,)


def test_a_job_that_calls_what_its_own_revision_makes_is_scheduled(
    project: SmallProject, pristine_database: Database
) -> None:
    project.add(
        "create function public.tidy() returns integer language sql begin atomic select 1; end;"
        "\nselect cron.schedule('tidy', '0 2 * * *', 'select public.tidy()');",
        "select cron.unschedule('tidy');\ndrop function public.tidy();",
    )

    ran = project.run(pristine_database.url, "upgrade", "head")

    assert ran.code == 0, ran.err
    with connect(pristine_database.url) as connection:
        assert connection.execute("select jobname from cron.job").fetchall() == [("tidy",)]


def test_a_schedule_that_this_version_of_pg_cron_cannot_run_is_refused_with_the_version(
    project: SmallProject, pristine_database: Database, server: Server
) -> None:
    project.add(
        "create function public.tidy() returns integer language sql begin atomic select 1; end;"
        "\nselect cron.schedule('tidy', '5 seconds', 'select public.tidy()');",
        "select cron.unschedule('tidy');\ndrop function public.tidy();",
    )

    ran = project.run(pristine_database.url, "upgrade", "head")

    if server.capabilities.pg_cron == "1.4-1":
        assert ran.code == 1
        assert "error: pg_cron 1.4-1 cannot run the schedule '5 seconds'" in ran.err
        assert "it needs pg_cron 1.5 or newer" in ran.err
    else:
        assert ran.code == 0, ran.err


def test_a_schedule_that_none_can_run_is_refused_with_how_to_write_one(
    project: SmallProject, pristine_database: Database
) -> None:
    project.add("select cron.schedule('tidy', 'at noon', 'select public.tidy()');", "select 1;")

    ran = project.run(pristine_database.url, "upgrade", "head")

    assert ran.code == 1
    assert "at noon" in ran.err
    assert "Traceback" not in ran.err
