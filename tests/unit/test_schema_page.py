"""The schema as a page: made of facts alone, safe in Markdown and in Mermaid."""

from toolkit.catalog import Fact, Facts, Identity, Kind, Value
from toolkit.report.schema_page import render_schema


def _fact(kind: Kind, schema: str, name: str, part: str = "", **attributes: Value) -> Fact:
    named = {key.replace("__", " "): value for key, value in attributes.items()}
    return Fact(Identity(kind, schema, name, part), tuple(sorted(named.items())))


def _column(table: str, name: str, **attributes: Value) -> Fact:
    return _fact(Kind.COLUMN, "shop", table, name, **{"type": "integer", **attributes})


def _page(*facts: Fact) -> str:
    return render_schema(Facts.of(17, [_fact(Kind.SCHEMA, "", "shop"), *facts]))


ORDERS = (
    _fact(Kind.TABLE, "shop", "orders", column_order=("id", "buyer")),
    _column("orders", "id", not_null="yes"),
    _column("orders", "buyer"),
    _fact(Kind.CONSTRAINT, "shop", "orders", "orders_pkey", definition="PRIMARY KEY (id)"),
    _fact(
        Kind.CONSTRAINT,
        "shop",
        "orders",
        "orders_buyer_fkey",
        definition="FOREIGN KEY (buyer) REFERENCES shop.people(id)",
    ),
)


def test_a_table_shows_its_columns_in_their_order_and_what_may_be_null() -> None:
    page = _page(*ORDERS)

    assert page.index("| `id` | integer |") < page.index("| `buyer` | integer or null |")


def test_the_diagram_tells_an_optional_parent_from_a_required_one() -> None:
    required = (*ORDERS[:2], _column("orders", "buyer", not_null="yes"), *ORDERS[3:])

    assert 'shop_people |o--o{ shop_orders : "buyer"' in _page(*ORDERS)
    assert 'shop_people ||--o{ shop_orders : "buyer"' in _page(*required)


def test_the_diagram_tells_one_child_from_many() -> None:
    only = _fact(Kind.CONSTRAINT, "shop", "orders", "orders_buyer_key", definition="UNIQUE (buyer)")

    assert 'shop_people |o--o| shop_orders : "buyer"' in _page(*ORDERS, only)


def test_a_pipe_does_not_break_a_cell() -> None:
    check = _fact(
        Kind.CONSTRAINT, "shop", "orders", "orders_check", definition="CHECK ((a || b) <> '')"
    )

    assert r"`CHECK ((a \|\| b) <> '')`" in _page(*ORDERS, check)


def test_names_are_safe_in_the_diagram() -> None:
    page = _page(
        _fact(Kind.TABLE, "shop", "odd name", column_order=("a b",)),
        _column("odd name", "a b", type="timestamp with time zone"),
        _fact(Kind.CONSTRAINT, "shop", "odd name", "pk", definition='PRIMARY KEY ("a b")'),
    )

    assert "    shop_odd_name {\n        timestamp_with_time_zone a_b PK\n    }" in page


def test_what_there_is_none_of_has_no_heading() -> None:
    page = _page(*ORDERS)

    assert "| policy |" not in page
    assert "trigger, in firing order" not in page
    assert "### Functions" not in page


def test_a_schema_without_anything_is_left_out() -> None:
    assert "## shop" not in _page()


def test_a_definer_function_names_its_owner_and_who_may_call_it() -> None:
    page = _page(
        _fact(
            Kind.FUNCTION,
            "shop",
            "total",
            "integer",
            arguments="p_id integer",
            returns="numeric",
            security="definer",
            owner="clerk",
            grants__to__buyer="execute",
        )
    )

    assert "| `total(p_id integer)` | `numeric` | clerk | buyer |  |" in page


def test_triggers_stand_in_the_order_in_which_they_fire() -> None:
    page = _page(
        *ORDERS,
        *(
            _fact(
                Kind.TRIGGER,
                "shop",
                "orders",
                name,
                definition=f"CREATE TRIGGER {name} BEFORE UPDATE ON shop.orders",
            )
            for name in ("t50_last", "t10_first")
        ),
    )

    assert page.index("t10_first") < page.index("t50_last")
    assert "| `t10_first` | `BEFORE UPDATE ON shop.orders` |" in page
