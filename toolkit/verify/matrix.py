"""The isolation matrix: every kind of caller, every kind of argument, and what is due in each cell.

Pure: it says whom to call as and judges the answers; calling is somebody else's business. A
caller is either nobody, one tenant, or a service. Nobody is denied whatever they ask for; a tenant
is denied whatever is not theirs; and a denial looks the same whether what was asked for exists.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from toolkit.verify.check import Finding
from toolkit.verify.declarations import Declarations

DENIED = "42501"
# What no type but text can hold, and a name for samples in which every value is one of these.
MALFORMED = "malformed"
NULLS = "null"
# A name for samples that name what a tenant had and deleted.
DELETED = "deleted"
_ODD = {NULLS: "that are NULL", MALFORMED: "of no such type", DELETED: "that name what is deleted"}
_UNREADABLE_CLAIM = "22P02"


@dataclass(frozen=True, slots=True)
class Caller:
    """One identity to call as.

    Args:
        kind: who it is, to read in a sentence.
        role: of the database.
        tenant: whose data it may see; None for nobody and for services.
        is_service: may see everybody's.
        pretends: the role that its claims lay claim to, beside the one it has; None for honesty.
        document: what the request says its claims are, word for word; None to have them made from
            the other fields.
        denials: SQLSTATEs that count as a denial.
    """

    kind: str
    role: str
    tenant: str | None = None
    is_service: bool = False
    pretends: str | None = None
    document: str | None = None
    denials: frozenset[str] = frozenset({DENIED})


@dataclass(frozen=True, slots=True)
class Call:
    """One cell: who asks for whose data, with the remaining arguments taken from whom.

    Args:
        caller: who.
        asked_for: the tenant argument; None is NULL, MALFORMED is no id at all.
        sample_of: whose remaining arguments, or NULLS, MALFORMED or DELETED; None when the function
            has none.
    """

    caller: Caller
    asked_for: str | None
    sample_of: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gave.

    Args:
        rows: as text, in no order that counts.
        sqlstate: of the error; None when there was none.
        words: message, detail and hint of the error, with the arguments taken out.
    """

    rows: tuple[str, ...] = ()
    sqlstate: str | None = None
    words: str = ""

    def describe(self) -> str:
        """Say it in a few words."""
        if self.sqlstate is not None:
            return f"failed with {self.sqlstate}"
        return f"was answered with {len(self.rows)} row{'' if len(self.rows) == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Matrix:
    """All cells of one function.

    Args:
        function: its signature.
        callers: who calls.
        tenants: at least three.
        absent: an id that no tenant has.
        has_samples: whether there are arguments besides the tenant's.
        is_volatile: whether two equal calls may give different answers.
        gone: ids that tenants had who are deleted.
        odd_tenants: further things to ask for: MALFORMED, where the type has such.
        odd_samples: further samples: NULLS, and MALFORMED and DELETED where there are such.
    """

    function: str
    callers: tuple[Caller, ...]
    tenants: tuple[str, ...]
    absent: str
    has_samples: bool
    is_volatile: bool
    gone: tuple[str, ...] = ()
    odd_tenants: tuple[str, ...] = ()
    odd_samples: tuple[str, ...] = ()

    def calls(self) -> Iterator[Call]:
        """Yield every cell, caller by caller.

        For each: what is asked for, tenants + 2 and more, by whose the sample is, tenants + 1. What
        is odd goes with one tenant's and with what is absent only.
        """
        samples = (*self.tenants, self.absent) if self.has_samples else (None,)
        for caller in self.callers:
            for asked_for in (*self.tenants, self.absent, *self.gone, None):
                for sample_of in samples:
                    yield Call(caller, asked_for, sample_of)
            for asked_for in self.odd_tenants:
                yield Call(caller, asked_for, samples[0])
            for sample_of in self.odd_samples:
                for asked_for in (self.tenants[0], self.absent):
                    yield Call(caller, asked_for, sample_of)


def make_callers(
    declarations: Declarations, tenants: tuple[str, ...], gone: tuple[str, ...] = ()
) -> tuple[Caller, ...]:
    """Return everybody who may call: the nobodies, each tenant plainly and forged, the service.

    A tenant who is gone may still hold a token, and calls too.
    """
    nobodies = [Caller("the anonymous role", declarations.anonymous_role)]
    somebodies = []
    for role in declarations.signed_in_roles:
        nobodies += _nobodies(role)
        somebodies += [Caller("a tenant", role, tenant=tenant) for tenant in tenants]
        somebodies += [Caller("a deleted tenant", role, tenant=tenant) for tenant in gone]
        somebodies += [
            Caller(
                "a tenant whose claims pretend to be a service",
                role,
                tenant=tenant,
                pretends=declarations.service_role,
            )
            for tenant in tenants
        ]
    service = Caller("a service", declarations.service_role, is_service=True)
    return (*nobodies, *somebodies, service)


