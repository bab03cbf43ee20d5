"""internal.purge_job_runs(): old runs go, young ones stay, and so does what never ended."""

from collections.abc import Callable, Iterator

import pytest

from tests.database.conftest import World
from tests.database.cron_jobs import call
from toolkit.clones import Database
from toolkit.connect import connect

NOW = "2026-06-01 01:30"


@pytest.fixture
def admin(own_database: Database) -> Iterator[World]:
    """A superuser, who alone can write down runs."""
    with connect(own_database.admin_url) as connection:
        yield World(connection)


def test_what_is_older_than_thirty_days_goes_with_or_without_an_end(
    open_world: Callable[[], World], admin: World
) -> None:
    admin.run(
        """
        insert into cron.job_run_details (runid, status, username, start_time, end_time) values
            (1, 'succeeded', 'migrator', '2026-04-30', '2026-04-30'),
            (2, 'failed', 'migrator', '2026-04-30', null),
            (3, 'failed', 'migrator', null, null),
            (4, 'failed', 'supabase_admin', null, '2026-05-01'),
            (5, 'failed', 'migrator', null, null),
            (6, 'running', 'migrator', '2026-05-30', null),
            (7, 'succeeded', 'migrator', '2026-05-03', '2026-05-03')
        """
    )
    world = open_world()

    done = call(world, "purge_job_runs", NOW)

    assert done == {"p_purged": 4}
    left = [run for (run,) in admin.rows("select runid from cron.job_run_details order by 1")]
    assert left == [5, 6, 7], "a run without any time goes when a younger one is old enough"


def test_nothing_on_record_is_nothing_to_do(open_world: Callable[[], World]) -> None:
    assert call(open_world(), "purge_job_runs", NOW) == {"p_purged": 0}
