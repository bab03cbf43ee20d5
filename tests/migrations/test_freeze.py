"""Freezing: an edit of sql/ becomes a revision that leads there and back, in the author's words."""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.migrations.projects import SmallProject
from toolkit.catalog import Facts, Scope, read_facts
from toolkit.clones import Database, drop, forget
from toolkit.connect import connect
from toolkit.errors import HistoryTampered
from toolkit.freeze.change import Change, ChangeRefused, read_change
from toolkit.freeze.copies import blocks_of
from toolkit.freeze.drafting import DraftRefused
from toolkit.freeze.freezing import Frozen, NothingToFreeze, find_pending, freeze
from toolkit.freeze.header import MessageRefused
from toolkit.prove import Fill, NotProven, Passage, prove
from toolkit.runner import offline_sql, upgrade
from toolkit.server import Server
from toolkit.settings import Settings

UP = """
create schema shop;
create table shop.orders (
    id int primary key,
    total numeric not null,
    note text,
    placed_on date not null default '2026-01-01'
);
"""
DOWN = "drop table shop.orders; drop schema shop;"
FILES = {
    "access/shop.sql": "grant usage on schema shop to authenticated;\n",
    "access/shop/orders.sql": """-- Who may see an order.
revoke all on shop.orders from public, anon, authenticated;
grant select on shop.orders to authenticated;
alter table shop.orders enable row level security;
drop policy if exists orders_select_all on shop.orders;
create policy orders_select_all on shop.orders
for select to authenticated
using (shop.is_open());
""",
    "functions/shop/is_open.sql": """-- Open all hours.
create or replace function shop.is_open()
returns boolean
language sql
stable
begin atomic
    select true;
end;

revoke execute on function shop.is_open() from public;
grant execute on function shop.is_open() to authenticated;
comment on function shop.is_open() is 'Open all hours.';
""",
    "functions/shop/note_trigger.sql": """create or replace function shop.note_trigger()
returns trigger
language plpgsql
as $$
begin
    new.note := 'noted';
    return new;
end;
$$;
""",
    "triggers/shop/orders.t30_note.sql": """create or replace trigger t30_note
before insert on shop.orders
for each row
execute function shop.note_trigger();
""",
    "views/shop/totals.sql": """-- What each day brought in.
create materialized view shop.totals as
select placed_on, sum(total) as total from shop.orders group by placed_on;

create unique index totals_placed_on_idx on shop.totals (placed_on);
grant select on shop.totals to authenticated;
comment on materialized view shop.totals is 'A row a day.';
""",
}


