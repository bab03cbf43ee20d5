"""Checks and reports: three outcomes, never mistaken for one another."""

from toolkit.verify import Check, Finding, Outcome, Report
from toolkit.verify.check import judged

FINDING = Finding("public.notes", "It has no primary key.", "Add one.")


def test_a_check_without_findings_passed() -> None:
    assert judged("keys", "Every table has a key.", []).outcome is Outcome.PASSED


def test_a_check_with_a_finding_failed() -> None:
    assert judged("keys", "Every table has a key.", [FINDING]).outcome is Outcome.FAILED


def test_a_check_that_nobody_could_make_is_skipped_and_not_passed() -> None:
    check = Check("keys", "Every table has a key.", skipped="no catalog")

    assert check.outcome is Outcome.SKIPPED


def test_findings_are_sorted_and_said_once() -> None:
    other = Finding("public.jobs", "It has no primary key.", "Add one.")

    check = judged("keys", "Every table has a key.", [FINDING, other, FINDING])

    assert check.findings == (other, FINDING)


def test_a_report_counts_each_outcome() -> None:
    report = Report(
        (
            judged("a", "A.", []),
            judged("b", "B.", []),
            judged("c", "C.", [FINDING, FINDING]),
            Check("d", "D.", skipped="no catalog"),
        )
    )

    assert (report.passed, report.failed, report.skipped) == (2, 1, 1)


def test_a_report_is_plain_values() -> None:
    report = Report((judged("keys", "Every table has a key.", [FINDING], "7 tables"),))

    assert report.as_json() == {
        "passed": 0,
        "failed": 1,
        "skipped": 0,
        "checks": [
            {
                "name": "keys",
                "claim": "Every table has a key.",
                "outcome": "failed",
                "skipped": None,
                "evidence": "7 tables",
                "findings": [
                    {
                        "object": "public.notes",
                        "detail": "It has no primary key.",
                        "hint": "Add one.",
                    }
                ],
            }
        ],
    }
