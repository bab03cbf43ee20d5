"""Comparison: every difference once, at the object that explains it."""

from dataclasses import replace

from toolkit.catalog import Fact, Facts, Identity, Kind, Origin, Value
from toolkit.drift import Change, Difference, compare

TABLE = Identity(Kind.TABLE, "shop", "orders")
COLUMN = Identity(Kind.COLUMN, "shop", "orders", "total")
VIEW = Identity(Kind.VIEW, "shop", "large")
FUNCTION = Identity(Kind.FUNCTION, "shop", "f", "integer")
PART = Identity(Kind.TABLE, "shop", "orders_2026")
JOB = Identity(Kind.CRON_JOB, "", "tidy", "@migrator")


def _fact(identity: Identity, parent: Identity | None = None, **attributes: Value) -> Fact:
    return Fact(identity, tuple(sorted(attributes.items())), parent=parent)


def _compare(expected: list[Fact], found: list[Fact]) -> list[tuple[Identity, str]]:
    differences = compare(Facts.of(17, expected), Facts.of(17, found))
    return [(one.identity, one.attribute or one.change) for one in differences]


def test_equal_sides_have_no_difference() -> None:
    facts = [_fact(TABLE, owner="ann"), _fact(VIEW)]

    assert _compare(facts, list(reversed(facts))) == []


def test_an_attribute_is_told_with_both_values() -> None:
    (difference,) = compare(
        Facts.of(17, [_fact(TABLE, owner="ann")]), Facts.of(17, [_fact(TABLE, owner="eve")])
    )

    assert difference == Difference(TABLE, Change.CHANGED, "owner", "ann", "eve")


def test_an_attribute_may_come_or_go() -> None:
    assert _compare([_fact(TABLE, row_security=True)], [_fact(TABLE)]) == [(TABLE, "row_security")]
    assert _compare([_fact(TABLE)], [_fact(TABLE, comment="x")]) == [(TABLE, "comment")]


def test_what_goes_with_its_table_is_counted_not_listed() -> None:
    gone = [_fact(TABLE), _fact(COLUMN, TABLE), _fact(VIEW)]

    (difference,) = compare(Facts.of(17, gone), Facts.of(17, [_fact(VIEW)]))

    assert difference == Difference(TABLE, Change.MISSING, inside=1)


def test_an_object_that_changed_hands_is_one_difference_not_a_loss() -> None:
    mine = _fact(FUNCTION, owner="@migrator")
    theirs = replace(_fact(FUNCTION, owner="eve"), origin=Origin.FOREIGN)

    assert _compare([mine], [theirs]) == [(FUNCTION, "owner")]


def test_what_is_foreign_on_both_sides_is_nobodys_business() -> None:
    theirs = replace(_fact(TABLE, owner="eve"), origin=Origin.FOREIGN)

    assert _compare([], [theirs]) == []
    assert _compare([replace(theirs, attributes=())], [theirs]) == []


def test_a_routines_definition_is_told_only_when_no_part_explains_it() -> None:
    before = _fact(FUNCTION, security="invoker", definition="a", comment="x")

    changed = _fact(FUNCTION, security="definer", definition="b", comment="x")
    assert _compare([before], [changed]) == [(FUNCTION, "security")]
    blind_spot = _fact(FUNCTION, security="invoker", definition="b", comment="y")
    assert _compare([before], [blind_spot]) == [(FUNCTION, "comment"), (FUNCTION, "definition")]


def test_a_body_is_told_by_the_definitions() -> None:
    (difference,) = compare(
        Facts.of(17, [_fact(FUNCTION, body="1f", definition="select 1")]),
        Facts.of(17, [_fact(FUNCTION, body="2e", definition="select 2")]),
    )

    assert difference == Difference(FUNCTION, Change.CHANGED, "body", "select 1", "select 2")


def test_columns_that_come_and_go_do_not_disturb_the_order() -> None:
    before = _fact(TABLE, column_order=("a", "b", "c"))

    assert _compare([before], [_fact(TABLE, column_order=("a", "c", "d"))]) == []
    assert _compare([before], [_fact(TABLE, column_order=("b", "a", "c"))]) == [
        (TABLE, "column_order")
    ]


def test_a_partition_that_only_follows_its_table_is_not_told() -> None:
    part_column = Identity(Kind.COLUMN, "shop", "orders_2026", "total")

    def both(of_table: str, of_part: str) -> list[Fact]:
        return [
            _fact(TABLE),
            _fact(PART, TABLE, partition_of="shop.orders"),
            _fact(COLUMN, TABLE, type=of_table),
            _fact(part_column, PART, type=of_part),
        ]

    assert _compare(both("text", "text"), both("date", "date")) == [(COLUMN, "type")]
    assert _compare(both("text", "text"), both("text", "date")) == [(part_column, "type")]


def test_privileges_of_a_partition_are_its_own() -> None:
    def both(grants: str) -> list[Fact]:
        table = Fact(TABLE, (("grants to eve", grants),))
        return [table, Fact(PART, (("grants to eve", grants),), parent=TABLE)]

    assert len(_compare(both("select"), both("insert"))) == 2


def test_who_cannot_see_jobs_finds_neither_loss_nor_surplus() -> None:
    blind = Facts.of(17, [_fact(TABLE)], blind=("cron jobs: hidden",))

    assert compare(Facts.of(17, [_fact(TABLE), _fact(JOB)]), blind) == ()
    assert compare(Facts.of(17, []), blind) != ()


def test_a_role_that_comes_into_view_is_told_by_what_names_it() -> None:
    role = _fact(Identity(Kind.ROLE, "", "eve"), superuser=False)
    granted = Fact(TABLE, (("grants to eve", "select"),))

    assert _compare([_fact(TABLE)], [granted, role]) == [(TABLE, "grants to eve")]


def test_a_member_more_of_a_role_of_ours_is_told() -> None:
    role = _fact(Identity(Kind.ROLE, "", "reader"))
    joined = _fact(Identity(Kind.MEMBERSHIP, "", "reader", "eve"))
    elsewhere = _fact(Identity(Kind.MEMBERSHIP, "", "writer", "eve"))

    assert _compare([role], [role, joined, elsewhere]) == [(joined.identity, "extra")]
