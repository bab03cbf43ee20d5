"""What sql/ declares: the facts of a database at the head of history with sql/ loaded into it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import psycopg
from psycopg import errors

from toolkit.catalog import ROUTINES, Facts, Identity, Kind, Scope, read_facts
from toolkit.connect import Connection
from toolkit.plan import make_plan
from toolkit.sources.bare import bare, held_up
from toolkit.sources.bodies import check_bodies
from toolkit.sources.claims import check_claims
from toolkit.sources.files import Room, SourceFile, Sources
from toolkit.sources.joining import join
from toolkit.sources.loading import Loader, Made, refusal, witnessed
from toolkit.sources.refusal import SourcesRefused, line_at

_REPLACED_BY_NAME = ROUTINES | {Kind.VIEW, Kind.MATERIALIZED_VIEW}
_CANNOT_REPLACE = (
    errors.InvalidFunctionDefinition,
    errors.InvalidTableDefinition,
    errors.DuplicateTable,
    errors.DuplicateFunction,
    errors.WrongObjectType,
)


@dataclass(frozen=True, slots=True)
class Declared:
    """History and sql/, both as facts.

    Args:
        before: a database at the head of history.
        changed: the same after the hand-written change, bare of what sql/ declares; None without.
        after: the head with what sql/ declares, and without what it does not.
        made: what each file made, by its path.
        lost: what had to give way while loading; `after` has it, the scratch database does not.
    """

    before: Facts
    changed: Facts | None
    after: Facts
    made: Mapping[str, tuple[Made, ...]]
    lost: frozenset[Identity] = frozenset()


def undress(connection: Connection, before: Facts, pristine: Facts) -> frozenset[Identity]:
    """Take away from a database at the head of history what sql/ declares.

    Args:
        connection: as the role that applies revisions, autocommit.
        before: its n facts.
        pristine: the facts of a database that no revision was applied to.

    Returns:
        What has to stay because a table needs it. One script, planned in O(n log n).
    """
    kept = held_up(before)
    script = make_plan(before, bare(before, pristine, kept)).render(transaction=True)
    connection.execute(script.encode())
    return kept


def load_sources(
    connection: Connection,
    admin: Connection,
    sources: Sources,
    scope: Scope,
    *,
    before: Callable[[], Facts],
    fingerprint: str = "",
    kept: frozenset[Identity] = frozenset(),
    change: str = "",
) -> Declared:
    """Load sql/ into a scratch database and read what it declares.

    Args:
        connection: to a database at the head of history and undressed, as the role that applies
            revisions, autocommit.
        admin: to the same as superuser, autocommit.
        sources: n files; of a folder without rooms all objects count, tables too.
        scope: whose objects are whose.
        before: returns its facts before it was undressed; asked only when it matters.
        fingerprint: theirs, where it is known.
        kept: what `undress` left.
        change: hand-written statements, run when everything replaceable was taken away.

    Returns:
        The facts on all sides. Statements: one a file, one a body when something differs, and one
        reading of facts, two with a change.

    Raises:
        SourcesRefused: a file cannot be loaded, or makes something else than its path says.
    """
    files = sources.in_order()
    changed = None
    if change:
        _run_change(connection, change)
        changed = read_facts(connection, scope)
    with witnessed(admin):
        loader, gave_way = Loader(connection), False
        refused = loader.load(files)
        if refused and _make_way(connection, refused, files, kept):
            gave_way = True
            refused = loader.load([file for file in files if file.path in refused])
    if refused:
        raise refusal(refused, files, connection)
    made = {path: tuple(found) for path, found in loader.made.items()}
    if not sources.is_free:
        check_claims(files, made)
        gave_way |= _drop_unclaimed(connection, kept, made)
    found, lost = read_facts(connection, scope), frozenset[Identity]()
    if changed is None and found.fingerprint == fingerprint:
        return Declared(found, None, found, made)
    known = before()
    if not sources.is_free:
        found, lost = join(changed or known, found, made, gave_way=gave_way)
    check_bodies(admin, _files_of_routines(files, made))
    return Declared(known, changed, found, made, lost)


def _run_change(connection: Connection, change: str) -> None:
    try:
        connection.execute(change.encode())
    except psycopg.Error as error:
        position = error.diag.statement_position
        line = line_at(change, int(position)) if position is not None else 1
        raise SourcesRefused(
            f"the change fails in line {line}: {error.diag.message_primary}",
            detail=error.diag.message_detail or "everything that sql/ declares was out of its way",
            hint=error.diag.message_hint or "Correct the statement.",
        ) from error


def _make_way(
    connection: Connection,
    refused: Mapping[str, psycopg.Error],
    files: Iterable[SourceFile],
    kept: frozenset[Identity],
) -> bool:
    """Drop what a table needs and a file cannot replace; `join` puts back what goes with it."""
    names = {
        file.names
        for file in files
        if isinstance(refused.get(file.path), _CANNOT_REPLACE)
        and file.room in (Room.FUNCTIONS, Room.VIEWS)
    }
    return _drop(connection, (one for one in kept if (one.schema, one.name) in names))


def _drop_unclaimed(
    connection: Connection, kept: frozenset[Identity], made: Mapping[str, tuple[Made, ...]]
) -> bool:
    claimed = {
        (one.names[0], one.names[1], one.arguments)
        for found in made.values()
        for one in found
        if len(one.names) > 1
    }
    return _drop(
        connection,
        (one for one in kept if (one.schema, one.name, one.part) not in claimed),
    )


def _drop(connection: Connection, identities: Iterable[Identity]) -> bool:
    dropped = False
    for identity in sorted(identities):
        if identity.kind in _REPLACED_BY_NAME:
            statement = f"drop {identity.kind} if exists {identity.address} cascade"
            connection.execute(statement.encode())
            dropped = True
    return dropped


def _files_of_routines(
    files: Iterable[SourceFile], made: Mapping[str, tuple[Made, ...]]
) -> dict[tuple[str, str], SourceFile]:
    by_path = {file.path: file for file in files}
    return {
        (one.names[0], one.names[1]): by_path[path]
        for path, found in made.items()
        for one in found
        if one.type in ("function", "procedure")
    }
