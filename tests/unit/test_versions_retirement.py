"""Leave to go: every way not to know that nobody calls is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from toolkit.versions.retirement import Counting, RetirementRefused, judge
from toolkit.versions.routine import Routine

ROUTINE = Routine(7, "app.f", "uuid", "plpgsql", False, False, 1, ["p_owner"], ["uuid"])
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
RESET = datetime(2026, 3, 1, tzinfo=UTC)
COUNTING = Counting(
    tracked="pl",
    source="configuration file",
    configured_at=RESET - timedelta(days=9),
    reset_at=RESET,
    now=NOW,
    is_replica=False,
    calls=0,
    blind=[],
)
WEEK = timedelta(days=7)


def refusal(
    counting: Counting, routine: Routine = ROUTINE, *, vouched_for: datetime | None = None
) -> str:
    with pytest.raises(RetirementRefused) as refused:
        judge(routine, counting, least=WEEK, vouched_for=vouched_for)
    assert refused.value.hint
    return f"{refused.value.message}: {refused.value.detail}"


def test_no_call_since_the_counters_were_reset_is_leave_to_go() -> None:
    found = judge(ROUTINE, COUNTING, least=WEEK)

    assert (found.since, found.until, round(found.days, 1)) == (RESET, NOW, 30.5)
    assert not found.on_somebodys_word


def test_one_call_is_too_many() -> None:
    said = refusal(replace(COUNTING, calls=1))

    assert said == "app.f is still called: calls since 2026-03-01 00:00: 1"


@pytest.mark.parametrize(
    ("tracked", "language", "needed"),
    [("none", "plpgsql", "pl"), ("none", "sql", "all"), ("pl", "sql", "all")],
)
def test_calls_that_are_not_counted_are_not_none(tracked: str, language: str, needed: str) -> None:
    said = refusal(replace(COUNTING, tracked=tracked), replace(ROUTINE, language=language))

    assert said.startswith("calls of app.f are not counted")
    assert said.endswith(f"functions in {language} need {needed}")


def test_all_counts_what_pl_counts() -> None:
    for language in ("sql", "plpgsql"):
        routine = replace(ROUTINE, language=language)
        assert judge(routine, replace(COUNTING, tracked="all"), least=WEEK).since == RESET


def test_a_function_that_dissolves_into_statements_leaves_no_count() -> None:
    routine = replace(ROUTINE, language="sql", is_inlined=True)

    assert "cannot be counted" in refusal(replace(COUNTING, tracked="all"), routine)


def test_a_role_that_is_not_counted_is_named() -> None:
    said = refusal(replace(COUNTING, blind=["robot: track_functions=none"]))

    assert said == "not every call of app.f is counted: robot: track_functions=none"


def test_a_replica_does_not_speak_for_the_primary() -> None:
    assert "replica" in refusal(replace(COUNTING, is_replica=True))


def test_counters_without_a_beginning_say_nothing() -> None:
    assert "nobody knows since when" in refusal(replace(COUNTING, reset_at=None))
    said = refusal(replace(COUNTING, reset_at=None), vouched_for=RESET)
    assert "nobody knows since when" in said


def test_what_was_counted_before_the_last_load_of_the_configuration_is_not_certain() -> None:
    loaded = replace(COUNTING, configured_at=NOW - timedelta(days=2))

    assert "2.0 of 7 days" in refusal(loaded)
    found = judge(ROUTINE, loaded, least=WEEK, vouched_for=RESET - timedelta(days=99))
    assert (found.since, found.on_somebodys_word) == (RESET, True)


@pytest.mark.parametrize("source", ["database", "user"])
def test_a_setting_without_a_date_needs_somebodys_word(source: str) -> None:
    counting = replace(COUNTING, source=source)

    assert "keeps no date" in refusal(counting)
    assert judge(ROUTINE, counting, least=WEEK, vouched_for=RESET).since == RESET


def test_too_short_a_time_is_refused() -> None:
    assert "0.5 of 7 days" in refusal(replace(COUNTING, reset_at=NOW - timedelta(hours=12)))
