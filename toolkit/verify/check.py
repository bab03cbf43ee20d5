"""What verification says: checks with an outcome, findings a person can act on, a report of all.

Values only. A check that could not look is skipped and says why; it never counts as passed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong.

    Args:
        object: what it is wrong with, by its qualified name.
        detail: the fact.
        hint: how to mend it, one imperative sentence.
    """

    object: str
    detail: str
    hint: str


@dataclass(frozen=True, slots=True)
class Check:
    """One claim about a database, and whether it holds.

    Args:
        name: short and stable, to grep for.
        claim: the sentence that is true when the check passes.
        findings: what contradicts it; sorted.
        skipped: why nobody looked; None when somebody did.
        evidence: how much was tried, where that says something.
    """

    name: str
    claim: str
    findings: tuple[Finding, ...] = ()
    skipped: str | None = None
    evidence: str | None = None

    @property
    def outcome(self) -> Outcome:
        """Failed with a finding, skipped with a reason, else passed."""
        if self.findings:
            return Outcome.FAILED
        return Outcome.PASSED if self.skipped is None else Outcome.SKIPPED

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "name": self.name,
            "claim": self.claim,
            "outcome": str(self.outcome),
            "skipped": self.skipped,
            "evidence": self.evidence,
            "findings": [
                {"object": found.object, "detail": found.detail, "hint": found.hint}
                for found in self.findings
            ],
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All checks of one run, in the order they ran."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> int:
        """How many checks hold."""
        return self._count(Outcome.PASSED)

    @property
    def failed(self) -> int:
        """How many checks have findings."""
        return self._count(Outcome.FAILED)

    @property
    def skipped(self) -> int:
        """How many checks could not look."""
        return self._count(Outcome.SKIPPED)

    def as_json(self) -> dict[str, Any]:
        """Return plain values: the three counts and every check."""
        return {
            "passed": self.passed,
            "failed": self.failed,
            "skipped": self.skipped,
            "checks": [check.as_json() for check in self.checks],
        }

    def _count(self, outcome: Outcome) -> int:
        return sum(check.outcome is outcome for check in self.checks)


def judged(
    name: str, claim: str, findings: Iterable[Finding], evidence: str | None = None
) -> Check:
    """Return a check that somebody looked at: passed when there are no findings."""
    return Check(name, claim, findings=tuple(sorted(set(findings))), evidence=evidence)
