"""Ownership and scope: whose an object is, and what a running system may change."""

from typing import Any

import pytest

from toolkit.catalog import MIGRATOR, Fact, Identity, Kind, Origin, RuntimeFamily, Scope
from toolkit.catalog.ownership import settle
from toolkit.errors import SettingsError
from toolkit.settings import Settings

SHOP = Fact(Identity(Kind.SCHEMA, "", "shop"), (("owner", MIGRATOR),))
AUTH = Fact(Identity(Kind.SCHEMA, "", "auth"), (("owner", "platform"),))
USERS = Identity(Kind.TABLE, "auth", "users")
ORDERS = Identity(Kind.TABLE, "shop", "orders")
TOUCH = Identity(Kind.FUNCTION, "shop", "touch")


def _table(identity: Identity, owner: str = MIGRATOR, **attributes: str) -> Fact:
    return Fact(identity, tuple(sorted({"owner": owner, **attributes}.items())))


def _origins(*facts: Fact, scope: Scope | None = None) -> dict[Identity, Origin]:
    settled = settle([SHOP, AUTH, *facts], scope or Scope(), owns_database=True)
    return {fact.identity: fact.origin for fact in settled}


def test_an_object_belongs_to_its_owner_and_to_its_schema() -> None:
    planted = Identity(Kind.TABLE, "shop", "planted")
    lent = Identity(Kind.TABLE, "auth", "lent")

    origins = _origins(
        _table(ORDERS), _table(USERS, "platform"), _table(planted, "platform"), _table(lent)
    )

    assert origins[ORDERS] is Origin.OWN
    assert origins[USERS] is Origin.FOREIGN
    assert origins[planted] is Origin.OWN
    assert origins[lent] is Origin.OWN


def test_a_schema_declared_foreign_is_foreign_whoever_owns_it() -> None:
    scope = Scope(foreign_schemas=frozenset({"shop"}))

    assert _origins(_table(ORDERS), scope=scope)[ORDERS] is Origin.FOREIGN


def test_the_tenants_other_roles_own_too() -> None:
    helper = Identity(Kind.FUNCTION, "auth", "helper")
    fact = Fact(helper, (("owner", "shop_api"),))

    assert _origins(fact)[helper] is Origin.FOREIGN
    assert _origins(fact, scope=Scope(roles=frozenset({"shop_api"})))[helper] is Origin.OWN


@pytest.mark.parametrize(("owns_database", "origin"), [(True, Origin.OWN), (False, Origin.FOREIGN)])
def test_schema_public_is_the_database_owners(*, owns_database: bool, origin: Origin) -> None:
    public = Fact(Identity(Kind.SCHEMA, "", "public"), (("owner", "pg_database_owner"),))

    (settled,) = settle([public], Scope(), owns_database=owns_database)

    assert settled.origin is origin


def test_a_trigger_on_a_foreign_table_is_ours_when_it_calls_us() -> None:
    ours = Fact(Identity(Kind.TRIGGER, "auth", "users", "a"), parent=USERS, needs=(TOUCH,))
    theirs = Fact(Identity(Kind.TRIGGER, "auth", "users", "b"), parent=USERS)
    touch = Fact(TOUCH, (("owner", MIGRATOR),), parent=SHOP.identity)

    origins = _origins(_table(USERS, "platform"), touch, ours, theirs)

    assert origins[ours.identity] is Origin.OWN
    assert origins[theirs.identity] is Origin.FOREIGN


def test_a_policy_on_a_foreign_table_is_ours_when_the_table_is_shared() -> None:
    policy = Fact(Identity(Kind.POLICY, "auth", "users", "a"), parent=USERS)
    facts = (_table(USERS, "platform"), policy)

    assert _origins(*facts)[policy.identity] is Origin.FOREIGN
    shared = Scope(shared_tables=("auth.*",))
    assert _origins(*facts, scope=shared)[policy.identity] is Origin.OWN


