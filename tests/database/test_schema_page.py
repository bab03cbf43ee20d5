"""docs/schema.md: what the page says is what the migrations build, on every server."""

from pathlib import Path

from toolkit.catalog import Scope, read_facts
from toolkit.connect import Connection
from toolkit.report.schema_page import render_schema
from toolkit.settings import Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "schema.md"


def test_the_page_is_the_schema_of_a_migrated_database(
    database: Connection, settings: Settings
) -> None:
    facts = read_facts(database, Scope.of(settings))

    assert PAGE.read_text(encoding="utf-8") == render_schema(facts), "run make generate/docs"


def test_a_change_to_the_database_changes_the_page(database: Connection) -> None:
    before = render_schema(read_facts(database))

    database.execute("create table public.page_test (id int primary key)")
    database.execute("revoke all on public.page_test from anon")
    database.execute("grant select on public.page_test to anon")
    after = render_schema(read_facts(database))

    added = set(after.splitlines()) - set(before.splitlines())
    assert "### public.page_test" in added
    assert "| anon | select |" in added
