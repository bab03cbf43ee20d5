"""The isolation matrix: whom it calls as, and what it makes of each kind of answer."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from toolkit.verify.declarations import Declarations
from toolkit.verify.matrix import (
    DELETED,
    MALFORMED,
    NULLS,
    Answer,
    Call,
    Caller,
    Matrix,
    is_vacuous,
    judge,
    make_callers,
)

TENANTS = ("ada", "bea", "cyd")
ABSENT = "nil"
DECLARATIONS = Declarations(
    schemas=("public",),
    private_schemas=(),
    api_roles=("web", "member"),
    anonymous_role="web",
    service_role="robot",
    tenant_column="team_id",
)
DENIED = Answer(sqlstate="42501", words="no")
NOTHING = Answer()
Function = Callable[[Call], Answer]


def matrix(*, has_samples: bool = False, is_volatile: bool = False) -> Matrix:
    callers = make_callers(DECLARATIONS, TENANTS)
    return Matrix("public.read(text)", callers, TENANTS, ABSENT, has_samples, is_volatile)


def may(caller: Caller, asked_for: str | None) -> bool:
    return asked_for is not None and (caller.is_service or caller.tenant == asked_for)


def proper(call: Call) -> Answer:
    """Answer one row for each tenant; with a sample, only when it is the tenant's own."""
    if not may(call.caller, call.asked_for):
        return DENIED
    if call.asked_for == ABSENT or call.sample_of not in (None, call.asked_for):
        return NOTHING
    return Answer(rows=(f"row of {call.asked_for}",))


def faults(function: Function, cells: Matrix | None = None) -> list[str]:
    cells = cells or matrix()
    answers = {call: function(call) for call in cells.calls()}
    return [finding.detail for finding in judge(cells, answers)]


def about(sentence: str, found: list[str]) -> list[str]:
    return [fault.removeprefix(f"{sentence} ") for fault in found if fault.startswith(sentence)]


def test_everybody_calls() -> None:
    callers = make_callers(DECLARATIONS, TENANTS)

    assert [
        (caller.role, caller.tenant, caller.pretends, caller.document) for caller in callers
    ] == [
        ("web", None, None, None),
        ("member", None, None, ""),
        ("member", None, None, '{"role": "member"}'),
        ("member", None, None, '{"role": "member", "sub": null}'),
        ("member", None, None, '{"role": "member", "sub": ""}'),
        *[("member", tenant, None, None) for tenant in TENANTS],
        *[("member", tenant, "robot", None) for tenant in TENANTS],
        ("robot", None, None, None),
    ]


def test_each_role_for_those_who_signed_in_is_tried() -> None:
    more = replace(DECLARATIONS, api_roles=("web", "member", "guest"))

    callers = make_callers(more, TENANTS)

    assert len(callers) == 1 + 2 * (4 + 3 + 3) + 1


def test_everybody_asks_for_everybody() -> None:
    calls = list(matrix().calls())

    assert len(calls) == len(set(calls)) == 12 * 5
    assert {call.asked_for for call in calls} == {*TENANTS, ABSENT, None}


def test_every_tenants_arguments_are_tried_with_every_tenant() -> None:
    calls = list(matrix(has_samples=True).calls())

    assert len(calls) == len(set(calls)) == 12 * 5 * 4


@pytest.mark.parametrize("has_samples", [False, True])
@pytest.mark.parametrize("is_volatile", [False, True])
def test_what_is_proper_passes(*, has_samples: bool, is_volatile: bool) -> None:
    assert faults(proper, matrix(has_samples=has_samples, is_volatile=is_volatile)) == []


def test_a_denial_with_another_code_is_none() -> None:
    def raising(call: Call) -> Answer:
        answer = proper(call)
        is_known = answer == DENIED and call.asked_for in TENANTS
        return Answer(sqlstate="P0001", words="not yours") if is_known else answer

    found = about("a tenant, asking for another tenant,", faults(raising))

    assert found == ["failed with P0001, where 42501 is due (6 calls)."]


def test_no_rows_are_no_denial() -> None:
    found = faults(lambda call: NOTHING if proper(call) == DENIED else proper(call))

    assert "the anonymous role, asking for a tenant, was answered with 0 rows" in found[-2]


def test_an_unreadable_claim_denies_only_who_sent_it() -> None:
    def reading_claims(call: Call) -> Answer:
        answer = proper(call)
        return replace(answer, sqlstate="22P02") if answer == DENIED else answer

    found = faults(reading_claims)

    assert not [fault for fault in found if "empty sub" in fault]
    assert [fault for fault in found if "null sub" in fault]


