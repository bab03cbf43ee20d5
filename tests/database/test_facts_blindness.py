"""Blindness: a role that cannot see something is told so, and never that nothing differs."""

from collections.abc import Iterator

import pytest

from toolkit.catalog import BlindReader, Identity, Kind, Scope, read_facts
from toolkit.clones import Database
from toolkit.connect import Connection, connect
from toolkit.drift import compare
from toolkit.settings import Settings

JOB = Identity(Kind.CRON_JOB, "", "tidy", "@migrator")
# Of a table that everybody may read, so that only row security hides the jobs.
SHOW_OWN_JOBS = """
grant usage on schema cron to supabase_read_only_user;
grant select on cron.job to supabase_read_only_user;
"""


@pytest.fixture
def admin(pristine_database: Database) -> Iterator[Connection]:
    """A superuser in a transaction that is rolled back, in a database with one job."""
    with connect(pristine_database.url) as migrator:
        migrator.execute("select cron.schedule('tidy', '5 * * * *', 'select 1')")
    with connect(pristine_database.admin_url, autocommit=False) as connection:
        yield connection
        connection.rollback()


def test_who_sees_all_jobs_is_not_blind(pristine_database: Database, admin: Connection) -> None:
    with connect(pristine_database.url) as migrator:
        facts = read_facts(migrator)

    assert facts.blind == ()
    assert JOB in facts.own
    assert read_facts(admin, migrator="migrator").blind == ()


def test_who_may_not_read_jobs_is_blind(admin: Connection) -> None:
    admin.execute("revoke usage on schema cron from public; revoke select on cron.job from public")
    admin.execute("set local role anon")

    facts = read_facts(admin, migrator="migrator")

    assert facts.blind == ("cron jobs: role anon may not read cron.job",)
    assert JOB not in facts.own


def test_whose_row_security_hides_jobs_is_blind(admin: Connection) -> None:
    admin.execute("grant usage on schema cron to anon; grant select on cron.job to anon")
    admin.execute("alter table cron.job enable row level security")
    admin.execute("set local role anon")

    facts = read_facts(admin, migrator="migrator")

    assert facts.blind == ("cron jobs: row security hides other roles' jobs from role anon",)


def test_a_blind_reader_does_not_report_the_unseen_as_missing(
    pristine_database: Database, admin: Connection, settings: Settings
) -> None:
    scope = Scope.of(settings)
    with connect(pristine_database.url) as migrator:
        expected = read_facts(migrator, scope)
    admin.execute("revoke select on cron.job from public")
    admin.execute("set local role anon")

    found = read_facts(admin, scope, migrator="migrator")

    assert compare(expected, found) == ()
    assert found.blind != ()


def test_who_may_not_read_a_catalog_is_refused_by_its_name(admin: Connection) -> None:
    admin.execute("revoke select on pg_catalog.pg_policy from public")
    admin.execute("set local role anon")

    with pytest.raises(BlindReader, match="role anon is blind") as refused:
        read_facts(admin)

    assert refused.value.detail == "no select on pg_policy"


def test_an_ordinary_reader_sees_the_same_facts(
    pristine_database: Database, admin: Connection, settings: Settings
) -> None:
    scope = Scope.of(settings)
    with connect(pristine_database.url) as migrator:
        expected = read_facts(migrator, scope)

    admin.execute("set local role anon")

    found = read_facts(admin, scope, migrator="migrator")
    jobs = {identity for identity in expected.own if identity.kind is Kind.CRON_JOB}
    assert {key: fact for key, fact in expected.own.items() if key not in jobs} == found.own