def judge(matrix: Matrix, answers: Mapping[Call, Answer]) -> tuple[Finding, ...]:
    """Compare every answer with what is due.

    Args:
        matrix: what was called.
        answers: one for each of its calls.

    Returns:
        One finding for each kind of caller, argument and fault, with the number of calls. O(calls).
    """
    faults = Counter(
        (_sentence(matrix, call), *fault)
        for call, answer in answers.items()
        for fault in _faults(matrix, call, answer, answers)
    )
    faults.update(_faults_of_sameness(matrix, answers))
    return tuple(
        Finding(matrix.function, f"{sentence} {fault} ({_times(count)}).", hint)
        for (sentence, fault, hint), count in sorted(faults.items())
    )


def is_vacuous(matrix: Matrix, answers: Mapping[Call, Answer]) -> bool:
    """Tell whether no tenant's answer differs from that for an absent one.

    Then owners getting their own proves nothing: as far as one can see, nobody owns anything.
    """
    return not any(answers[_truth(matrix, tenant)].rows for tenant in _with_data(matrix, answers))


def same_answer(one: Answer, other: Answer, *, is_volatile: bool) -> bool:
    """Tell whether two answers are alike; of a volatile function, in how many rows they have."""
    if (one.sqlstate, one.words) != (other.sqlstate, other.words):
        return False
    if is_volatile:
        return len(one.rows) == len(other.rows)
    return sorted(one.rows) == sorted(other.rows)


def _nobodies(role: str) -> list[Caller]:
    def nobody(kind: str, document: str, *more_denials: str) -> Caller:
        return Caller(kind, role, document=document, denials=frozenset({DENIED, *more_denials}))

    return [
        nobody("somebody without claims", ""),
        nobody("somebody signed in without sub", json.dumps({"role": role})),
        nobody("somebody signed in with a null sub", json.dumps({"role": role, "sub": None})),
        # No uuid: whoever reads the claim fails before any decision, which is as safe.
        nobody(
            "somebody signed in with an empty sub",
            json.dumps({"role": role, "sub": ""}),
            _UNREADABLE_CLAIM,
        ),
    ]


def _faults(
    matrix: Matrix, call: Call, answer: Answer, answers: Mapping[Call, Answer]
) -> Iterator[tuple[str, str]]:
    caller = call.caller
    if MALFORMED in (call.asked_for, call.sample_of):
        yield from _faults_of_malformed_answer(answer)
    elif not caller.is_service and (caller.tenant is None or caller.tenant != call.asked_for):
        yield from _faults_of_denial(matrix, call, answer, answers)
    elif call.asked_for in matrix.gone:
        yield from _faults_of_answer_about_gone(matrix, answer, answers)
    elif call.asked_for in matrix.tenants and call.sample_of in (call.asked_for, None):
        yield from _faults_of_own_answer(matrix, call, answer, answers)
    else:
        yield from _faults_of_foreign_answer(matrix, call, answer, answers)


def _faults_of_denial(
    matrix: Matrix, call: Call, answer: Answer, answers: Mapping[Call, Answer]
) -> Iterator[tuple[str, str]]:
    if answer.sqlstate not in call.caller.denials:
        yield (
            f"{answer.describe()}, where {DENIED} is due",
            "Before anything is read, deny a NULL identity, then what IS DISTINCT FROM it.",
        )
    elif call.asked_for is not None:
        absent = answers[Call(call.caller, matrix.absent, call.sample_of)]
        if (answer.sqlstate, answer.words) != (absent.sqlstate, absent.words):
            yield (
                "is denied in other words than for a tenant that does not exist",
                "Raise the same error, word for word, whether or not the tenant exists.",
            )


def _faults_of_malformed_answer(answer: Answer) -> Iterator[tuple[str, str]]:
    if answer.sqlstate is None:
        yield (
            f"{answer.describe()}, where an error is due",
            "Give each parameter the type of what it names.",
        )


