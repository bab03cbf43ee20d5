"""Hazards of a revision, out of its trace, its words and the facts it changes."""

from toolkit.catalog import Fact, Facts, Identity, Kind
from toolkit.catalog.comparison import Change, Difference
from toolkit.review.hazards import find_hazards
from toolkit.trace import Lock, Mode, Relation, RevisionTrace, StatementTrace
from toolkit.trace.model import Rewrite, Scan

THINGS = Relation("public.things", "table")
OTHERS = Relation("public.others", "table")
TABLE = Identity(Kind.TABLE, "public", "things")
NOTHING = Facts.of(17, [])


def statement(
    line: int,
    *locks: Lock,
    rewrites: tuple[Rewrite, ...] = (),
    scans: tuple[Scan, ...] = (),
) -> StatementTrace:
    return StatementTrace(line, f"statement {line}", locks, rewrites, scans, 1.0, 0)


def hazards(
    *statements: StatementTrace,
    sql: str = "",
    changes: tuple[Difference, ...] = (),
    after: Facts = NOTHING,
) -> tuple[str, ...]:
    trace = RevisionTrace("0001", True, False, statements)
    return find_hazards(trace, sql, changes, after)


def test_a_quiet_revision_has_none() -> None:
    assert hazards(statement(1, Lock(THINGS, Mode.ACCESS_EXCLUSIVE)), statement(2)) == ()


def test_work_that_grows_with_the_data_under_an_exclusive_lock_is_named() -> None:
    found = hazards(
        statement(1, scans=(Scan(OTHERS, 9),)),
        statement(2, Lock(THINGS, Mode.ACCESS_EXCLUSIVE)),
        statement(3),
        statement(4, scans=(Scan(OTHERS, 9),)),
    )

    assert [one.partition(",")[0] for one in found] == [
        "readers of public.things wait from line 2 to the end"
    ]
    assert "rewritten in line 4:" in found[0]


def test_several_exclusive_locks_can_meet_others_in_another_order() -> None:
    (found,) = hazards(
        statement(1, Lock(THINGS, Mode.ACCESS_EXCLUSIVE), Lock(OTHERS, Mode.ACCESS_EXCLUSIVE))
    )

    assert "2 relations one after the other (public.others, public.things)" in found


def test_a_rewrite_needs_room() -> None:
    assert any(
        "twice its size" in one for one in hazards(statement(1, rewrites=(Rewrite(THINGS, 1),)))
    )


def test_changed_rows_are_named_with_their_statement() -> None:
    (found,) = hazards(statement(7, Lock(THINGS, Mode.ROW_EXCLUSIVE)))

    assert found.startswith("line 7 changes rows of public.things")
    assert found.endswith("statement 7")


def test_a_drop_that_takes_others_along_is_no_foreign_key() -> None:
    assert hazards(sql="alter table a add foreign key (b) references c on delete cascade") == ()
    assert hazards(sql="create function f() returns int as $$ drop table a cascade $$") == ()
    assert hazards(sql="\ndrop table a cascade") == (
        "line 2 drops whatever depends on it, unnamed: drop table a cascade",
    )


def test_protection_that_goes_is_named() -> None:
    policy = Identity(Kind.POLICY, "public", "things", "things_select_own")
    function = Identity(Kind.FUNCTION, "public", "f", "")
    opened = Facts.of(17, [Fact(function, (("grants to public", "execute"),))])

    found = hazards(
        changes=(
            Difference(policy, Change.MISSING),
            Difference(TABLE, Change.CHANGED, "row_security", True, None),
            Difference(function, Change.EXTRA),
        ),
        after=opened,
    )

    assert found == (
        "policy public.things.things_select_own goes",
        "table public.things: row security is switched off",
        "function public.f() is open to everybody: grants to public is there from the beginning",
    )
