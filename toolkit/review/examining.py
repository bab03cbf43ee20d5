"""Reviewing a revision: tried on a clone with data, both ways, before anybody applies it.

The clone begins at the revision, so that both directions meet its data: it goes down, where it is
what the parent made, and up again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from toolkit.bodies import EXTENSION, Complaint, can_read_plpgsql, new_complaints, read_complaints
from toolkit.catalog import ROUTINES, Facts, Scope, Snapshots, read_facts
from toolkit.catalog.comparison import Difference, compare
from toolkit.clones import Database, clone
from toolkit.connect import connect
from toolkit.errors import HistoryError, ToolkitError
from toolkit.history import Revision, read_revisions
from toolkit.review.contents import Contents, count_contents, losses
from toolkit.review.hazards import find_hazards
from toolkit.review.late_bound import judge_complaints, suspected
from toolkit.review.packet import Packet, Way
from toolkit.review.squawk import ask_squawk
from toolkit.runner import downgrade, upgrade
from toolkit.server import Progress, Server, silent
from toolkit.server.model import PRISTINE_TEMPLATE
from toolkit.settings import Settings
from toolkit.trace import (
    BudgetUnclear,
    Overrun,
    RevisionTrace,
    StatementFailed,
    overruns,
    read_budget,
    trace_revision,
)

# Fills a clone that is at the head of history, and says how many rows went where.
Filling = Callable[[Server, Database], Mapping[str, int]]
HEAD = "head"


@dataclass(frozen=True, slots=True)
class _State:
    """A clone at one moment."""

    facts: Facts
    contents: Contents
    complaints: tuple[Complaint, ...]


@dataclass(frozen=True, slots=True)
class _Trial:
    """A revision tried both ways.

    Args:
        applied: the clone with the revision and its data.
        down: what the way back did.
        undone: the clone after it.
        before: where the way up began: the same, unless the way back was no good.
        up: what the way up did.
        again: the clone after it.
        failures: what failed, a sentence each.
        unread: why nobody looked into bodies of PL/pgSQL.
    """

    applied: _State
    down: RevisionTrace
    undone: _State
    before: _State
    up: RevisionTrace
    again: _State
    failures: tuple[str, ...]
    unread: str


def empty(_server: Server, _database: Database) -> Mapping[str, int]:
    """Fill nothing in: for a project without data."""
    return {}


def review(
    server: Server,
    settings: Settings,
    number: str = HEAD,
    *,
    fill: Filling = empty,
    progress: Progress = silent,
) -> Packet:
    """Review one revision.

    Args:
        server: a scratch server whose roles are prepared.
        settings: the project.
        number: of the revision.
        fill: brings the data.
        progress: told each step in a few words.

    Returns:
        The packet. The revision runs three times, on a clone that is gone afterwards.

    Raises:
        HistoryError: there is no such revision, or it has no frozen SQL.
        ToolkitError: history cannot be replayed.
    """
    root, scope = settings.project_root, Scope.of(settings)
    revisions = read_revisions(root)
    revision = _find(revisions, number)
    with clone(server, PRISTINE_TEMPLATE) as database:
        progress("replaying history")
        upgrade(root, database.url)
        progress("filling the clone")
        rows, unfilled = _filled(fill, server, database)
        if revision is not revisions[-1]:
            progress(f"going down to revision {revision.number}")
            downgrade(root, database.url, revision.number)
        progress(f"tracing revision {revision.number} down and up")
        trial = _try(server, settings, database, revision)
    expected = _expected(server, settings, revision, scope)
    progress("asking squawk")
    trial = replace(trial, failures=(*unfilled, *trial.failures))
    return _packet(revision, server, settings, rows, trial, expected)


def _filled(
    fill: Filling, server: Server, database: Database
) -> tuple[Mapping[str, int], tuple[str, ...]]:
    """Fill a clone; where it takes no data, as when a trigger is broken, go on without."""
    try:
        return fill(server, database), ()
    except ToolkitError as error:
        return {}, (f"at the head of history no data goes in: {error.message}; {error.detail}",)


def _try(server: Server, settings: Settings, database: Database, revision: Revision) -> _Trial:
    scope = Scope.of(settings)
    failures = []
    applied = _look(database, scope)
    down, failed = _traced(database, revision, is_upgrade=False)
    failures += failed
    undone = _look(database, scope)
    up, failed = _traced(database, revision, is_upgrade=True) if not failed else (down, failed)
    before, again = undone, _look(database, scope)
    if failed:
        failures += [one for one in failed if one not in failures]
        before, up, again = _try_without_data(server, settings, revision)
    with connect(database.admin_url) as admin:
        unread = "" if can_read_plpgsql(admin) else f"extension {EXTENSION} is not on this server"
    return _Trial(applied, down, undone, before, up, again, tuple(failures), unread)


def _traced(
    database: Database, revision: Revision, *, is_upgrade: bool
) -> tuple[RevisionTrace, list[str]]:
    """Trace a direction; when a statement fails, the trace is empty and a sentence says so."""
    try:
        return trace_revision(database, revision, is_upgrade=is_upgrade), []
    except StatementFailed as error:
        after = "after its way back, " if is_upgrade else ""
        nothing = RevisionTrace(revision.number, is_upgrade, is_autocommit=False, statements=())
        return nothing, [f"{after}{error.message}; {error.detail}"]


def _try_without_data(
    server: Server, settings: Settings, revision: Revision
) -> tuple[_State, RevisionTrace, _State]:
    """Try the way up where history leads by itself: its way back did not lead there."""
    scope = Scope.of(settings)
    with clone(server, PRISTINE_TEMPLATE) as database:
        if revision.parent is not None:
            upgrade(settings.project_root, database.url, revision.parent)
        before = _look(database, scope)
        up = trace_revision(database, revision, is_upgrade=True)
        return before, up, _look(database, scope)


def _find(revisions: tuple[Revision, ...], number: str) -> Revision:
    for revision in revisions:
        if number == revision.number or (number == HEAD and revision is revisions[-1]):
            return revision
    raise HistoryError(
        f"no revision {number}",
        detail=f"history has {', '.join(one.number for one in revisions) or 'none'}",
        hint="Name one of these, or head.",
    )


def _look(database: Database, scope: Scope) -> _State:
    with connect(database.url) as connection:
        facts = read_facts(connection, scope)
    schemas = {identity.schema for identity in facts.own if identity.kind in ROUTINES}
    with connect(database.admin_url) as admin:
        complaints = read_complaints(admin, sorted(schemas))
        return _State(facts, count_contents(admin, facts), complaints)


def _expected(server: Server, settings: Settings, revision: Revision, scope: Scope) -> Facts | None:
    """Return what a database at the parent holds; None when nobody wrote it down."""
    if revision.parent is None:
        with clone(server, PRISTINE_TEMPLATE) as database, connect(database.url) as connection:
            return read_facts(connection, scope)
    snapshots = Snapshots.of(settings.project_root)
    if server.major not in snapshots.majors(revision.parent):
        return None
    return snapshots.read(revision.parent, server.major)


def _packet(
    revision: Revision,
    server: Server,
    settings: Settings,
    rows: Mapping[str, int],
    trial: _Trial,
    expected: Facts | None,
) -> Packet:
    found, unclear = _held_to_budget(revision, trial.up, trial.down)
    broken = new_complaints(trial.before.complaints, trial.again.complaints)
    ways = {
        trace.direction: _way(
            settings, revision, trace, start, end, found[trace.direction], unread=trial.unread
        )
        for trace, start, end in (
            (trial.up, trial.before, trial.again),
            (trial.down, trial.applied, trial.undone),
        )
    }
    return Packet(
        revision=revision.number,
        parent=revision.parent,
        claim=revision.docstring.strip().partition("\n")[0],
        reverse=revision.section("Reverse"),
        server=f"PostgreSQL {server.version}, {server.kind}",
        rows=rows,
        up=ways["up"],
        down=ways["down"],
        changes=compare(trial.before.facts, trial.again.facts),
        not_restored=_not_restored(expected, trial),
        not_repeated=compare(trial.applied.facts, trial.again.facts),
        late_bound=judge_complaints(broken, trial.before.facts, trial.again.facts),
        unread=trial.unread,
        unclear=unclear,
        failures=trial.failures,
    )


def _not_restored(expected: Facts | None, trial: _Trial) -> tuple[Difference, ...]:
    if expected is None or not trial.down.statements:  # unknown, or told as a failure
        return ()
    return compare(expected, trial.undone.facts)


def _way(
    settings: Settings,
    revision: Revision,
    trace: RevisionTrace,
    start: _State,
    end: _State,
    found: tuple[Overrun, ...],
    *,
    unread: str,
) -> Way:
    assert revision.frozen is not None  # traced, so it has SQL
    sql = revision.frozen.text(upgrade=trace.is_upgrade)
    name = f"{revision.number}.{trace.direction}.sql"
    changes = compare(start.facts, end.facts)
    return Way(
        sql=sql,
        trace=trace,
        overruns=found,
        remarks=ask_squawk(settings.project_root, name, sql),
        losses=losses(start.facts, start.contents, end.facts, end.contents),
        hazards=(
            *find_hazards(trace, sql, changes, end.facts),
            *(suspected(start.facts, end.facts) if unread else ()),
        ),
    )


def _held_to_budget(
    revision: Revision, up: RevisionTrace, down: RevisionTrace
) -> tuple[dict[str, tuple[Overrun, ...]], str]:
    try:
        budget = read_budget(revision)
    except BudgetUnclear as error:
        return {"up": (), "down": ()}, f"{error.message}: {error.detail}"
    return {trace.direction: overruns(trace, budget) for trace in (up, down)}, ""
