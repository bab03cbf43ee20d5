"""A rehearsal: what a target still lacks, tried on a clone with data first."""

from collections.abc import Iterable

from toolkit.clones import clone
from toolkit.history import read_revisions
from toolkit.review.examining import Filling
from toolkit.runner import downgrade, upgrade
from toolkit.server import Progress, Server, silent
from toolkit.server.model import PRISTINE_TEMPLATE
from toolkit.settings import Settings
from toolkit.trace import RevisionTrace, trace_revision

_BASE = "base"


def rehearse(
    server: Server,
    settings: Settings,
    start: str | None,
    numbers: Iterable[str],
    *,
    fill: Filling,
    progress: Progress = silent,
) -> tuple[RevisionTrace, ...]:
    """Try revisions upwards, one after another, and say what each statement did.

    Args:
        server: a scratch server whose roles are prepared.
        settings: the project.
        start: where the target is; None before the first revision.
        numbers: the revisions that follow, in order.
        fill: brings the data; what the revisions themselves make is empty when they begin.
        progress: told each step in a few words.

    Returns:
        A trace a revision. The clone is gone afterwards.
    """
    revisions = {revision.number: revision for revision in read_revisions(settings.project_root)}
    traces = []
    with clone(server, PRISTINE_TEMPLATE) as database:
        progress("replaying history")
        upgrade(settings.project_root, database.url)
        progress("filling the clone")
        fill(server, database)
        progress(f"going down to {start or _BASE}, where the target is")
        downgrade(settings.project_root, database.url, start or _BASE)
        for number in numbers:
            progress(f"tracing revision {number}")
            traces.append(trace_revision(database, revisions[number], is_upgrade=True))
    return tuple(traces)