@dataclass(frozen=True, slots=True)
class Shop:
    """A project with sql/ and a server to freeze it on."""

    project: SmallProject
    server: Server

    @property
    def settings(self) -> Settings:
        """Its settings."""
        return Settings(project_root=self.project.root)

    def write(self, files: Mapping[str, str | None]) -> None:
        """Write files of sql/; None deletes one."""
        for path, text in files.items():
            file = self.project.root / "sql" / path
            if text is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        """Edit a file of sql/."""
        text = (self.project.root / "sql" / path).read_text(encoding="utf-8")
        assert old in text
        self.write({path: text.replace(old, new)})

    def freeze(
        self,
        message: str = "Change the shop",
        *,
        change: Change | None = None,
        fill: Fill | None = None,
    ) -> Frozen:
        """Freeze what differs."""
        return freeze(self.server, self.settings, message, change=change, fill=fill)

    def script(self, revision: str, direction: str) -> str:
        """Return a frozen script."""
        path = self.project.root / "migrations" / "frozen" / f"{revision}.{direction}.sql"
        return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def opened(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop whose tables are in history, and whose sql/ is frozen."""
    root = tmp_path_factory.mktemp("shop") / "project"
    shop = Shop(SmallProject.create(root), server)
    shop.project.add(UP, DOWN)
    shop.write(FILES)
    shop.freeze("Open the shop")
    yield shop
    forget(server, root)


@pytest.fixture
def shop(opened: Shop, tmp_path: Path) -> Iterator[Shop]:
    """The opened shop, for a test to change: it is put back afterwards."""
    root = opened.project.root
    shutil.copytree(root, tmp_path / "kept")
    yield opened
    shutil.rmtree(root)
    shutil.move(tmp_path / "kept", root)


def _insert(database: Database) -> None:
    with connect(database.url) as connection:
        connection.execute("insert into shop.orders values (1, 10), (2, 20)")


def test_what_is_frozen_is_the_head_again(shop: Shop) -> None:
    assert find_pending(shop.server, shop.settings) == ()
    with pytest.raises(NothingToFreeze):
        shop.freeze()


def test_a_revision_holds_the_authors_text_word_for_word(shop: Shop) -> None:
    script = shop.script("0002", "up")

    assert script.startswith("set local lock_timeout = ")
    blocks = {block.path: block for block in blocks_of(script) if block.path}
    assert blocks.keys() == {f"sql/{path}" for path in FILES}
    for path, text in FILES.items():
        assert blocks[f"sql/{path}"].text == text.strip()


def test_the_way_back_holds_the_text_that_was_replaced(shop: Shop) -> None:
    old = FILES["functions/shop/is_open.sql"].strip()
    shop.replace("functions/shop/is_open.sql", "select true", "select now() is not null")
    shop.replace("functions/shop/is_open.sql", "Open all hours", "Open at times")

    frozen = shop.freeze("Open at times")

    assert frozen.revision == "0003"
    assert old in shop.script("0003", "down")
    assert old not in shop.script("0003", "up")
    assert "select now() is not null" in shop.script("0003", "up")
    assert find_pending(shop.server, shop.settings) == ()


def test_a_header_says_what_a_reviewer_asks_first(shop: Shop) -> None:
    shop.replace("access/shop/orders.sql", "using (shop.is_open())", "using (true)")
    shop.write({"triggers/shop/orders.t30_note.sql": None})

    shop.freeze("Show orders at all hours")

    up, down = shop.script("0003", "up"), shop.script("0003", "down")
    assert "-- changes: 1 trigger dropped, 1 policy changed\n" in up
    assert "-- locks:   access exclusive on shop.orders\n" in up
    assert "-- loses:   nothing\n" in up
    assert "-- changes: 1 trigger made, 1 policy changed\n" in down
    (path,) = (shop.project.root / "migrations" / "versions").glob("0003_*.py")
    assert path.name == "0003_show_orders_at_all_hours.py"
    words = path.read_text(encoding="utf-8")
    assert words.startswith('"""Show orders at all hours.\n')
    assert re.search(
        r"^Locks:   access exclusive on shop.orders; the same going", words, re.MULTILINE
    )
    assert re.search(r"^Rewrite: none\.", words, re.MULTILINE)
    assert re.search(r"^Reverse: 1 trigger made", words, re.MULTILINE)


def test_a_grant_that_a_file_no_longer_gives_is_taken(shop: Shop) -> None:
    shop.replace("views/shop/totals.sql", "grant select on shop.totals to authenticated;\n", "")
    shop.replace("functions/shop/is_open.sql", " to authenticated", " to authenticated, anon")
    shop.freeze("Open to everybody")
    shop.replace("functions/shop/is_open.sql", " to authenticated, anon", " to anon")

    shop.freeze("Close to authenticated")

    assert "revoke select on table shop.totals from authenticated;" in shop.script("0003", "up")
    assert "from authenticated;" in shop.script("0004", "up").rpartition("-- plan:")[2]


def test_a_signature_changes_with_all_that_stands_on_it(shop: Shop) -> None:
    shop.replace(
        "functions/shop/is_open.sql",
        "shop.is_open()\nreturns boolean",
        "shop.is_open()\nreturns int",
    )
    shop.replace("functions/shop/is_open.sql", "select true", "select 1")
    shop.replace("access/shop/orders.sql", "shop.is_open()", "shop.is_open() = 1")

    shop.freeze("Count the hours")

    script = shop.script("0003", "up")
    assert "cascade" not in script.lower()
    assert script.index("drop function shop.is_open()") < script.index("returns int\n")


def test_a_view_is_swapped_or_rebuilt_as_declared(shop: Shop) -> None:
    shop.replace("views/shop/totals.sql", "sum(total)", "max(total)")
    shop.freeze("Take the dearest")
    swapped = shop.script("0003", "up")
    tenant = {"views": [{"view": "shop.totals", "strategy": "rebuild"}]}
    rebuilding = Settings(project_root=shop.project.root, tenant=tenant)
    shop.replace("views/shop/totals.sql", "max(total)", "min(total)")

    freeze(shop.server, rebuilding, "Take the cheapest")

    assert "shop.totals__new" in swapped
    (quoted,) = [block.quoted for block in blocks_of(swapped) if block.quoted]
    assert quoted == FILES["views/shop/totals.sql"].replace("sum(", "max(").strip()
    rebuilt = shop.script("0004", "up")
    assert "__new" not in rebuilt
    assert FILES["views/shop/totals.sql"].replace("sum(", "min(").strip() in rebuilt
    assert quoted in shop.script("0004", "down")


def test_a_view_that_only_gets_a_comment_is_not_built_again(shop: Shop) -> None:
    shop.replace("views/shop/totals.sql", "'A row a day.'", "'One row a day.'")

    shop.freeze("Say it better")

    statements = [block.text for block in blocks_of(shop.script("0003", "up"))]
    assert statements == ["comment on materialized view shop.totals is 'One row a day.';"]


def test_a_file_that_comes_back_does_not_bring_its_old_text(shop: Shop) -> None:
    shop.write({"views/shop/totals.sql": None})
    shop.freeze("Drop the totals")
    shop.write({"views/shop/totals.sql": FILES["views/shop/totals.sql"].replace("sum", "max")})

    shop.freeze("Total again")

    assert "-- gone: sql/views/shop/totals.sql\n" in shop.script("0003", "up")
    assert FILES["views/shop/totals.sql"].strip() in shop.script("0003", "down")
    assert "create" not in shop.script("0004", "down")


def test_columns_change_under_what_reads_them(shop: Shop) -> None:
    change = Change(
        "alter table shop.orders alter column total type bigint;\n"
        "alter table shop.orders add column paid boolean not null default false;\n"
        "insert into shop.orders values (3, 30);",
        "delete from shop.orders where id = 3;\n"
        "alter table shop.orders drop column paid;\n"
        "alter table shop.orders alter column total type numeric;",
    )
    shop.replace("views/shop/totals.sql", "sum(total)", "sum(total) filter (where paid)")

    frozen = shop.freeze("Count whole coins", change=change, fill=_insert)

    script = shop.script("0003", "up")
    assert script.index("drop materialized view shop.totals") < script.index("-- change:")
    assert script.index("-- change:") < script.index("filter (where paid)")
    assert (frozen.proof.tables, frozen.proof.rows) == (1, 2)
    (path,) = (shop.project.root / "migrations" / "versions").glob("0003_*.py")
    assert "Rewrite: shop.orders is rewritten; the same going down." in path.read_text("utf-8")


def test_a_column_that_comes_back_in_another_place_is_refused(shop: Shop) -> None:
    change = Change(
        "alter table shop.orders drop column note;",
        "alter table shop.orders add column note text;",
    )
    shop.write({"functions/shop/note_trigger.sql": None, "triggers/shop/orders.t30_note.sql": None})

    with pytest.raises(DraftRefused) as refused:
        shop.freeze("Forget the notes", change=change, fill=_insert)

    # It was in the middle, and comes back at the end.
    assert "shop.orders: column order" in refused.value.detail
    assert shop.project.numbers == ["0001", "0002"]


def test_values_that_do_not_come_back_are_named(shop: Shop) -> None:
    change = Change(
        "alter table shop.orders alter column note type int using 0;",
        "alter table shop.orders alter column note type text;",
    )
    shop.replace("functions/shop/note_trigger.sql", "'noted'", "1")

    frozen = shop.freeze("Forget the notes", change=change, fill=_insert)

    assert frozen.proof.forgotten == ("shop.orders.note",)
    assert "-- loses:   shop.orders.note\n" in shop.script("0003", "down")


def test_rows_that_do_not_stay_are_refused(shop: Shop) -> None:
    change = Change(
        "delete from shop.orders; alter table shop.orders add column paid int;",
        "alter table shop.orders drop column paid;",
    )

    with pytest.raises(NotProven) as refused:
        shop.freeze("Lose the orders", change=change, fill=_insert)

    assert refused.value.message == "the way there does not keep the rows of shop.orders"
    assert shop.project.numbers == ["0001", "0002"]


def test_offline_scripts_of_what_is_frozen_make_the_same_database(
    shop: Shop, pristine_database: Database
) -> None:
    shop.replace("functions/shop/is_open.sql", "select true", "select false")
    shop.freeze("Close the shop")
    with connect(pristine_database.url) as connection:
        empty = read_facts(connection)
        connection.execute(offline_sql(shop.project.root, "head").encode())
        printed = read_facts(connection)
        back = offline_sql(shop.project.root, "0003:base", down=True)
        connection.execute(back.encode())
        restored = read_facts(connection)
        upgrade(shop.project.root, pristine_database.url)
        online = read_facts(connection)

    assert printed.objects == online.objects
    assert restored.objects == empty.objects


@pytest.mark.parametrize("message", ["", "Improve", "2 + 2"])
def test_a_message_that_names_nothing_is_refused(shop: Shop, message: str) -> None:
    with pytest.raises(MessageRefused):
        shop.freeze(message)


def test_what_plans_leave_to_people_is_refused_by_name(shop: Shop) -> None:
    change = Change("alter table shop.orders add column x int;", "select 1;")

    with pytest.raises(DraftRefused) as refused:
        shop.freeze("Add a column", change=change)

    assert "shop.orders.x" in refused.value.detail
    assert shop.project.numbers == ["0001", "0002"]


def test_an_edited_frozen_file_stops_everything(shop: Shop) -> None:
    path = shop.project.root / "migrations" / "frozen" / "0002.up.sql"
    path.write_text(path.read_text("utf-8") + "-- edited\n", encoding="utf-8")

    with pytest.raises(HistoryTampered, match=r"0002\.up\.sql"):
        find_pending(shop.server, shop.settings)


@pytest.mark.parametrize(
    "text",
    ["select 1;", "select 1;\n-- reverse:\n", "begin; select 1;\n-- reverse:\nselect 1;"],
)
def test_a_change_has_to_hold_both_ways(tmp_path: Path, text: str) -> None:
    path = tmp_path / "change.sql"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ChangeRefused):
        read_change(path)


