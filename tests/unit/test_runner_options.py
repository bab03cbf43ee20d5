"""Options of a run: what is given, what pyproject.toml declares, what is refused."""

import pytest

from toolkit.errors import SettingsError
from toolkit.runner.options import RunOptions, read_options


def test_what_is_given_goes_before_what_is_declared_and_that_before_the_default() -> None:
    options = read_options({"lock_budget": "1s", "retry_for": 30}, ["lock_budget=500ms"])

    assert options == RunOptions(lock_budget=0.5, retry_for=30.0)


def test_switches_and_objects_are_read() -> None:
    options = read_options(
        {}, ["fingerprint=off", "accept_drift=table public.a", "accept_drift=view public.b"]
    )

    assert not options.fingerprint
    assert options.accept_drift == ("table public.a", "view public.b")


def test_names_of_others_are_left_alone() -> None:
    assert read_options({}, ["tenant=a", "progress=json"]) == RunOptions()


@pytest.mark.parametrize(
    "given", ["lock_budget=soon", "lock_budget=-1s", "lock_budget=0", "fingerprint=perhaps"]
)
def test_what_cannot_be_read_is_refused_by_name(given: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_options({}, [given])

    assert given.partition("=")[0] in refused.value.message


@pytest.mark.parametrize("declared", [{"lock_bugdet": "1s"}, {"accept_drift": "table public.a"}])
def test_pyproject_may_declare_only_what_is_known_and_never_accept_drift_for_ever(
    declared: dict[str, str],
) -> None:
    with pytest.raises(SettingsError):
        read_options(declared)
