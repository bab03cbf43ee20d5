"""The proof of sameness: a function that everybody may call answers everybody alike.

For what tenants share. Nobody may get anything, and whoever may gets what a service gets, word for
word; no answer names a tenant.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from toolkit.connect import Connection
from toolkit.verify.calling import acting_as, call
from toolkit.verify.check import Check, Finding, judged
from toolkit.verify.declarations import Declarations, Shared
from toolkit.verify.matrix import DENIED, Answer, Caller, make_callers
from toolkit.verify.subject import Unprovable, read_function, read_tenants, refuse_gaps


def prove_sameness(connection: Connection, declarations: Declarations, declared: Shared) -> Check:
    """Prove that a function tells no caller more than another, and nobody anything.

    Args:
        connection: inside a transaction, with nothing on the search path; as a role that may
            become each role of the API.
        declarations: the tenant in names.
        declared: which function; it is called with its defaults.

    Returns:
        Skipped where there is no tenant or nothing to tell. With t tenants and one role for those
        who signed in: 2t + 6 calls.
    """
    name = f"sameness {declared.function}"
    claim = f"{declared.function} answers everybody who may call it alike, and names no tenant."
    try:
        function = read_function(connection, declared.function)
        refuse_gaps(function, set())
        tenants, _ = read_tenants(connection, declarations)
    except Unprovable as error:
        return judged(name, claim, [Finding(declared.function, error.detail, error.hint)])
    if not tenants:
        return Check(name, claim, skipped="a tenant is needed, found none")
    answers: dict[Caller, Answer] = {}
    for caller in make_callers(declarations, tenants):
        with acting_as(connection, caller):
            answers[caller] = call(connection, function, {})
    faults = Counter(_faults(answers, tenants))
    findings = [
        Finding(declared.function, f"{kind} {fault} ({count} calls).", hint)
        for (kind, fault, hint), count in sorted(faults.items())
    ]
    if not findings and not any(answer.rows for answer in answers.values()):
        return Check(name, claim, skipped="nobody is answered with anything")
    return judged(name, claim, findings, f"{len(answers)} callers")


def _faults(
    answers: Mapping[Caller, Answer], tenants: tuple[str, ...]
) -> Iterator[tuple[str, str, str]]:
    truth = next(answer for caller, answer in answers.items() if caller.is_service)
    for caller, answer in answers.items():
        if caller.tenant is None and not caller.is_service:
            if answer.sqlstate not in caller.denials:
                yield (
                    caller.kind,
                    f"{answer.describe()}, where {DENIED} is due",
                    "Before anything is read, deny a NULL identity.",
                )
        elif answer != truth:
            yield (
                caller.kind,
                f"{answer.describe()}, unlike a service, which {truth.describe()}",
                "Let nothing in the function depend on who calls, or declare it in isolation.",
            )
        if any(tenant in row for row in answer.rows for tenant in tenants):
            yield (
                caller.kind,
                "was answered with the id of a tenant",
                "Leave out of the answer whose a row is.",
            )
