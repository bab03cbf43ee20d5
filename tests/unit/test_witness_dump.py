"""The witness's dump: everything out that says how, nothing out that says what."""

import pytest

from toolkit.witness import compare_dumps, parse_dump

HEADER = "--\n-- Name: {name}; Type: {type}; Schema: {schema}; Owner: ann\n--\n\n{text}\n\n"


def _entry(text: str, name: str = "orders", type_: str = "TABLE", schema: str = "shop") -> str:
    return HEADER.format(name=name, type=type_, schema=schema, text=text)


def _text(dump: str) -> str:
    (entry,) = parse_dump(dump).entries.values()
    return entry.text


def test_an_entry_knows_its_name_owner_and_statements() -> None:
    (entry,) = parse_dump(_entry("CREATE TABLE shop.orders (id integer);")).entries.values()

    assert entry.key == ("TABLE", "shop", "orders")
    assert entry.owner == "ann"
    assert entry.text == "CREATE TABLE shop.orders (id integer);"


def test_the_order_of_objects_and_random_keys_make_no_difference() -> None:
    one = "\\restrict abc\n" + _entry("a;", "a") + _entry("b;", "b") + "\\unrestrict abc\n"
    other = "\\restrict xyz\n" + _entry("b;", "b") + _entry("a;", "a") + "\\unrestrict xyz\n"

    assert parse_dump(one) == parse_dump(other)
    assert parse_dump(one).text == parse_dump(other).text


def test_the_order_of_grants_makes_no_difference() -> None:
    one = _entry("GRANT SELECT ON TABLE shop.orders TO a;\nGRANT SELECT ON TABLE shop.orders TO b;")
    other = _entry(
        "GRANT SELECT ON TABLE shop.orders TO b;\nGRANT SELECT ON TABLE shop.orders TO a;"
    )

    assert _text(one) == _text(other)


def test_a_grantor_is_named_on_the_grant() -> None:
    text = _text(
        _entry(
            "SET SESSION AUTHORIZATION bob;\nGRANT SELECT ON TABLE shop.orders TO eve;\n"
            "RESET SESSION AUTHORIZATION;\nGRANT SELECT ON TABLE shop.orders TO ann;"
        )
    )

    assert text == (
        "GRANT SELECT ON TABLE shop.orders TO ann;\n"
        "GRANT SELECT ON TABLE shop.orders TO eve; -- by bob"
    )


def test_the_order_of_options_and_names_of_not_null_make_no_difference() -> None:
    text = _text(_entry("(a integer CONSTRAINT \"Old\" NOT NULL)\nWITH (b='1', a='2');"))

    assert text == "(a integer NOT NULL)\nWITH (a='2', b='1');"


def test_what_the_server_counts_for_itself_is_left_out_and_nothing_beside_it() -> None:
    alter = "ALTER TABLE ONLY shop.orders ALTER COLUMN {} SET ({});"
    text = _text(
        _entry(
            "\n".join(
                [
                    "(a integer, b integer, c integer)",
                    alter.format("a", "pg_attver=35878832"),
                    alter.format("b", "pg_attver=35878832, n_distinct=5"),
                    alter.format("c", "n_distinct=7, pg_attver=35878832, n_distinct_inherited=6"),
                ]
            )
        )
    )

    assert text.splitlines()[1:] == [
        alter.format("b", "n_distinct=5"),
        alter.format("c", "n_distinct=7, n_distinct_inherited=6"),
    ]


def test_a_tablespace_in_force_is_part_of_what_follows() -> None:
    dump = "SET default_tablespace = fast;\n" + _entry("a;", "a")
    dump += "SET default_tablespace = '';\n" + _entry("b;", "b")

    texts = [entry.text for entry in parse_dump(dump).entries.values()]

    assert texts == ["default_tablespace fast\n\na;", "b;"]


@pytest.mark.parametrize(
    ("name", "type_", "schema"),
    [
        ("hephaitos", "SCHEMA", "-"),
        ("runs", "TABLE", "hephaitos"),
        ("alembic_version", "TABLE", "public"),
        ("alembic_version alembic_version_pkc", "CONSTRAINT", "public"),
        ("TABLE alembic_version", "ACL", "public"),
    ],
)
def test_the_toolkits_own_objects_are_left_out(name: str, type_: str, schema: str) -> None:
    assert parse_dump(_entry("x;", name, type_, schema)).entries == {}


def test_what_differs_is_named() -> None:
    one = parse_dump(_entry("a;", "a") + _entry("b;", "b") + _entry("c;", "c"))
    other = parse_dump(_entry("a;", "a") + _entry("changed;", "b") + _entry("d;", "d"))

    assert [key[2] for key in compare_dumps(one, other)] == ["b", "c", "d"]
