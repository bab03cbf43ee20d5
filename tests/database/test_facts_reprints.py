"""Reprints: random conditions, held to the server that prints them and to their answers."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolkit.catalog.reprints import reprinted
from toolkit.connect import Connection

# Each example is so many conditions, the columns of one view.
EXAMPLES = int(os.environ.get("EXAMPLES", "10"))
CONDITIONS = 40
WORLD = """
create temporary table world as
select *, array[v, w] as words
from
    (values (null), (true), (false)) as ps (p),
    (values (null), (true), (false)) as qs (q),
    (values (null), (1), (2)) as as_ (a),
    (values (1), (3)) as bs (b),
    (values (null), ('x'::varchar), ('y')) as vs (v),
    (values ('x'::varchar(3)), ('z')) as ws (w)
"""
_LEAVES = st.sampled_from(
    [
        "p", "q", "true", "null::boolean", "a = 1", "a < b", "v = 'x'", "v < w", "v like 'x%'",
        "p is not true", "a is distinct from b", "a is not distinct from b",
        "a between 1 and 2", "a between b and 3", "a not between 1 and 2",
        "b between symmetric 3 and a", "b not between symmetric 2 and 1",
        "v in ('x', 'y')", "v not in ('x', 'z')", "v in ('x', w)", "a in (1, 2)", "a not in (1, b)",
        "v = any (array['x', 'z']::varchar[])", "v <> all (array['x', w]::text[]::varchar(2)[])",
        "v = any (array[v, 'x'])", "'x' = any (words)", "v collate \"C\" in ('x', 'y')",
        "array['1', '2']::text[]::integer[] @> array[a]",
        "array[[v], ['x']]::text[] = array[['x'::text], ['x']]",
        "(a, b) = (1, 3)", "(a, b) <> (1, 3)", "(a, v) in ((1, 'x'), (2, 'y'))", "(a, b) < (2, 1)",
        "exists (select null where p)", "v = (select 'x')", "(a, v) = (select 1, 'x')",
        "a in (select -1 union select 2)", "(select bool_and(r.q) from world r where r.p and p)",
    ]
)  # fmt: skip
_CONDITIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("{} and {}".format, inner, inner),
        st.builds("{} or {}".format, inner, inner),
        st.builds("({}) and ({}) and ({})".format, inner, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
        st.builds("({}) = ({})".format, inner, inner),
        st.builds("({}) is not false".format, inner),
        st.builds("coalesce({}, {})".format, inner, inner),
        st.builds("case when {} then {} else {} end".format, inner, inner, inner),
    ),
    max_leaves=8,
)


@pytest.fixture
def world(database: Connection) -> Connection:
    """A table of every combination of a few values, in a transaction that is rolled back."""
    database.execute(WORLD.encode())
    return database


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="EXAMPLES" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(conditions=st.lists(_CONDITIONS, min_size=CONDITIONS, max_size=CONDITIONS))
def test_what_a_server_prints_anew_is_one_text_with_one_meaning(
    world: Connection, conditions: list[str]
) -> None:
    columns = ", ".join(f"{one} as c{number}" for number, one in enumerate(conditions))

    printed = _make(world, "made", f"select {columns} from world")
    printed_anew = _make(world, "restored", printed)
    printed_from_ours = _make(world, "ours", reprinted(printed))

    assert reprinted(printed_anew) == reprinted(printed) == reprinted(printed_from_ours)
    assert _answers(world, "ours") == _answers(world, "made") == _answers(world, "restored")


def _make(connection: Connection, name: str, query: str) -> str:
    connection.execute(f"drop view if exists {name}".encode())
    connection.execute(f"create temporary view {name} as {query}".encode())
    row = connection.execute("select pg_get_viewdef(%s::regclass)", [name]).fetchone()
    assert row is not None
    return str(row[0])


def _answers(connection: Connection, view: str) -> list[tuple[object, ...]]:
    return connection.execute(f"select * from {view}".encode()).fetchall()
