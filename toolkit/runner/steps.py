"""Steps: which revisions a command asked for, settled once, and which of them are still to do.

Pure but for Alembic's own resolving. A relative target like +1 means what it meant when the command
was given: neither a retry nor a runner that went first moves it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from alembic.runtime.migration import MigrationContext, MigrationStep, RevisionStep
from alembic.script import ScriptDirectory

from toolkit.errors import ToolkitError

_APPLYING = {"upgrade", "downgrade"}
Resolve = Callable[[Any, MigrationContext], Iterable[MigrationStep]]


class RevisionMoved(ToolkitError):
    """While this run waited, another one took the database somewhere else."""


@dataclass(slots=True)
class Asked:
    """What a command of Alembic's wants to run.

    Args:
        resolve: Alembic's own function behind the command.
        purges: whether it empties the version table first, so that there is nothing to look at.
        steps: what it named when it was asked; empty for commands that only look.
        start: where the database was then.
    """

    resolve: Resolve
    purges: bool = False
    steps: list[MigrationStep] = field(default_factory=list)
    start: str | None = None

    @property
    def applies(self) -> bool:
        """Whether the command is one that runs revisions, also when none is left to run."""
        return self.resolve.__name__ in _APPLYING

    def note(self, heads: Any, context: MigrationContext) -> list[MigrationStep]:
        """Stand in for the command's function: resolve the target and run nothing."""
        self.start = heads[0] if heads else None
        self.steps = list(self.resolve(heads, context) or ())
        return []

    @property
    def target(self) -> str | None:
        """Where the last step leads; None for the state before the first revision."""
        return destination(self.steps[-1]) if self.steps else self.start


def destination(step: MigrationStep) -> str | None:
    """Return where a step leads; None for the state before the first revision."""
    return step.to_revisions_no_deps[0] if step.to_revisions_no_deps else None


def origin(step: MigrationStep) -> str | None:
    """Return where a step begins; None for the state before the first revision."""
    return step.from_revisions_no_deps[0] if step.from_revisions_no_deps else None


def remaining(
    steps: Iterable[MigrationStep], current: str | None, script: ScriptDirectory
) -> list[MigrationStep]:
    """Return the steps that a database still needs.

    Args:
        steps: the way that was asked for, in order.
        current: where the database is by now.
        script: history, to tell whether the database is past the target already.

    Returns:
        The rest of the way; empty when the target was reached, or passed in the same direction.

    Raises:
        RevisionMoved: the database is neither on the way nor past its end.
    """
    way = list(steps)
    for place, step in enumerate(way):
        if origin(step) == current:
            return way[place:]
    if not way or destination(way[-1]) == current or _is_past(way[-1], current, script):
        return []
    raise RevisionMoved(
        f"the database went to {current or 'base'} while this run waited",
        detail=f"the run was to lead from {origin(way[0]) or 'base'} "
        f"to {destination(way[-1]) or 'base'}",
        hint="Look at hephaitos status, then give the command again.",
    )


def _is_past(last: MigrationStep, current: str | None, script: ScriptDirectory) -> bool:
    assert isinstance(last, RevisionStep)  # stamps are resolved when it is their turn
    target = destination(last)
    if not last.is_upgrade:
        return current is None or _leads_to(script, current, target)
    return _leads_to(script, target, current)


def _leads_to(script: ScriptDirectory, lower: str | None, upper: str | None) -> bool:
    """Tell whether one revision is below another in the line."""
    if upper is None:
        return False
    return any(one.revision == lower for one in script.iterate_revisions(upper, "base"))
