"""Findings: the order of their SQL, and values cut to where they differ."""

from toolkit.catalog import Fact, Facts, Identity, Kind
from toolkit.drift import Change, Difference, find_drift, shown

SCHEMA = Identity(Kind.SCHEMA, "", "shop")
TABLE = Identity(Kind.TABLE, "shop", "orders")
VIEW = Identity(Kind.VIEW, "shop", "large")
OPERATOR = Identity(Kind.UNMODELLED, "shop", "operator", "shop.+(integer,integer)")


def test_what_is_too_much_goes_before_what_is_missing_comes() -> None:
    expected = Facts.of(17, [Fact(TABLE, (("comment", "x"),)), Fact(VIEW, (("definition", "d"),))])
    old_view = Identity(Kind.VIEW, "shop", "old")
    old_table = Identity(Kind.TABLE, "shop", "old_orders")
    found = Facts.of(17, [Fact(TABLE), Fact(old_view), Fact(old_table)])

    told = [(one.difference.identity, one.difference.change) for one in find_drift(expected, found)]

    assert told == [
        (old_view, Change.EXTRA),
        (old_table, Change.EXTRA),
        (VIEW, Change.MISSING),
        (TABLE, Change.CHANGED),
    ]


def test_a_finding_without_sql_says_why() -> None:
    (finding,) = find_drift(Facts.of(17, []), Facts.of(17, [Fact(OPERATOR)]))

    assert finding.statements == ()
    assert finding.reason == "the toolkit does not model this kind of object"
    assert finding.what == "operator shop.+(integer,integer)"


def test_an_attribute_is_called_as_a_person_would_and_names_stay_names() -> None:
    def called(attribute: str) -> str:
        expected = Facts.of(17, [Fact(TABLE, ((attribute, "a"),))])
        (finding,) = find_drift(expected, Facts.of(17, [Fact(TABLE)]))
        return finding.attribute

    assert called("replica_identity") == "replica identity"
    assert called("grants to shop_api") == "grants to shop_api"
    assert called("toast option autovacuum_enabled") == "toast option autovacuum_enabled"


def test_values_are_shown_on_one_line() -> None:
    assert _shown(None, True) == ("none", "yes")
    assert _shown(("a", "b"), False) == ("a, b", "no")
    assert _shown("a\n  b", 7) == ("a b", "7")


def test_of_long_values_the_place_where_they_differ_is_shown() -> None:
    before, after = "x" * 500 + "=1" + "y" * 500, "x" * 500 + "=2" + "y" * 500

    expected, found = _shown(before, after)

    assert "x=1y" in expected
    assert "x=2y" in found
    assert len(expected) < 100


def _shown(expected: object, found: object) -> tuple[str, str]:
    return shown(Difference(SCHEMA, Change.CHANGED, "comment", expected, found))  # type: ignore[arg-type]  # any value will do
