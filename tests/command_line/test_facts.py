"""hephaitos facts: what is counted, what is witnessed, what is written."""

import json

from tests.command_line.conftest import Run
from toolkit.clones import Database
from toolkit.connect import connect


def test_own_facts_and_those_of_others_are_counted_apart(run: Run, own_database: Database) -> None:
    ran = run("facts", "--database-url", own_database.url)

    assert ran.code == 0, ran.err
    assert "own  of others" in ran.out
    assert "PostgreSQL" in ran.out


def test_json_holds_every_fact(run: Run, pristine_database: Database) -> None:
    with connect(pristine_database.url) as connection:
        connection.execute("create view public.one as select 1 as one")

    ran = run("facts", "--format", "json", "--database-url", pristine_database.url)

    facts = {fact["object"]: fact for fact in json.loads(ran.out)["facts"]}
    assert facts["view public.one"]["origin"] == "own"
    assert facts["view public.one"]["attributes"]["columns"] == ["one integer"]
    assert facts["table auth.users"]["origin"] == "foreign"


def test_pg_dump_confirms_the_tenant(run: Run, own_database: Database) -> None:
    ran = run("facts", "--against-dump", "--database-url", own_database.url)

    assert ran.code == 0, ran.out + ran.err
    assert ran.out.startswith("0 disagreements")


def test_an_object_that_is_not_modelled_is_confirmed_by_its_existence(
    run: Run, own_database: Database
) -> None:
    with connect(own_database.url) as connection:
        connection.execute("create operator public.=== (rightarg=int, function=int4abs)")
        connection.execute('create collation public.german from "C"')
        connection.execute("create text search configuration public.plain (copy = simple)")

    ran = run("facts", "--against-dump", "--database-url", own_database.url)

    assert ran.code == 0, ran.out


def test_writing_snapshots_refuses_beside_a_target(run: Run, own_database: Database) -> None:
    ran = run("facts", "--write", environment={"HEPHAITOS_DATABASE_URL": own_database.url})

    assert ran.code == 1
    assert "refusing to work beside" in ran.err