def test_denials_must_read_alike_whether_or_not_a_tenant_exists() -> None:
    def telling(call: Call) -> Answer:
        answer = proper(call)
        known = answer == DENIED and call.asked_for in TENANTS
        return replace(answer, words="not yours") if known else answer

    assert all(
        "in other words than for a tenant that does not exist" in one for one in faults(telling)
    )
    assert faults(telling)


def test_a_denial_of_null_may_be_worded_otherwise() -> None:
    def wording(call: Call) -> Answer:
        return replace(DENIED, words="who?") if call.asked_for is None else proper(call)

    assert faults(wording) == []


def test_owners_must_get_what_a_service_gets() -> None:
    def stingy(call: Call) -> Answer:
        return NOTHING if call.caller.tenant == call.asked_for == "bea" else proper(call)

    fault = "was answered with 0 rows, unlike a service, which was answered with 1 row (1 call)."
    assert faults(stingy) == [
        f"a tenant whose claims pretend to be a service, asking for itself, {fault}",
        f"a tenant, asking for itself, {fault}",
    ]


def test_the_order_of_rows_does_not_count() -> None:
    def shuffling(call: Call) -> Answer:
        answer = proper(call)
        rows = (*answer.rows, "another") if answer.rows else ()
        return replace(answer, rows=rows if call.caller.is_service else rows[::-1])

    assert faults(shuffling) == []


def test_a_volatile_function_may_give_new_rows_each_time() -> None:
    def numbering(call: Call) -> Answer:
        answer = proper(call)
        return replace(answer, rows=tuple(f"{row} to {call.caller}" for row in answer.rows))

    assert faults(numbering, matrix(is_volatile=True)) == []
    assert faults(numbering)


def test_an_error_for_an_owner_is_reported_with_its_words() -> None:
    def failing(call: Call) -> Answer:
        is_owner = call.caller.tenant == call.asked_for == "ada"
        return Answer(sqlstate="22012", words="division by zero") if is_owner else proper(call)

    assert all("failed with 22012: division by zero" in fault for fault in faults(failing))


def test_an_argument_of_another_tenant_must_not_lead_to_its_rows() -> None:
    def leading(call: Call) -> Answer:
        if not may(call.caller, call.asked_for):
            return DENIED
        return Answer(rows=(f"row of {call.sample_of}",)) if call.sample_of != ABSENT else NOTHING

    found = about(
        "a tenant, asking for itself with arguments of another tenant,",
        faults(leading, matrix(has_samples=True)),
    )

    assert found == ["was answered with rows of another tenant (6 calls)."]


def test_a_row_that_two_tenants_have_alike_is_ones_own() -> None:
    def naming(call: Call) -> Answer:
        owns = call.asked_for in TENANTS and may(call.caller, call.asked_for)
        return Answer(rows=("momentum",)) if owns else proper(call)

    assert faults(naming, matrix(has_samples=True)) == []


def test_an_argument_of_another_tenant_must_look_like_one_that_names_nothing() -> None:
    def telling(call: Call) -> Answer:
        foreign = call.sample_of not in (call.asked_for, ABSENT)
        foreign = foreign and may(call.caller, call.asked_for) and not call.caller.is_service
        return Answer(sqlstate="P0001", words="it is taken") if foreign else proper(call)

    found = faults(telling, matrix(has_samples=True))

    assert (
        "a tenant, asking for itself with arguments of another tenant, failed with P0001, "
        "but was answered with 0 rows when what is named does not exist (6 calls)."
    ) in found


def test_an_argument_that_does_not_matter_may_come_from_anywhere() -> None:
    def ignoring(call: Call) -> Answer:
        return proper(replace(call, sample_of=None))

    assert faults(ignoring, matrix(has_samples=True)) == []


def test_what_everybody_gets_is_nobodys() -> None:
    """An empty list for who has nothing is no row of another tenant who has nothing."""

    def listing(call: Call) -> Answer:
        answer = proper(call)
        return Answer(rows=("[]",)) if answer == NOTHING or call.asked_for == "cyd" else answer

    def guarded(call: Call) -> Answer:
        return listing(call) if may(call.caller, call.asked_for) else DENIED

    assert faults(guarded, matrix(has_samples=True)) == []


def test_rows_for_a_tenant_that_does_not_exist_are_somebodys() -> None:
    def generous(call: Call) -> Answer:
        answer = proper(call)
        allowed = may(call.caller, call.asked_for)
        return replace(answer, rows=tuple({*answer.rows, "row of ada"})) if allowed else answer

    assert faults(generous) == [
        "a service, asking for an absent tenant, was answered with rows of another tenant (1 call)."
    ]


