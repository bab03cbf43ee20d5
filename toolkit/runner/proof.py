"""The fingerprint gate: a database is what its revision made it, before a run and after each step.

Before the first statement, so that nothing is built on sand; and before each commit, so that a
revision counts as applied only when the database holds exactly what it was proven to make.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.catalog import PREREQUISITES, Facts, Scope, Snapshots, read_facts
from toolkit.catalog.comparison import Change, Difference, compare, shown
from toolkit.connect import Connection
from toolkit.errors import ToolkitError
from toolkit.runner.voice import say
from toolkit.settings import Settings

_LISTED = 20


class TargetDrifted(ToolkitError):
    """The database is not what its revision made: somebody changed it by hand."""


class NotProven(ToolkitError):
    """A revision did not make what it was proven to make; it was rolled back."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What a database should hold at each revision.

    Args:
        snapshots: what history makes, revision by revision.
        scope: whose objects are whose.
        accepted: objects that may differ, as a refusal names them.
    """

    snapshots: Snapshots
    scope: Scope
    accepted: frozenset[str]

    @classmethod
    def of(cls, settings: Settings, accepted: Iterable[str]) -> "Gate":
        """Return the gate of a project."""
        return cls(Snapshots.of(settings.project_root), Scope.of(settings), frozenset(accepted))

    @property
    def has_snapshots(self) -> bool:
        """Whether the project wrote any down; one that did needs them for every revision."""
        return self.snapshots.folder.is_dir()

    def check_before(
        self,
        connection: Connection,
        revision: str | None,
        *,
        unfinished: tuple[str, str] | None = None,
    ) -> None:
        """Refuse a database that is not at its own revision.

        Args:
            connection: to it, outside a transaction.
            revision: where it is; None, at which nothing was written down, is always right.
            unfinished: schema and name of what a killed runner left half done; the first step
                goes on from there, so it may differ.

        Raises:
            TargetDrifted: something differs that was not accepted.
            SnapshotMissing: nobody wrote down this revision for this major version.
        """
        if revision is None:
            return
        found = read_facts(connection, self.scope)
        for sentence in found.blind:
            say("blind", f"not compared: {sentence}")
        different = [
            one
            for one in self._differing(self.snapshots.read(revision, found.major), found)
            if (one.identity.schema, one.identity.name) != unfinished
        ]
        for name in sorted(self.accepted - {str(one.identity) for one in different}):
            say("nothing_accepted", f"nothing to accept: {name} does not differ")
        refused = self._refused(different)
        if refused:
            raise TargetDrifted(
                f"the database is not what revision {revision} made it",
                detail=_listed(refused),
                hint="See the SQL that restores it with `hephaitos drift`; or accept objects one "
                "by one: --accept-drift 'OBJECT', with alembic -x accept_drift='OBJECT'.",
            )

    def check_after(self, connection: Connection, revision: str | None) -> None:
        """Refuse to commit a revision that made something else than it should.

        Args:
            connection: inside the transaction of the revision.
            revision: where it leads; None for the way back to nothing.

        Raises:
            NotProven: something differs that was not accepted.
            SnapshotMissing: nobody wrote down this revision for this major version.
        """
        if revision is None:
            return
        found = read_facts(connection, self.scope)
        expected = self.snapshots.read(revision, found.major)
        refused = self._refused(self._differing(expected, found))
        if refused:
            raise NotProven(
                f"revision {revision} was not reached: the database would differ from it",
                detail=_listed(refused),
                hint="Nothing of this step was kept. Take away what was made by hand, or accept "
                "objects one by one with --accept-drift.",
            )

    def _differing(self, expected: Facts, found: Facts) -> tuple[Difference, ...]:
        # Prerequisites are no revision's: `doctor` looks after them.
        return tuple(
            one for one in compare(expected, found) if one.identity.kind not in PREREQUISITES
        )

    def _refused(self, different: Iterable[Difference]) -> list[Difference]:
        refused = []
        for one in different:
            if str(one.identity) in self.accepted:
                say("drift_accepted", f"accepted as it is: {_line(one)}")
            else:
                refused.append(one)
        return refused


def _listed(different: list[Difference]) -> str:
    lines = [_line(one) for one in different[:_LISTED]]
    if len(different) > _LISTED:
        lines.append(f"and {len(different) - _LISTED} more")
    return "; ".join(lines)


def _line(one: Difference) -> str:
    if one.change is not Change.CHANGED:
        return f"{one.identity} is {one.change}"
    expected, found = shown(one)
    return f"{one.identity}, {one.attribute}: expected {expected}, found {found}"
