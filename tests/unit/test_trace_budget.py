"""The budget of a revision: what its docstring allows, and what of a trace goes beyond it."""

import pytest

from toolkit.history import Revision
from toolkit.trace import (
    BudgetUnclear,
    Lock,
    Mode,
    Relation,
    RevisionTrace,
    StatementTrace,
    locks_line,
    overruns,
    read_budget,
    rewrite_line,
)
from toolkit.trace.model import Rewrite, Scan

PARENTS = Relation("public.parents", "table")
CHILDREN = Relation("public.children", "table", is_own=True)


def says(text: str) -> Revision:
    return Revision("0001", None, text, None)


def docstring(locks: str, rewrite: str = "none.") -> Revision:
    return says(f"Do it.\n\nLocks:   {locks}\nRewrite: {rewrite}\nReverse: undoes it.\n")


def trace(
    *locks: Lock,
    is_upgrade: bool = True,
    rewrites: tuple[Rewrite, ...] = (),
    scans: tuple[Scan, ...] = (),
    is_autocommit: bool = False,
) -> RevisionTrace:
    statement = StatementTrace(3, "alter it", locks, rewrites, scans, 1.0, 100)
    return RevisionTrace("0001", is_upgrade, is_autocommit, (statement,))


def test_modes_and_relations_are_read_out_of_a_sentence() -> None:
    text = docstring(
        "share row exclusive on public.a, public.b and public.c for their keys, so that writers\n"
        '         wait; access exclusive on "Odd"."Table name", brief.'
    )

    budget = read_budget(text)

    assert budget.up.locks == {
        "public.a": Mode.SHARE_ROW_EXCLUSIVE,
        "public.b": Mode.SHARE_ROW_EXCLUSIVE,
        "public.c": Mode.SHARE_ROW_EXCLUSIVE,
        '"Odd"."Table name"': Mode.ACCESS_EXCLUSIVE,
    }
    assert budget.down == budget.up


def test_going_down_divides_the_ways() -> None:
    text = docstring("share on public.a; brief. Going down, access exclusive on public.b; brief.")

    budget = read_budget(text)

    assert budget.up.locks == {"public.a": Mode.SHARE}
    assert budget.down.locks == {"public.b": Mode.ACCESS_EXCLUSIVE}


def test_the_same_going_down_means_both_ways() -> None:
    budget = read_budget(docstring("share on public.a; brief, and the same going down."))

    assert budget.down.locks == budget.up.locks == {"public.a": Mode.SHARE}


def test_the_strongest_of_two_mentions_counts() -> None:
    budget = read_budget(docstring("access exclusive on public.a, share on public.a."))

    assert budget.up.locks == {"public.a": Mode.ACCESS_EXCLUSIVE}


def test_what_is_rewritten_and_what_is_only_read_are_told_apart() -> None:
    text = docstring(
        "none.", "public.a is rewritten; public.b is read once. Going down, public.c is read."
    )

    budget = read_budget(text)

    assert sorted(budget.up.rewrites) == ["public.a"]
    assert sorted(budget.up.reads) == ["public.a", "public.b"]
    assert sorted(budget.down.rewrites) == []
    assert sorted(budget.down.reads) == ["public.c"]


@pytest.mark.parametrize(
    "locks",
    [
        "access exclusive going down; brief.",
        "share on both tables.",
        "share row exclusive on parents.",
        "as little as can be.",
    ],
)
def test_what_nobody_can_check_is_refused(locks: str) -> None:
    with pytest.raises(BudgetUnclear) as refusal:
        read_budget(docstring(locks))

    assert "0001" in refusal.value.message
    assert "MODE on schema.relation" in refusal.value.hint


def test_a_docstring_without_the_line_is_refused() -> None:
    with pytest.raises(BudgetUnclear, match="under Rewrite"):
        read_budget(says("Do it.\n\nLocks:   none.\n"))


