"""sql/ becomes facts: whatever the order of its files, and with the place of what is wrong."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from toolkit.catalog import Facts, Identity, Kind, read_facts
from toolkit.catalog.scope import Scope
from toolkit.clones import Database, clone
from toolkit.connect import connect
from toolkit.server import Server
from toolkit.server.model import PRISTINE_TEMPLATE
from toolkit.settings import Settings
from toolkit.shadow import declare
from toolkit.sources import Declared, SourcesRefused, load_sources, read_sources, undress

HISTORY = """
    create schema shop;
    create table shop.orders (id int primary key, total numeric not null, note text);
"""
ONE = "create function shop.one() returns int language sql as 'select 1';"
Declare = Callable[..., Declared]


@pytest.fixture(scope="module")
def pristine(server: Server) -> Facts:
    """The facts of a database that no revision was applied to."""
    with clone(server, PRISTINE_TEMPLATE) as database, connect(database.url) as connection:
        return read_facts(connection)


@pytest.fixture
def declared(tmp_path: Path, pristine_database: Database, pristine: Facts) -> Declare:
    """Load files over a history, both as text."""

    def load(files: Mapping[str, str], history: str = "", change: str = "") -> Declared:
        for path, text in files.items():
            file = tmp_path / "sql" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        sources = read_sources(tmp_path / "sql", tmp_path)
        with (
            connect(pristine_database.url) as connection,
            connect(pristine_database.admin_url) as admin,
        ):
            connection.execute((HISTORY + history).encode())
            before = read_facts(connection)
            kept = undress(connection, before, pristine)
            return load_sources(
                connection, admin, sources, Scope(), before=lambda: before, kept=kept, change=change
            )

    return load


def _refused(declared: Declare, files: Mapping[str, str], history: str = "") -> SourcesRefused:
    with pytest.raises(SourcesRefused) as refused:
        declared(files, history)
    return refused.value


def _function(name: str, arguments: str = "") -> Identity:
    return Identity(Kind.FUNCTION, "shop", name, arguments)


def test_the_projects_own_sources_are_the_head_of_its_history(
    server: Server, settings: Settings
) -> None:
    shadow = declare(server, settings)

    assert shadow.after.objects == shadow.before.objects
    assert shadow.lost == frozenset()


def test_nobody_has_to_order_files(declared: Declare) -> None:
    chain = {
        # Each body is parsed when it is made, and needs the next: the last file goes first.
        f"functions/shop/f{number}.sql": f"""
            create function shop.f{number}() returns int stable
            begin atomic select shop."f{number + 1}"(); end;
        """
        for number in range(10)
    }
    shadow = declared(
        {
            **chain,
            "access/shop/orders.sql": """
                alter table shop.orders enable row level security;
                create policy own on shop.orders using (shop.f0() = 1);
            """,
            "functions/shop/f10.sql": """
                create function shop.f10() returns int stable
                return (select count(*) from shop.dear_orders)::int;
            """,
            "views/shop/dear_orders.sql": """
                create materialized view shop.dear_orders as
                select id, total from shop.orders where total > 100;
                create unique index dear_orders_id_idx on shop.dear_orders (id);
            """,
            "triggers/shop/orders.t10_validate.sql": """
                create trigger t10_validate before insert on shop.orders
                for each row execute function shop.validate_trigger();
            """,
            "functions/shop/validate_trigger.sql": """
                create function shop.validate_trigger() returns trigger language plpgsql
                as 'begin return new; end';
            """,
        }
    )

    made = {str(identity) for identity in shadow.after.own.keys() - shadow.before.own.keys()}
    assert {str(_function(f"f{number}")) for number in range(11)} <= made
    assert "index shop.dear_orders_id_idx" in made
    assert "trigger shop.orders.t10_validate" in made
    assert "policy shop.orders.own" in made


def test_bodies_that_need_each_other_are_made(declared: Declare) -> None:
    shadow = declared(
        {
            "functions/shop/even.sql": """
                create function shop.even(n int) returns boolean language sql immutable
                begin atomic select n = 0 or shop.odd(n - 1); end;
            """,
            "functions/shop/odd.sql": """
                create or replace function shop.odd(n int) returns boolean
                return n <> 0 and shop.even(n - 1);
            """,
            "functions/shop/ping.sql": """
                create function shop.ping() returns int language sql as 'select shop.pong()';
            """,
            "functions/shop/pong.sql": """
                create function shop.pong() returns int language sql as 'select shop.ping()';
            """,
        }
    )

    even, odd = _function("even", "integer"), _function("odd", "integer")
    assert odd in shadow.after.by_identity[even].needs
    assert even in shadow.after.by_identity[odd].needs
    assert _function("pong") in shadow.after.by_identity


def test_what_has_no_file_is_not_declared_and_what_a_file_leaves_out_is_gone(
    declared: Declare,
) -> None:
    history = f"""
        {ONE}
        create function shop.two() returns int language sql as 'select 2';
        comment on function shop.one() is 'gone from the file';
        grant execute on function shop.one() to anon;
        create view shop.totals as select total from shop.orders;
        grant select on shop.orders to anon;
        grant usage on schema shop to anon;
        alter table shop.orders enable row level security;
        create policy own on shop.orders using (true);
        comment on table shop.orders is 'made by hand, as all about tables';
    """

    shadow = declared({"functions/shop/one.sql": ONE}, history)

    after = shadow.after
    assert after.get(_function("two")) is None
    assert after.get(Identity(Kind.VIEW, "shop", "totals")) is None
    assert after.get(Identity(Kind.POLICY, "shop", "orders", "own")) is None
    one = after.by_identity[_function("one")]
    assert (one.get("comment"), one.get("grants to anon")) == (None, None)
    orders = after.by_identity[Identity(Kind.TABLE, "shop", "orders")]
    assert orders.get("row_security") is None
    assert orders.get("grants to anon") is None
    assert orders.text("comment").startswith("made by hand")
    assert after.by_identity[Identity(Kind.SCHEMA, "", "shop")].get("grants to anon") is None


def test_a_routine_that_a_table_needs_is_replaced_whatever_it_takes(declared: Declare) -> None:
    history = """
        create function shop.is_fair(x numeric) returns boolean immutable return x > 0;
        create function shop.zero() returns int immutable return 0;
        alter table shop.orders
            add constraint orders_total_check check (shop.is_fair(total)),
            add column rank int default shop.zero();
    """

    shadow = declared(
        {
            "functions/shop/is_fair.sql": """
                create function shop.is_fair(y numeric, z int default 1) returns boolean immutable
                return y > z;
            """,
            "functions/shop/zero.sql": """
                create or replace function shop.zero() returns int immutable return 1 - 1;
            """,
        },
        history,
    )

    check = Identity(Kind.CONSTRAINT, "shop", "orders", "orders_total_check")
    assert shadow.lost == {check}
    assert shadow.after.by_identity[check] == shadow.before.by_identity[check]
    assert _function("is_fair", "numeric, integer") in shadow.after.by_identity[check].needs
    assert shadow.after.get(_function("is_fair", "numeric")) is None
    assert shadow.after.get(_function("zero")) != shadow.before.get(_function("zero"))


def test_a_change_is_run_where_nothing_is_in_its_way(declared: Declare) -> None:
    view = "create view shop.totals as select total from shop.orders;"

    shadow = declared(
        {"views/shop/totals.sql": view},
        view,
        "alter table shop.orders alter column total type bigint",
    )

    total = Identity(Kind.COLUMN, "shop", "orders", "total")
    assert shadow.after.by_identity[total].text("type") == "bigint"
    assert shadow.changed is not None
    assert shadow.changed.get(Identity(Kind.VIEW, "shop", "totals")) is None
    assert shadow.after.get(Identity(Kind.VIEW, "shop", "totals")) is not None


def test_a_folder_without_rooms_is_a_whole_database(tmp_path: Path, server: Server) -> None:
    (tmp_path / "b.sql").write_text("create schema app; create table app.a (id int);")
    (tmp_path / "a.sql").write_text("create view app.b as select id from app.a;")
    settings = Settings(project_root=tmp_path)

    shadow = declare(server, settings, tmp_path)

    made = {str(identity) for identity in shadow.after.own.keys() - shadow.before.own.keys()}
    assert made == {"schema app", "table app.a", "column app.a.id", "view app.b"}


@pytest.mark.parametrize(
    ("files", "message", "hint"),
    [
        pytest.param(
            {"functions/shop/one.sql": "-- two lines\n\nselekt 1;"},
            'sql/functions/shop/one.sql:3: syntax error at or near "selekt"',
            "Correct the statement",
            id="a syntax error",
        ),
        pytest.param(
            {
                "functions/shop/one.sql": "-- a\n" + ONE,
                "views/shop/v.sql": "create view shop.v as\nselect id, zzzz\nfrom shop.orders;",
            },
            'sql/views/shop/v.sql:2: column "zzzz" does not exist',
            "make it in a revision first",
            id="a column that is not there",
        ),
        pytest.param(
            {"functions/shop/one.sql": ONE + "\ngrant execute on function shop.one()\nto nobody;"},
            'sql/functions/shop/one.sql:2: role "nobody" does not exist',
            "Give the object a file",
            id="an error without a position",
        ),
        pytest.param(
            {
                "functions/shop/one.sql": ONE,
                "functions/shop/two.sql": "create function shop.three() returns int return 3;",
            },
            "sql/functions/shop/two.sql makes function shop.three",
            "Rename the file",
            id="a file with another name than its object",
        ),
        pytest.param(
            {
                "functions/shop/one.sql": ONE,
                "triggers/shop/orders.t10_a.sql": ONE.replace("create", "create or replace"),
            },
            "sql/triggers/shop/orders.t10_a.sql makes function shop.one",
            "Rename the file",
            id="a function in the room of triggers",
        ),
        pytest.param(
            {
                "views/shop/v.sql": "create view shop.v as select 1 as a;",
                "functions/shop/one.sql": "select 1;",
            },
            "sql/functions/shop/one.sql does not make function shop.one",
            "let it make",
            id="a file that makes nothing",
        ),
        pytest.param(
            {
                "functions/shop/one.sql": ONE
                + "create index on shop.orders (note); comment on table shop.orders is 'x';"
            },
            "sql/functions/shop/one.sql makes index shop.orders_note_idx",
            "hephaitos freeze --with",
            id="an index of a table",
        ),
        pytest.param(
            {"functions/shop/one.sql": ONE + "alter table shop.orders drop column note;"},
            "column shop.orders.note is dropped by sql/",
            "hephaitos freeze --with",
            id="a change of a table",
        ),
        pytest.param(
            {"functions/one.sql": ONE},
            "sql/functions/one.sql stands where no file belongs",
            "sql/<room>/<schema>/<object>.sql",
            id="a file in no schema",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    declared: Declare, files: Mapping[str, str], message: str, hint: str
) -> None:
    refused = _refused(declared, files)

    assert refused.message.startswith(message)
    assert hint in refused.hint


def test_two_files_for_one_object_are_named_both(declared: Declare) -> None:
    policy = "drop policy if exists own on shop.orders; create policy own on shop.orders;"

    refused = _refused(
        declared,
        {
            "access/shop/orders.sql": policy,
            "access/shop.sql": policy.replace("drop policy if exists own on shop.orders;", ""),
        },
    )

    assert refused.message == "policy shop.orders.own is made by two files"
    assert refused.detail == "they are sql/access/shop.sql and sql/access/shop/orders.sql"


def test_an_unknown_column_in_a_body_is_found_before_anybody_calls_it(
    declared: Declare, server: Server
) -> None:
    if "plpgsql_check" not in server.capabilities.extensions:
        pytest.skip("this server has no plpgsql_check")
    body = "begin\n    return (select sum(nope) from shop.orders);\nend;"

    refused = _refused(
        declared,
        {
            "functions/shop/f.sql": "-- purpose: none\n\ncreate function shop.f() returns int\n"
            f"language plpgsql\nas $$\n{body}\n$$;"
        },
    )

    assert refused.message == 'sql/functions/shop/f.sql:7: column "nope" does not exist'


@pytest.mark.parametrize(
    ("language", "body", "message"),
    [
        ("sql", "select 1\nfrom nowhere", '6: relation "nowhere" does not exist'),
        ("plpgsql", "begin\n    retur 1;\nend", '6: syntax error at or near "retur"'),
    ],
)
def test_a_body_that_does_not_parse_is_refused(
    declared: Declare, language: str, body: str, message: str
) -> None:
    refused = _refused(
        declared,
        {
            "functions/shop/f.sql": "-- purpose: none\ncreate function shop.f() returns int\n"
            f"language {language} as $$\n\n{body}\n$$;"
        },
    )

    assert refused.message == f"sql/functions/shop/f.sql:{message}"
