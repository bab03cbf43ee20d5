"""Mutants: each kind of wrong, written where a reviewer would overlook it."""

import pytest

from toolkit.verify.mutants import Kind, Mutant, make_mutants, name_guards

READ = """\
-- purpose: nothing here is code: a < b and c left join d.

create or replace function public.read_notes(p_user_id uuid, p_after integer)
returns setof text
language plpgsql
security definer
set search_path = ''
as $$
begin
    if not internal.may(p_user_id) then
        raise exception 'no' using errcode = 'insufficient_privilege';
    end if;
    if p_after < 0 then
        raise exception 'no' using errcode = 'invalid_parameter_value';
    end if;
    return query
    select notes.body
    from public.notes
    left join public.tags on tags.note_id = notes.id and tags.kind = 'a, b'
    where
        notes.user_id = p_user_id
        and (notes.is_public or notes.stars >= 3)
        and notes.day between 1 and 9
    order by notes.day desc, notes.id;
end;
$$;

revoke all on function public.read_notes(uuid, integer) from public, anon;
grant execute on function public.read_notes(uuid, integer) to authenticated;
"""
DECIDE = """\
create function internal.may(p_user_id uuid) returns boolean
language sql stable
begin atomic
    select may.p_user_id is not null and may.p_user_id is not distinct from auth.uid();
end;
"""


def of_kind(kind: Kind, text: str = READ, *, decides: bool = False) -> list[Mutant]:
    return [one for one in make_mutants("f.sql", text, decides=decides) if one.kind is kind]


def test_each_predicate_is_dropped_once() -> None:
    assert [(one.line, one.was) for one in of_kind(Kind.PREDICATE)] == [
        (19, "tags.note_id = notes.id"),
        (19, "tags.kind = 'a, b'"),
        (21, "notes.user_id = p_user_id"),
        (22, "(notes.is_public or notes.stars >= 3)"),
        (22, "notes.is_public"),
        (22, "notes.stars >= 3"),
        (23, "notes.day between 1 and 9"),
    ]


def test_what_is_dropped_leaves_what_is_neutral_beside_and_and_or() -> None:
    texts = {one.was: one.text for one in of_kind(Kind.PREDICATE)}

    assert "where\n        true\n        and (" in texts["notes.user_id = p_user_id"]
    assert "(false or notes.stars >= 3)" in texts["notes.is_public"]
    assert "and true\n    order by" in texts["notes.day between 1 and 9"]


def test_a_condition_that_stands_alone_is_dropped_too() -> None:
    (mutant,) = of_kind(
        Kind.PREDICATE, "create function f() returns int as $$ select 1 from t where a = 1 $$;"
    )

    assert "where true $$" in mutant.text


def test_a_guard_is_dropped_and_only_one_about_rights_is_security() -> None:
    assert [(one.line, one.is_security) for one in of_kind(Kind.GUARD)] == [(10, True), (13, False)]
    assert "if false then" in of_kind(Kind.GUARD)[0].text


@pytest.mark.parametrize(
    ("kind", "line", "found", "put"),
    [
        (Kind.JOIN, 19, "left join", "inner join"),
        (Kind.TIE, 24, "notes.day desc, notes.id;", "notes.day desc;"),
    ],
)
def test_a_join_and_a_tie_break_are_lost(kind: Kind, line: int, found: str, put: str) -> None:
    (mutant,) = of_kind(kind)

    assert mutant.line == line
    # The header has the same words, and is no code.
    assert mutant.text == READ[:80] + READ[80:].replace(found, put)


def test_comparisons_move_by_one() -> None:
    moved = [(one.line, one.was, one.text.splitlines()[one.line - 1].strip())
             for one in of_kind(Kind.EDGE)]  # fmt: skip

    assert moved == [
        (13, "<", "if p_after <= 0 then"),
        (22, ">=", "and (notes.is_public or notes.stars > 3)"),
    ]


def test_the_path_and_the_grants_are_security() -> None:
    (path,), (grant,) = of_kind(Kind.SETTING), of_kind(Kind.GRANT)

    assert (path.line, grant.line) == (7, 28)
    assert path.is_security
    assert grant.is_security
    assert "set search_path" not in path.text
    assert (
        "from public, anon; grant execute on function public.read_notes(uuid, integer) to public;"
        in " ".join(grant.text.split())
    )


@pytest.mark.parametrize(
    ("declared", "is_security"),
    [
        ("returns trigger language plpgsql", True),
        ("returns int language plpgsql security definer", True),
        ("returns int language plpgsql", False),
    ],
)
def test_the_path_matters_where_another_could_choose_it(
    declared: str, *, is_security: bool
) -> None:
    text = f"create function f() {declared} set search_path = '' as $$ begin end; $$;"

    (mutant,) = of_kind(Kind.SETTING, text)

    assert mutant.is_security is is_security


def test_each_setting_is_dropped_whole_and_only_the_path_is_security() -> None:
    text = (
        "create function f() returns int language plpgsql security definer "
        "set search_path = pg_catalog, pg_temp set random_page_cost = 1.1 as $$ begin end; $$;"
    )

    assert [(one.was, one.is_security) for one in of_kind(Kind.SETTING, text)] == [
        ("set search_path = pg_catalog, pg_temp", True),
        ("set random_page_cost = 1.1", False),
    ]


def test_all_of_what_decides_who_may_go_on_is_security() -> None:
    mutants = make_mutants("may.sql", DECIDE, decides=True)

    assert {one.kind for one in mutants} == {Kind.PREDICATE, Kind.NULL}
    assert all(one.is_security for one in mutants)
    (null,) = (one for one in mutants if one.kind is Kind.NULL)
    assert "and may.p_user_id = auth.uid();" in null.text


def test_who_decides_is_read_from_the_guards() -> None:
    assert name_guards([READ, DECIDE]) == {"may"}


def test_a_mutant_says_where_it_is() -> None:
    assert str(of_kind(Kind.JOIN)[0]) == "f.sql:19: left join made inner: left"


def test_a_case_inside_an_operand_stays_whole() -> None:
    text = "create function f() returns int as $$ select 1 where case when a then b end and c $$;"

    assert [one.was for one in of_kind(Kind.PREDICATE, text)] == ["case when a then b end", "c"]