def _faults_of_answer_about_gone(
    matrix: Matrix, answer: Answer, answers: Mapping[Call, Answer]
) -> Iterator[tuple[str, str]]:
    sample = matrix.absent if matrix.has_samples else None
    absent = answers[Call(_service(matrix), matrix.absent, sample)]
    if not same_answer(answer, absent, is_volatile=matrix.is_volatile):
        yield (
            f"{answer.describe()}, but for a tenant that never was a service {absent.describe()}",
            "Keep nothing of a tenant who is deleted, or do not answer with it.",
        )


def _faults_of_own_answer(
    matrix: Matrix, call: Call, answer: Answer, answers: Mapping[Call, Answer]
) -> Iterator[tuple[str, str]]:
    truth = answers[_truth(matrix, call.asked_for)]
    if answer.sqlstate is not None:
        yield (
            f"failed with {answer.sqlstate}: {answer.words}",
            "Let a tenant have its own, and a service have everybody's.",
        )
    elif truth.sqlstate is None and not same_answer(answer, truth, is_volatile=matrix.is_volatile):
        yield (
            f"{answer.describe()}, unlike a service, which {truth.describe()}",
            "Let a tenant and a service get the same rows for the same arguments.",
        )


def _faults_of_foreign_answer(
    matrix: Matrix, call: Call, answer: Answer, answers: Mapping[Call, Answer]
) -> Iterator[tuple[str, str]]:
    exists = call.asked_for in matrix.tenants
    own = answers[_truth(matrix, call.asked_for)].rows if exists else ()
    foreign = {
        row
        for tenant in _with_data(matrix, answers)
        if tenant != call.asked_for
        for row in answers[_truth(matrix, tenant)].rows
    }
    if foreign.intersection(answer.rows) - set(own):
        yield (
            "was answered with rows of another tenant",
            "Restrict every table the function reads to the tenant that was checked.",
        )
    elif call.caller.tenant is not None and call.sample_of != NULLS:
        absent = answers[Call(call.caller, call.asked_for, matrix.absent)]
        if not same_answer(answer, absent, is_volatile=matrix.is_volatile):
            yield (
                f"{answer.describe()}, but {absent.describe()} when what is named does not exist",
                "Answer alike for what belongs to another tenant and for what does not exist.",
            )


def _faults_of_sameness(
    matrix: Matrix, answers: Mapping[Call, Answer]
) -> Iterator[tuple[str, str, str]]:
    # A single row may well be what a function says about who owns nothing: zeros, an empty list.
    blank = answers[_truth(matrix, matrix.absent)]
    if len(blank.rows) > 1 and not any(_with_data(matrix, answers)):
        yield (
            "a service, asking for any tenant or an absent one,",
            f"{blank.describe()}, the same for all",
            "Restrict every table the function reads to the tenant that was checked.",
        )


def _service(matrix: Matrix) -> Caller:
    return next(caller for caller in matrix.callers if caller.is_service)


def _truth(matrix: Matrix, tenant: str | None) -> Call:
    return Call(_service(matrix), tenant, tenant if matrix.has_samples else None)


def _with_data(matrix: Matrix, answers: Mapping[Call, Answer]) -> Iterator[str]:
    """Yield the tenants that are answered otherwise than one that does not exist."""
    blank = answers[_truth(matrix, matrix.absent)]
    return (tenant for tenant in matrix.tenants if answers[_truth(matrix, tenant)] != blank)


def _sentence(matrix: Matrix, call: Call) -> str:
    asked_for = _whose(matrix, call.caller, call.asked_for)
    if call.sample_of is None or call.sample_of == call.asked_for:
        return f"{call.caller.kind}, asking for {asked_for},"
    if call.sample_of in _ODD:
        return f"{call.caller.kind}, asking for {asked_for} with arguments {_ODD[call.sample_of]},"
    sample = _whose(matrix, call.caller, call.sample_of)
    return f"{call.caller.kind}, asking for {asked_for} with arguments of {sample},"


def _whose(matrix: Matrix, caller: Caller, tenant: str | None) -> str:
    if tenant is None:
        return "NULL"
    if tenant == matrix.absent:
        return "an absent tenant"
    if tenant in matrix.gone:
        return "a deleted tenant"
    if tenant == MALFORMED:
        return "what is no id"
    if caller.tenant is None:
        return "a tenant"
    return "itself" if caller.tenant == tenant else "another tenant"


def _times(count: int) -> str:
    return "1 call" if count == 1 else f"{count} calls"
