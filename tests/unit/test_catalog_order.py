"""The order of making: needs first, the same every time, circles included."""

from itertools import permutations

from toolkit.catalog import Fact, Identity, Kind
from toolkit.catalog.order import creation_order

TABLE = Identity(Kind.TABLE, "shop", "orders")
COLUMN = Identity(Kind.COLUMN, "shop", "orders", "id")
SEQUENCE = Identity(Kind.SEQUENCE, "shop", "orders_id_seq")
FUNCTION = Identity(Kind.FUNCTION, "shop", "f")
TYPE = Identity(Kind.TYPE, "shop", "mood")
VIEW = Identity(Kind.VIEW, "shop", "large")


def _order(*facts: Fact) -> list[Identity]:
    return [fact.identity for fact in creation_order(facts)]


def test_each_comes_after_its_parent_and_its_needs() -> None:
    view = Fact(VIEW, needs=(COLUMN, FUNCTION))
    column = Fact(COLUMN, parent=TABLE, needs=(TYPE,))

    assert _order(view, Fact(FUNCTION), column, Fact(TABLE), Fact(TYPE)) == [
        TYPE, TABLE, COLUMN, FUNCTION, VIEW,
    ]  # fmt: skip


def test_a_function_goes_before_a_table_whose_column_calls_it() -> None:
    column = Fact(COLUMN, parent=TABLE, needs=(FUNCTION,))

    assert _order(Fact(TABLE), column, Fact(FUNCTION)) == [FUNCTION, TABLE, COLUMN]


def test_an_owned_sequence_goes_before_its_table_and_an_identity_after() -> None:
    table, column = Fact(TABLE), Fact(COLUMN, parent=TABLE, needs=(SEQUENCE,))
    owned = Fact(SEQUENCE, parent=COLUMN)
    identity = Fact(SEQUENCE, (("identity", True),), parent=COLUMN)

    assert _order(table, column, owned) == [SEQUENCE, TABLE, COLUMN]
    assert _order(table, Fact(COLUMN, parent=TABLE), identity) == [TABLE, COLUMN, SEQUENCE]


def test_the_order_does_not_depend_on_how_facts_arrive() -> None:
    facts = [Fact(VIEW, needs=(TABLE,)), Fact(TABLE), Fact(TYPE), Fact(FUNCTION)]

    assert len({tuple(_order(*arrival)) for arrival in permutations(facts)}) == 1


def test_a_circle_is_entered_once_and_nothing_is_lost() -> None:
    column = Fact(COLUMN, parent=TABLE, needs=(FUNCTION,))
    function = Fact(FUNCTION, needs=(TABLE,))

    order = _order(Fact(TABLE), column, function, Fact(VIEW, needs=(FUNCTION,)))

    assert sorted(order) == sorted([TABLE, COLUMN, FUNCTION, VIEW])
    assert order[-1] == VIEW