def same_for_all(*rows: str) -> Function:
    return lambda call: Answer(rows=rows) if may(call.caller, call.asked_for) else DENIED


@pytest.mark.parametrize("rows", [(), ("[]",)])
def test_nothing_is_proven_when_nobody_owns_anything(rows: tuple[str, ...]) -> None:
    cells = matrix()
    answers = {call: same_for_all(*rows)(call) for call in cells.calls()}

    assert judge(cells, answers) == ()
    assert is_vacuous(cells, answers)


def test_several_rows_that_are_the_same_for_all_are_everybodys() -> None:
    (found,) = faults(same_for_all("row of ada", "row of bea"))

    assert found.startswith("a service, asking for any tenant or an absent one, was answered with")


def test_something_is_proven_when_one_tenant_has_a_row() -> None:
    cells = matrix()
    answers = {
        call: NOTHING if proper(call).rows and call.asked_for != "ada" else proper(call)
        for call in cells.calls()
    }

    assert judge(cells, answers) == ()
    assert not is_vacuous(cells, answers)


def test_many_calls_with_one_fault_are_one_finding() -> None:
    found = faults(
        lambda call: proper(replace(call, caller=call.caller)) if call.asked_for else NOTHING
    )

    assert (
        "a tenant, asking for NULL, was answered with 0 rows, where 42501 is due (3 calls)."
        in found
    )
    assert len(found) == len(set(found)) == 7


def odd_matrix(*, has_samples: bool = True) -> Matrix:
    callers = make_callers(DECLARATIONS, TENANTS, gone=("zoe",))
    return replace(
        matrix(has_samples=has_samples),
        callers=callers,
        gone=("zoe",),
        odd_tenants=(MALFORMED,),
        odd_samples=(NULLS, MALFORMED, DELETED) if has_samples else (),
    )


def properly_odd(call: Call) -> Answer:
    """Answer as `proper` does, refuse what is malformed, and know nothing of who is gone."""
    if MALFORMED in (call.asked_for, call.sample_of):
        return Answer(sqlstate="22P02", words="no id")
    if call.asked_for == "zoe" and may(call.caller, "zoe"):
        return NOTHING
    return proper(call)


@pytest.mark.parametrize("has_samples", [False, True])
def test_what_is_properly_odd_passes(*, has_samples: bool) -> None:
    assert faults(properly_odd, odd_matrix(has_samples=has_samples)) == []


def test_what_is_malformed_is_answered_to_nobody() -> None:
    found = faults(
        lambda call: NOTHING if call.asked_for == MALFORMED else properly_odd(call), odd_matrix()
    )

    assert (
        "a tenant, asking for what is no id with arguments of itself, "
        "was answered with 0 rows, where an error is due (1 call)."
    ) in found
    assert len(about("a service, asking for what is no id", found)) == 1


def test_what_is_left_of_a_deleted_tenant_is_found() -> None:
    def haunted(call: Call) -> Answer:
        is_zoes = call.asked_for == "zoe" and may(call.caller, "zoe")
        return Answer(rows=("row of zoe",)) if is_zoes else properly_odd(call)

    found = faults(haunted, odd_matrix(has_samples=False))

    fault = (
        "was answered with 1 row, but for a tenant that never was a service was answered with 0 "
        "rows (1 call)."
    )
    for caller in ("a deleted tenant", "a service"):
        assert about(f"{caller}, asking for a deleted tenant,", found) == [fault]
    assert len(found) == 2


def test_a_denial_that_remembers_a_deleted_tenant_is_found() -> None:
    def remembering(call: Call) -> Answer:
        answer = properly_odd(call)
        is_zoe = answer == DENIED and call.asked_for == "zoe"
        return replace(answer, words="no longer") if is_zoe else answer

    found = faults(remembering, odd_matrix(has_samples=False))

    assert about("a tenant, asking for a deleted tenant,", found) == [
        "is denied in other words than for a tenant that does not exist (3 calls)."
    ]


def test_an_answer_that_remembers_what_is_deleted_is_found() -> None:
    def remembering(call: Call) -> Answer:
        is_deleted = call.sample_of == DELETED and may(call.caller, call.asked_for)
        return Answer(sqlstate="P0002", words="deleted") if is_deleted else properly_odd(call)

    found = faults(remembering, odd_matrix())

    sentence = "a tenant, asking for itself with arguments that name what is deleted,"
    fault = (
        "failed with P0002, but was answered with 0 rows when what is named does not exist "
        "(1 call)."
    )
    assert about(sentence, found) == [fault]
