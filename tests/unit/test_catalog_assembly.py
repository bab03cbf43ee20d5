"""Assembly: rows with addresses in, facts without addresses out."""

from toolkit.catalog import MIGRATOR, Fact, Identity, Kind
from toolkit.catalog.assembly import DetailRow, EdgeRow, ObjectRow, assemble

CLASS, PROC, REWRITE, TYPE = 1259, 1255, 2618, 1247
TABLE = Identity(Kind.TABLE, "shop", "orders")
COLUMN = Identity(Kind.COLUMN, "shop", "orders", "total")
VIEW = Identity(Kind.VIEW, "shop", "large")
FUNCTION = Identity(Kind.FUNCTION, "shop", "f", "shop.orders")
OBJECTS = [
    ObjectRow("table", "shop", "orders", "", CLASS, 10, 0, None, None, None, {"owner": "ann"}),
    ObjectRow("column", "shop", "orders", "total", CLASS, 10, 1, CLASS, 10, 0, {"type": "text"}),
    ObjectRow("view", "shop", "large", "", CLASS, 11, 0, None, None, None, {"owner": "eve"}),
    ObjectRow("column", "shop", "large", "total", CLASS, 11, 1, CLASS, 11, 0, {"type": None}),
    ObjectRow(
        "function", "shop", "f", "shop.orders", PROC, 12, 0, None, None, None, {"rows": None}
    ),
]


def _assembled(*edges: EdgeRow, details: tuple[DetailRow, ...] = ()) -> dict[Identity, Fact]:
    facts = assemble(OBJECTS, details, edges, migrator="ann")
    return {fact.identity: fact for fact in facts}


def test_the_migrating_role_goes_by_one_name_everywhere() -> None:
    facts = _assembled(
        details=(
            DetailRow(CLASS, 10, 0, "grants to", "ann", "select"),
            DetailRow(CLASS, 10, 0, "grants to", "bob", "insert by ann, select by eve"),
        )
    )

    assert facts[TABLE].attributes == (
        (f"grants to {MIGRATOR}", "select"),
        ("grants to bob", f"insert by {MIGRATOR}, select by eve"),
        ("owner", MIGRATOR),
    )
    assert facts[VIEW].get("owner") == "eve"


def test_what_is_null_is_absent() -> None:
    assert _assembled()[FUNCTION].attributes == ()


def test_a_views_column_is_a_fact_only_with_something_attached() -> None:
    column = Identity(Kind.COLUMN, "shop", "large", "total")

    assert column not in _assembled()
    commented = _assembled(details=(DetailRow(CLASS, 11, 1, "comment", "", "big"),))
    assert commented[column].attributes == (("comment", "big"),)
    assert commented[column].parent == VIEW


def test_a_view_needs_what_its_rule_needs() -> None:
    facts = _assembled(
        EdgeRow("=", REWRITE, 20, 0, CLASS, 11, 0), EdgeRow("n", REWRITE, 20, 0, CLASS, 10, 1)
    )

    assert facts[VIEW].needs == (COLUMN,)


def test_an_array_of_a_row_type_leads_to_its_table() -> None:
    facts = _assembled(
        EdgeRow("=", TYPE, 31, 0, TYPE, 30, 0),
        EdgeRow("=", TYPE, 30, 0, CLASS, 10, 0),
        EdgeRow("n", PROC, 12, 0, TYPE, 31, 0),
    )

    assert facts[FUNCTION].needs == (TABLE,)


def test_a_column_that_is_no_fact_stands_for_its_relation() -> None:
    facts = _assembled(EdgeRow("n", PROC, 12, 0, CLASS, 11, 1))

    assert facts[FUNCTION].needs == (VIEW,)


def test_needs_leave_out_the_parent_the_object_itself_and_the_unknown() -> None:
    facts = _assembled(
        EdgeRow("a", CLASS, 10, 1, CLASS, 10, 0),
        EdgeRow("n", CLASS, 10, 1, CLASS, 10, 1),
        EdgeRow("n", CLASS, 10, 1, CLASS, 99, 0),
    )

    assert facts[COLUMN].needs == ()
    assert facts[COLUMN].parent == TABLE
