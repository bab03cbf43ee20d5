"""Errors: three parts, an exit code, and nothing lost on the way between processes."""

import pickle

import pytest

from toolkit import errors
from toolkit.errors import HistoryTampered, ToolkitError

FAMILY = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, ToolkitError)
]


@pytest.mark.parametrize("kind", FAMILY)
def test_an_error_survives_the_way_to_another_process(kind: type[ToolkitError]) -> None:
    error = kind("what", detail="why", hint="how")

    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is kind
    assert copy.as_text() == "error: what\n  detail: why\n  hint: how"
    assert copy.exit_code == error.exit_code


def test_only_tampering_exits_with_three() -> None:
    assert {kind for kind in FAMILY if kind.exit_code == 3} == {HistoryTampered}
    assert {kind.exit_code for kind in FAMILY} == {1, 3}
