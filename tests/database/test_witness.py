"""The witness: pg_dump and facts agree about every schema we know, and a blind spot is named."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from toolkit.catalog import Facts, Identity, Kind, Scope, read_facts
from toolkit.clones import Database, clone
from toolkit.connect import connect
from toolkit.server import Server
from toolkit.server.model import PRISTINE_TEMPLATE
from toolkit.settings import Settings
from toolkit.witness import (
    Disagreement,
    DumpFailed,
    SchemaDump,
    disagreements,
    dump_schema,
    find_pg_dump,
)

SCHEMA = (Path(__file__).with_name("drift") / "schema.sql").read_bytes()
PEOPLE = Identity(Kind.TABLE, "works", "people")


@pytest.fixture(scope="module")
def works(server: Server) -> Iterator[Database]:
    """One of everything, beside the platform's own objects."""
    with clone(server, PRISTINE_TEMPLATE) as database:
        with connect(database.url) as connection:
            connection.execute(SCHEMA)
        yield database


@pytest.fixture(scope="module")
def facts(works: Database, settings: Settings) -> Facts:
    """What we see."""
    with connect(works.url) as connection:
        return read_facts(connection, Scope.of(settings))


@pytest.fixture(scope="module")
def dump(works: Database, server: Server, settings: Settings) -> SchemaDump:
    """What pg_dump sees."""
    return dump_schema(find_pg_dump(server.major, settings.pg_bin), works.url)


def test_both_agree_about_one_of_everything(facts: Facts, dump: SchemaDump) -> None:
    assert disagreements(facts, dump) == ()
    assert len(dump.entries) > 80


def test_both_agree_about_the_tenant(
    own_database: Database, server: Server, settings: Settings
) -> None:
    with connect(own_database.url) as connection:
        facts = read_facts(connection, replace(Scope.of(settings), runtime=()))

    dump = dump_schema(find_pg_dump(server.major, settings.pg_bin), own_database.url)

    assert disagreements(facts, dump) == ()


def _without(facts: Facts, *identities: Identity) -> Facts:
    kept = [fact for fact in facts if fact.identity not in identities]
    return Facts.of(facts.major, kept, migrator=facts.migrator)


def _changed(facts: Facts, identity: Identity, **attributes: str) -> Facts:
    fact = facts.by_identity[identity]
    changed = replace(fact, attributes=tuple({**dict(fact.attributes), **attributes}.items()))
    return Facts.of(
        facts.major,
        [changed if one is fact else one for one in facts],
        migrator=facts.migrator,
    )


@pytest.mark.parametrize(
    ("identity", "told"),
    [
        (Identity(Kind.POLICY, "works", "orders", "orders_select_own"),
         "policy orders orders_select_own in works"),
        (Identity(Kind.TRIGGER, "works", "people", "t30_stamp"),
         "trigger people t30_stamp in works"),
        (Identity(Kind.FUNCTION, "works", "many", "integer"), "function many(integer) in works"),
        (Identity(Kind.AGGREGATE, "works", "total", "integer"),
         "aggregate total(integer) in works"),
        (Identity(Kind.VIEW, "works", "rich"), "view rich in works"),
        (Identity(Kind.STATISTICS, "works", "orders_stats"), "statistics orders_stats in works"),
        (Identity(Kind.PUBLICATION_MEMBER, "", "works_feed", "table works.people"),
         "publication table works_feed people in works"),
        (Identity(Kind.DEFAULT_PRIVILEGES, "works", "@migrator", "tables"),
         "default acl DEFAULT PRIVILEGES FOR TABLES in works"),
        (Identity(Kind.RULE, "works", "base", "keep_base"), "rule base keep_base in works"),
        (Identity(Kind.CONSTRAINT, "works", "people", "people_email_key"),
         "constraint people people_email_key in works"),
    ],
)  # fmt: skip
def test_a_planted_blind_spot_is_named_by_the_dump(
    facts: Facts, dump: SchemaDump, identity: Identity, told: str
) -> None:
    assert identity in facts.own

    seen = disagreements(_without(facts, identity), dump)

    assert Disagreement(told, "dump", "that it exists") in seen


def test_a_comment_that_facts_miss_is_named(facts: Facts, dump: SchemaDump) -> None:
    fact = facts.by_identity[PEOPLE]
    bare = replace(fact, attributes=tuple(one for one in fact.attributes if one[0] != "comment"))

    seen = disagreements(
        Facts.of(facts.major, [bare if one is fact else one for one in facts], migrator="migrator"),
        dump,
    )

    assert [(one.object, one.said_by) for one in seen] == [
        ("comment TABLE people in works", "dump")
    ]


@pytest.mark.parametrize(
    ("identity", "attribute"),
    [
        (Identity(Kind.INDEX, "works", "orders_lower_idx"), "definition"),
        (Identity(Kind.VIEW, "works", "rich"), "definition"),
        (Identity(Kind.MATERIALIZED_VIEW, "works", "sums"), "definition"),
        (Identity(Kind.CONSTRAINT, "works", "orders", "orders_person_id_fkey"), "definition"),
        (Identity(Kind.TRIGGER, "works", "people", "t30_stamp"), "definition"),
        (Identity(Kind.POLICY, "works", "orders", "orders_select_own"), "using"),
        (Identity(Kind.DOMAIN, "works", "amount"), "base"),
        (PEOPLE, "owner"),
    ],
)
def test_what_facts_say_otherwise_is_named(
    facts: Facts, dump: SchemaDump, identity: Identity, attribute: str
) -> None:
    lie = _changed(facts, identity, **{attribute: "a lie"})

    seen = disagreements(lie, dump)

    assert {(one.object, one.said_by) for one in seen} == {(str(identity), "facts")}


def test_a_pg_dump_that_is_too_old_is_refused_with_what_to_install() -> None:
    with pytest.raises(DumpFailed, match="no pg_dump for PostgreSQL 99") as refused:
        find_pg_dump(99)

    assert "PostgreSQL 99" in refused.value.hint


def test_a_dump_that_fails_says_why(works: Database, server: Server, settings: Settings) -> None:
    program = find_pg_dump(server.major, settings.pg_bin)

    with pytest.raises(DumpFailed) as refused:
        dump_schema(program, works.url.replace(works.name, "nowhere"))

    assert "does not exist" in refused.value.detail
    assert server.migrator_password not in refused.value.as_text()
