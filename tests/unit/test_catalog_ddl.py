"""Statements from facts: what mutations on a server do not reach."""

import pytest

from toolkit.catalog import Fact, Facts, Identity, Kind, Value
from toolkit.catalog.ddl import Change, Passage, Unwritable, alter, create, rebuild, remove
from toolkit.catalog.ddl.privileges import grants_when_new, parse
from toolkit.catalog.names import literal, qualified, quoted

TABLE = Identity(Kind.TABLE, "shop", "orders")
FUNCTION = Identity(Kind.FUNCTION, "shop", "f", "integer")
VIEW = Identity(Kind.VIEW, "shop", "large")


def _passage(present: list[Fact], wanted: list[Fact] | None = None, major: int = 17) -> Passage:
    return Passage(
        Facts.of(major, present, migrator="postgres"),
        Facts.of(major, present if wanted is None else wanted, migrator="postgres"),
    )


def _alter(attribute: str, wanted: Fact, present: Fact) -> tuple[str, ...]:
    return alter(Change(attribute, wanted, present, _passage([present], [wanted])))


def test_names_and_texts_are_quoted_as_the_server_would() -> None:
    assert (quoted("orders"), quoted("Orders"), quoted("order")) == (
        "orders",
        '"Orders"',
        '"order"',
    )
    assert quoted('a"b') == '"a""b"'
    assert (qualified("shop", "user"), qualified("", "reader")) == ('shop."user"', "reader")
    assert (literal("it's"), literal("a\\b")) == ("'it''s'", "E'a\\\\b'")


def test_the_migrating_role_is_written_by_its_real_name() -> None:
    wanted = Fact(TABLE, (("owner", "@migrator"),))

    assert _alter("owner", wanted, Fact(TABLE, (("owner", "eve"),))) == (
        "alter table shop.orders owner to postgres",
    )


@pytest.mark.parametrize(
    ("present", "wanted", "statements"),
    [
        ("select", "select, insert", ("grant insert on table shop.orders to eve",)),
        ("select, insert", "select", ("revoke insert on table shop.orders from eve",)),
        ("select", "select*", ("grant select on table shop.orders to eve with grant option",)),
        ("select*", "select", (
            "revoke grant option for select on table shop.orders from eve",)),
        ("", "select", ("grant select on table shop.orders to eve",)),
        ("select*, insert", "", ("revoke insert, select on table shop.orders from eve",)),
    ],
)  # fmt: skip
def test_grants_go_from_what_is_to_what_shall_be(
    present: str, wanted: str, statements: tuple[str, ...]
) -> None:
    facts = [
        Fact(TABLE, ((("grants to eve", value),) if value else ()) + (("owner", "@migrator"),))
        for value in (present, wanted)
    ]

    assert _alter("grants to eve", facts[1], facts[0]) == statements


def test_the_owner_grants_himself_where_the_server_might_take_another_grantor() -> None:
    present = Fact(TABLE, (("grants to bob", "select*"), ("owner", "ann")))
    wanted = Fact(
        TABLE, (("grants to bob", "select*"), ("grants to eve", "select"), ("owner", "ann"))
    )

    assert _alter("grants to eve", wanted, present) == (
        "set role ann",
        "grant select on table shop.orders to eve",
        "reset role",
    )


def test_a_grant_by_somebody_else_is_left_to_him() -> None:
    with pytest.raises(Unwritable, match="only the role that granted it"):
        parse("select by bob")


def test_a_new_object_has_the_default_privileges_of_its_maker() -> None:
    defaults = Fact(
        Identity(Kind.DEFAULT_PRIVILEGES, "shop", "@migrator", "functions"),
        (("grants to eve", "execute"),),
    )

    grants = grants_when_new(Fact(FUNCTION), _passage([defaults]))

    assert grants == {
        "@owner": {"execute": False},
        "public": {"execute": False},
        "eve": {"execute": False},
    }


def test_default_privileges_everywhere_replace_the_built_in_ones() -> None:
    defaults = Fact(
        Identity(Kind.DEFAULT_PRIVILEGES, "", "@migrator", "functions"),
        (("grants to @owner", "execute"),),
    )

    assert grants_when_new(Fact(FUNCTION), _passage([defaults])) == {"@owner": {"execute": False}}


@pytest.mark.parametrize(("major", "maintains"), [(15, False), (17, True)])
def test_maintain_is_a_privilege_since_17(*, major: int, maintains: bool) -> None:
    grants = grants_when_new(Fact(TABLE), _passage([], major=major))

    assert ("maintain" in grants["@owner"]) is maintains


def test_a_function_is_created_without_a_right_nobody_asked_for() -> None:
    wanted = Fact(
        FUNCTION,
        (
            ("definition", "create function …\n"),
            ("grants to @owner", "execute"),
            ("owner", "@migrator"),
        ),
    )

    assert create(wanted, _passage([], [wanted])) == (
        "create function …",
        "revoke execute on function shop.f(integer) from public",
    )


def test_a_shape_that_others_rely_on_is_not_changed_alone() -> None:
    present = Fact(FUNCTION, (("definition", "a"), ("returns", "integer")))
    user = Fact(VIEW, needs=(FUNCTION,))
    wanted = Fact(FUNCTION, (("definition", "b"), ("returns", "text")))

    with pytest.raises(Unwritable, match=r"together with what needs it: view shop\.large"):
        alter(Change("returns", wanted, present, _passage([present, user], [wanted, user])))


def test_what_nobody_needs_is_dropped_and_made_again_with_its_contents() -> None:
    view = Identity(Kind.MATERIALIZED_VIEW, "shop", "sums")
    index = Fact(
        Identity(Kind.INDEX, "shop", "sums_idx"),
        (("definition", "CREATE INDEX sums_idx ON shop.sums (a)"), ("relation", "shop.sums")),
        parent=view,
        needs=(view,),
    )

    def side(definition: str) -> list[Fact]:
        grants = ("grants to @owner", parse_all())
        return [Fact(view, (("definition", definition), grants, ("populated", True))), index]

    statements = rebuild(side("select 2")[0], _passage(side("select 1"), side("select 2")))

    assert statements == (
        "drop materialized view shop.sums",
        "create materialized view shop.sums as\nselect 2",
        "CREATE INDEX sums_idx ON shop.sums (a)",
    )


def parse_all() -> str:
    """Everything an owner has on a table of PostgreSQL 17."""
    return "delete, insert, maintain, references, select, trigger, truncate, update"


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        (Kind.ROLE, {}),
        (Kind.UNMODELLED, {}),
        (Kind.COLUMN, {}),
        (Kind.SEQUENCE, {"identity": True}),
    ],
)
def test_some_things_are_never_dropped(kind: Kind, attributes: dict[str, Value]) -> None:
    fact = Fact(Identity(kind, "", "x", "y"), tuple(attributes.items()))

    with pytest.raises(Unwritable):
        remove(fact, _passage([fact]))


def test_nothing_is_ever_dropped_with_cascade() -> None:
    for kind in Kind:
        fact = Fact(Identity(kind, "shop", "x", "@migrator"), (("type", "text"),), parent=TABLE)
        try:
            statements = remove(fact, _passage([fact]))
        except Unwritable:
            continue
        assert not any("cascade" in statement.lower() for statement in statements)
