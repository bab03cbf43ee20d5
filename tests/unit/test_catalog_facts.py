"""Facts as values: names, equality, what holds what."""

import pytest

from toolkit.catalog import Fact, Facts, Identity, Kind, Origin

TABLE = Identity(Kind.TABLE, "shop", "orders")
COLUMN = Identity(Kind.COLUMN, "shop", "orders", "total")
SEQUENCE = Identity(Kind.SEQUENCE, "shop", "orders_id_seq")
VIEW = Identity(Kind.VIEW, "shop", "large")


@pytest.mark.parametrize(
    ("identity", "text"),
    [
        (TABLE, "table shop.orders"),
        (COLUMN, "column shop.orders.total"),
        (Identity(Kind.TABLE, "Shop", "order"), 'table "Shop"."order"'),
        (Identity(Kind.FUNCTION, "shop", "f", "integer, text"), "function shop.f(integer, text)"),
        (Identity(Kind.ROLE, "", "@migrator"), "role @migrator"),
        (Identity(Kind.DATABASE, "", ""), "this database"),
        (Identity(Kind.MEMBERSHIP, "", "boss", "ann"), "membership of ann in boss"),
        (Identity(Kind.CRON_JOB, "", "tidy", "@migrator"), "cron job tidy of @migrator"),
        (Identity(Kind.DEFAULT_PRIVILEGES, "shop", "ann", "tables"),
         "default privileges of ann on tables in shop"),
        (Identity(Kind.DEFAULT_PRIVILEGES, "", "ann", "types"),
         "default privileges of ann on types"),
        (Identity(Kind.PUBLICATION_MEMBER, "", "feed", "table shop.orders"),
         "publication feed of table shop.orders"),
        (Identity(Kind.UNMODELLED, "shop", "operator", "shop.+(integer,integer)"),
         "operator shop.+(integer,integer)"),
    ],
)  # fmt: skip
def test_an_object_is_named_as_a_person_would(identity: Identity, text: str) -> None:
    assert str(identity) == text


def test_the_order_of_facts_makes_no_difference() -> None:
    facts = [Fact(TABLE, (("owner", "ann"),)), Fact(VIEW), Fact(COLUMN, (("type", "text"),))]

    forwards, backwards = Facts.of(17, facts), Facts.of(17, reversed(facts))

    assert list(forwards) == list(backwards)
    assert forwards.fingerprint == backwards.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        Fact(TABLE, (("owner", "eve"),)),
        Fact(TABLE, (("owner", "ann"), ("row_security", True))),
        Fact(VIEW, (("owner", "ann"),)),
    ],
)
def test_the_fingerprint_tells_any_other_fact(other: Fact) -> None:
    one = Facts.of(17, [Fact(TABLE, (("owner", "ann"),))])

    assert Facts.of(17, [other]).fingerprint != one.fingerprint


def test_where_a_fact_stands_is_no_part_of_its_equality() -> None:
    assert Fact(VIEW, needs=(TABLE,)) == Fact(VIEW, parent=TABLE, origin=Origin.FOREIGN)


def test_only_own_facts_count_and_prerequisites_are_no_objects() -> None:
    role = Fact(Identity(Kind.ROLE, "", "ann"))
    foreign = Fact(VIEW, origin=Origin.FOREIGN)

    facts = Facts.of(17, [Fact(TABLE), role, foreign])

    assert set(facts.own) == {TABLE, role.identity}
    assert set(facts.objects) == {TABLE}


def test_contents_reach_through_every_level() -> None:
    facts = Facts.of(17, [Fact(TABLE), Fact(COLUMN, parent=TABLE), Fact(SEQUENCE, parent=COLUMN)])

    assert [fact.identity for fact in facts.contents(TABLE)] == [COLUMN, SEQUENCE]
    assert facts.contents(SEQUENCE) == ()


def test_users_are_needs_seen_from_the_other_end() -> None:
    facts = Facts.of(17, [Fact(TABLE), Fact(VIEW, needs=(TABLE,))])

    assert facts.users == {TABLE: (VIEW,)}


def test_an_attribute_that_is_absent_is_none_and_empty_text() -> None:
    fact = Fact(TABLE, (("grants to ann", "select"), ("grants to bob", "insert")))

    assert fact.get("owner") is None
    assert fact.text("owner") == ""
    assert dict(fact.starting_with("grants to ")) == {"ann": "select", "bob": "insert"}