FAULTS = """
    create or replace function shop.is_open() returns boolean language sql stable
    begin atomic select false; end;
    revoke execute on function shop.is_open() from authenticated;
    drop index shop.totals_placed_on_idx;
    alter table shop.orders disable trigger t30_note;
    create function shop.stray() returns int language sql as 'select 1';
"""


def test_a_wrong_way_back_is_refused_with_all_that_is_wrong(
    shop: Shop, pristine_database: Database, server: Server
) -> None:
    upgrade(shop.project.root, pristine_database.url)
    name = "prove_faults"
    before = _facts(pristine_database)
    with connect(server.admin_url("postgres")) as admin:
        admin.execute(f"create database {name} template {pristine_database.name}".encode())
    up = "comment on table shop.orders is 'changed';"
    with connect(pristine_database.url) as connection:
        connection.execute(up.encode())
    down = "comment on table shop.orders is null;"
    after = _facts(pristine_database)
    try:
        right = Passage(up, down, before, after)
        wrong = Passage(up, down + FAULTS, before, after)
        prove(server, name, right, Scope())
        with pytest.raises(NotProven) as refused:
            prove(server, name, wrong, Scope())
    finally:
        drop(server, name)

    assert refused.value.message == "the way back does not lead back"
    detail = refused.value.detail
    assert "function shop.is_open(), body" in detail
    assert "function shop.is_open(), grants to authenticated" in detail
    assert "index shop.totals_placed_on_idx is missing" in detail
    assert "trigger shop.orders.t30_note, enabled" in detail
    assert "function shop.stray() is extra" in detail


def _facts(database: Database) -> Facts:
    with connect(database.url) as connection:
        return read_facts(connection)