def test_a_stronger_lock_than_declared_is_found_with_its_statement() -> None:
    budget = read_budget(docstring("share on public.parents."))

    (found,) = overruns(trace(Lock(PARENTS, Mode.ACCESS_EXCLUSIVE)), budget)

    assert str(found) == (
        "0001.up.sql took access exclusive on public.parents, its Locks line declares share; "
        "line 3: alter it"
    )
    assert "access exclusive on public.parents" in found.hint


def test_a_weaker_lock_a_reader_s_lock_and_own_relations_are_within() -> None:
    budget = read_budget(docstring("share row exclusive on public.parents."))

    found = overruns(
        trace(
            Lock(PARENTS, Mode.SHARE),
            Lock(Relation("public.others", "table"), Mode.ACCESS_SHARE),
            Lock(CHILDREN, Mode.ACCESS_EXCLUSIVE),
        ),
        budget,
    )

    assert found == ()


def test_a_lock_on_an_index_or_partition_counts_as_one_on_its_table() -> None:
    budget = read_budget(docstring("share on public.parents."))
    index = Relation("public.parents_pkey", "index", "public.parents")
    partition = Relation("public.parents_2026", "table", "public.parents")

    for part in (index, partition):
        (found,) = overruns(trace(Lock(part, Mode.ACCESS_EXCLUSIVE)), budget)
        assert "access exclusive on public.parents," in found.what
        assert overruns(trace(Lock(part, Mode.SHARE)), budget) == ()


def test_outside_a_transaction_an_index_is_locked_when_nobody_uses_it_any_more() -> None:
    budget = read_budget(docstring("share update exclusive on public.parents."))
    index = Relation("public.parents_pkey", "index", "public.parents")

    found = overruns(trace(Lock(index, Mode.ACCESS_EXCLUSIVE), is_autocommit=True), budget)

    assert found == ()


def test_a_hidden_rewrite_and_a_hidden_scan_are_found() -> None:
    budget = read_budget(docstring("none."))

    found = overruns(
        trace(rewrites=(Rewrite(PARENTS, 8192),), scans=(Scan(PARENTS, 1200),)), budget
    )

    assert [one.what for one in found] == [
        "rewrote public.parents, its Rewrite line does not say so",
        "read 1,200 rows of public.parents, its Rewrite line does not say so",
    ]


def test_a_way_is_held_to_its_own_half() -> None:
    budget = read_budget(docstring("access exclusive on public.parents. Going down, none."))
    lock = Lock(PARENTS, Mode.ACCESS_EXCLUSIVE)

    assert overruns(trace(lock), budget) == ()
    assert len(overruns(trace(lock, is_upgrade=False), budget)) == 1


def test_the_words_for_a_trace_are_read_back_as_its_budget() -> None:
    others = Relation("public.others", "table")
    up = trace(
        Lock(PARENTS, Mode.ACCESS_EXCLUSIVE),
        Lock(others, Mode.SHARE),
        rewrites=(Rewrite(PARENTS, 1),),
        scans=(Scan(others, 5), Scan(PARENTS, 5)),
    )
    down = trace(Lock(PARENTS, Mode.SHARE), is_upgrade=False)
    text = docstring(locks_line(up, down), rewrite_line(up, down))

    budget = read_budget(text)

    assert locks_line(up, down) == (
        "access exclusive on public.parents, share on public.others. "
        "Going down, share on public.parents."
    )
    assert rewrite_line(up, down) == (
        "public.parents is rewritten; public.others is read. Going down, none."
    )
    assert overruns(up, budget) == overruns(down, budget) == ()
    assert (locks_line(trace(), trace()), rewrite_line(up, up)) == (
        "none.",
        "public.parents is rewritten; public.others is read; the same going down.",
    )


def test_a_lock_is_held_from_its_statement_to_the_end() -> None:
    lock = Lock(PARENTS, Mode.SHARE)
    statements = (
        StatementTrace(1, "first", (), (), (), 5.0, 0),
        StatementTrace(2, "second", (lock,), (), (), 7.0, 0),
        StatementTrace(3, "third", (), (), (), 11.0, 0),
    )

    assert RevisionTrace("0001", True, False, statements).held_ms(lock) == 18.0