def test_a_foreign_publication_of_our_table_is_told_by_its_member() -> None:
    feed = Fact(Identity(Kind.PUBLICATION, "", "feed"), (("owner", "platform"),))
    member = Fact(
        Identity(Kind.PUBLICATION_MEMBER, "", "feed", "table shop.orders"),
        parent=feed.identity,
        needs=(ORDERS,),
    )

    origins = _origins(_table(ORDERS), feed, member)

    assert origins[feed.identity] is Origin.FOREIGN
    assert origins[member.identity] is Origin.OWN


def test_what_the_toolkit_keeps_in_a_target_is_nobodys_drift() -> None:
    schema = Fact(Identity(Kind.SCHEMA, "", "hephaitos"), (("owner", MIGRATOR),))
    log = _table(Identity(Kind.TABLE, "hephaitos", "runs"))
    version = _table(Identity(Kind.TABLE, "public", "alembic_version"))
    column = Fact(
        Identity(Kind.COLUMN, "public", "alembic_version", "version_num"), parent=version.identity
    )

    origins = _origins(schema, log, version, column)

    for fact in (schema, log, version, column):
        assert origins[fact.identity] is Origin.TOOLKIT


def test_roles_count_when_something_of_ours_names_them() -> None:
    roles = [Fact(Identity(Kind.ROLE, "", name)) for name in ("reader", "stranger")]
    joined = Fact(Identity(Kind.MEMBERSHIP, "", "reader", "eve"))
    elsewhere = Fact(Identity(Kind.MEMBERSHIP, "", "stranger", "eve"))
    platforms = Fact(Identity(Kind.MEMBERSHIP, "", "stranger", MIGRATOR))
    orders = _table(ORDERS, **{"grants to reader": "select"})

    origins = _origins(orders, *roles, joined, elsewhere, platforms)

    own = {identity.name for identity, origin in origins.items() if origin is Origin.OWN}
    assert own == {"shop", "orders", "reader"}
    assert origins[joined.identity] is Origin.OWN


def test_partitions_that_come_and_go_are_left_out_with_all_that_is_in_them() -> None:
    parent = _table(Identity(Kind.TABLE, "shop", "events"))
    day = _table(Identity(Kind.TABLE, "shop", "day"), partition_of="shop.events")
    hour = _table(Identity(Kind.TABLE, "shop", "hour"), partition_of="shop.day")
    column = Fact(Identity(Kind.COLUMN, "shop", "hour", "at"), parent=hour.identity)
    index = Fact(Identity(Kind.INDEX, "shop", "hour_idx"), (("relation", "shop.hour"),))
    scope = Scope(runtime=(RuntimeFamily("a job makes them", partitions_of="shop.events"),))

    origins = _origins(parent, day, hour, column, index, scope=scope)

    assert parent.identity in origins
    assert not {one.identity for one in (day, hour, column, index)} & origins.keys()


def test_an_attribute_that_a_running_system_changes_is_left_out() -> None:
    view = Identity(Kind.MATERIALIZED_VIEW, "shop", "totals")
    fact = Fact(view, (("owner", MIGRATOR), ("populated", False)))
    family = RuntimeFamily("a job fills it", kind="materialized view", attribute="populated")

    settled = settle([SHOP, fact], Scope(runtime=(family,)), owns_database=True)

    assert settled[1].attributes == (("owner", MIGRATOR),)


def test_scope_is_read_from_what_the_tenant_declares(tmp_path: Any) -> None:
    entry = {"reason": "a job makes them", "partitions_of": "shop.events"}
    settings = Settings(
        tmp_path, tenant={"foreign_schemas": ["auth"], "shared_tables": ["x.*"], "runtime": [entry]}
    )

    scope = Scope.of(settings)

    assert scope.foreign_schemas == {"auth"}
    assert scope.is_shared("x.y")
    assert scope.runtime == (RuntimeFamily("a job makes them", partitions_of="shop.events"),)


def test_an_entry_with_an_unknown_key_is_refused(tmp_path: Any) -> None:
    settings = Settings(tmp_path, tenant={"runtime": [{"reason": "x", "table": "y"}]})

    with pytest.raises(SettingsError, match="runtime"):
        Scope.of(settings)
