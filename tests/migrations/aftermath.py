"""What a run that was disturbed left: exactly a revision, or what the next run heals."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.migrations.histories import DETACHED, STEPS
from tests.migrations.projects import SmallProject
from tests.migrations.runners import Runner
from toolkit.catalog import PREREQUISITES, Facts, Snapshots, read_facts
from toolkit.catalog.comparison import Difference, compare
from toolkit.connect import Connection, connect
from toolkit.history import AUTOCOMMIT
from toolkit.runner import current_revision

INVALID = "select from pg_catalog.pg_index where not indisvalid"
DETACHING = "select from pg_catalog.pg_inherits where inhdetachpending"
# What Alembic says before each step.
_STEP_BEGINS = "Running "
_DRAWS_A_HIT = 4
_RUNNERS = """
select from pg_catalog.pg_stat_activity
where datname = current_database() and application_name like 'hephaitos runner%'
"""


@dataclass(frozen=True, slots=True)
class Moment:
    """When to disturb a run: in one of its steps, and a little later.

    Counted in steps, because a busy machine stretches seconds.
    """

    step: int
    later_s: float

    def await_in(self, runner: Runner) -> int:
        """Return when the moment has come: the step that had begun, 0 when the run was over."""
        runner.wait_for(_STEP_BEGINS, self.step)
        time.sleep(self.later_s)
        return runner.words.count(_STEP_BEGINS) if runner.lives else 0


@dataclass(slots=True)
class Moments:
    """Random moments, drawn until enough of them fell into a run.

    Args:
        wanted: how many shall.
        hits: the step that each of those had reached.
        draws: how many were drawn, the missed ones too.
    """

    wanted: int
    hits: list[int] = field(default_factory=list)
    draws: int = 0

    def __iter__(self) -> Iterator[Moment]:
        """Yield another one until enough were counted; every step comes once before one again."""
        chance = random.Random(self.wanted)
        steps: list[int] = []
        while len(self.hits) < self.wanted:
            self.draws += 1
            assert self.draws <= _DRAWS_A_HIT * self.wanted, "runs are over before they are hit"
            steps = steps or chance.sample(range(1, STEPS + 1), STEPS)
            yield Moment(steps.pop(), chance.uniform(0, 0.2))

    @property
    def are_spread(self) -> bool:
        """Whether they fell into many steps, as far as so few can."""
        return len(set(self.hits)) >= min(self.wanted // 4, STEPS - 2)

    def __str__(self) -> str:
        steps = len(set(self.hits))
        return f"{len(self.hits)} of {self.draws} fell into a run, in {steps} of its steps"


@dataclass(frozen=True, slots=True)
class Aftermath:
    """One database of a history with snapshots, looked at after each disturbance.

    Args:
        project: the history.
        url: the database.
        nothing: its facts before the first revision.
    """

    project: SmallProject
    url: str
    nothing: Facts

    @classmethod
    def of(cls, project: SmallProject, url: str) -> "Aftermath":
        """Begin with a database that no revision was applied to."""
        with connect(url) as observer:
            return cls(project, url, read_facts(observer))

    def describe(self) -> str:
        """Say what was left; fails for anything but a revision or what the next run heals."""
        revision = current_revision(self.url)
        with connect(self.url) as observer:
            _wait_until_gone(observer)
            found, detaching = read_facts(observer), observer.execute(DETACHING).rowcount
        different = self._differing(revision, found)
        if not different:
            return f"exactly {revision or 'base'}"
        for other in self._neighbours(revision):
            if not self._differing(other, found):
                return f"exactly {other}; of its statement outside a transaction no word yet"
        for one in different:
            fact = found.get(one.identity)
            is_invalid_index = fact is not None and bool(fact.get("invalid"))
            is_detaching = bool(detaching) and one.identity.name == DETACHED
            assert is_invalid_index or is_detaching, f"at {revision}: {one}"
        return f"{revision} and, half done, {different[0].identity}"

    def require(self, revision: str | None) -> None:
        """Fail unless a revision was reached and nothing is half done."""
        assert current_revision(self.url) == revision
        with connect(self.url) as observer:
            assert self._differing(revision, read_facts(observer)) == []
            assert observer.execute(INVALID.encode()).rowcount == 0
            assert observer.execute(DETACHING.encode()).rowcount == 0

    def _neighbours(self, revision: str | None) -> Iterator[str | None]:
        """Yield the revisions that one statement outside a transaction leads to."""
        number = int(revision or "0")
        steps = ((number + 1, f"{number + 1:04d}.up.sql"), (number - 1, f"{number:04d}.down.sql"))
        for other, name in steps:
            frozen = self.project.root / "migrations" / "frozen" / name
            if frozen.exists() and frozen.read_text(encoding="utf-8").startswith(AUTOCOMMIT):
                yield f"{other:04d}" if other else None

    def _differing(self, revision: str | None, found: Facts) -> list[Difference]:
        snapshots = Snapshots.of(self.project.root)
        expected = self.nothing if revision is None else snapshots.read(revision, found.major)
        return [one for one in compare(expected, found) if one.identity.kind not in PREREQUISITES]


def _wait_until_gone(observer: Connection) -> None:
    """Wait until the server has noticed that a runner is dead."""
    while observer.execute(_RUNNERS.encode()).rowcount:
        time.sleep(0.01)
