"""Proof: two scripts lead from one state of a database to another and back, with rows in it.

On a clone, as the role that applies revisions. Judged by facts, by the rows that were there, and by
pg_dump, which reads the catalogs with code that is not ours.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from toolkit.catalog import Facts, Identity, Kind, Scope, read_facts
from toolkit.catalog.comparison import Change, Difference, compare, shown
from toolkit.catalog.names import quoted
from toolkit.clones import Database, clone
from toolkit.connect import Connection, connect
from toolkit.errors import ToolkitError
from toolkit.server import Progress, Server, silent
from toolkit.trace import RevisionTrace
from toolkit.trace.tracing import trace_transaction
from toolkit.witness.dump import Key, SchemaDump, dump_schema
from toolkit.witness.testimony import compare_dumps

_LISTED = 20
Fill = Callable[[Database], None]


class NotProven(ToolkitError):
    """Two scripts do not do what they should; neither is worth keeping."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What is to be proven.

    Args:
        up: the script that leads there.
        down: the script that leads back.
        before: the facts that the way back has to restore.
        after: the facts that the way there has to make.
        dump: pg_dump's word on what `after` looks like; None where no such database exists.
        unseen: objects that the dumped database lacks, though `after` has them.
    """

    up: str
    down: str
    before: Facts
    after: Facts
    dump: SchemaDump | None = None
    unseen: frozenset[Identity] = frozenset()


@dataclass(frozen=True, slots=True)
class Proof:
    """What was seen.

    Args:
        after: the facts of the clone when it had gone there for the second time.
        tables: how many tables had rows, and
        rows: how many rows there were.
        forgotten: columns whose values do not come back with the way back.
        up: what each statement of the way there did to others, and
        down: of the way back.
    """

    after: Facts
    tables: int
    rows: int
    forgotten: tuple[str, ...]
    up: RevisionTrace
    down: RevisionTrace


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of one table: how many, and a hash of each column over all of them."""

    count: int
    columns: dict[str, int]


def prove(
    server: Server,
    template: str,
    passage: Passage,
    scope: Scope,
    *,
    fill: Fill | None = None,
    pg_dump: Path | None = None,
    progress: Progress = silent,
) -> Proof:
    """Go there, back, and there again.

    Args:
        server: a scratch server.
        template: a database in the state before.
        passage: both scripts and both states.
        scope: whose objects are whose.
        fill: loads rows into the clone before anything else; none when None.
        pg_dump: the witness; not asked when None.
        progress: told each step.

    Returns:
        What was seen. Time: three runs of the scripts, four readings of facts and of all rows, and
        four dumps.

    Raises:
        NotProven: something is not as it should be; the message says what.
    """
    with clone(server, template) as database:
        if fill is not None:
            progress("filling a clone with rows")
            fill(database)
        walk = _Walk(database, scope, pg_dump)
        start = walk.look()
        progress("proving the way there")
        up = walk.run(passage.up, "the way there", is_upgrade=True)
        there = walk.look()
        _expect(passage.after, there.facts, "the way there does not lead there")
        _expect_rows(start.rows, there.rows, "the way there")
        _hear_out(passage, there)
        progress("proving the way back")
        down = walk.run(passage.down, "the way back", is_upgrade=False)
        back = walk.look()
        _expect(passage.before, back.facts, "the way back does not lead back")
        forgotten = tuple(_forgotten(start.rows, back.rows))
        _expect_rows(start.rows, back.rows, "the way back")
        _same_dump(start, back, "the way back does not lead back")
        progress("proving the way there again")
        walk.run(passage.up, "the way there, a second time,", is_upgrade=True)
        again = walk.look()
        _expect(passage.after, again.facts, "the way there leads elsewhere the second time")
        _same_dump(there, again, "the way there leads elsewhere the second time")
    counts = [rows.count for rows in start.rows.values() if rows.count]
    return Proof(again.facts, len(counts), sum(counts), forgotten, up, down)


@dataclass(frozen=True, slots=True)
class _Seen:
    facts: Facts
    rows: dict[str, _Rows]
    dump: SchemaDump | None
    passing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Walk:
    database: Database
    scope: Scope
    pg_dump: Path | None

    def run(self, script: str, name: str, *, is_upgrade: bool) -> RevisionTrace:
        """Run a script in one transaction, as the runner does, and trace it."""
        with connect(self.database.url, autocommit=False) as connection:
            try:
                statements = trace_transaction(connection, script, is_upgrade=is_upgrade)
                connection.commit()
            except psycopg.Error as error:
                raise _failed(error, name) from error
        return RevisionTrace("", is_upgrade, is_autocommit=False, statements=statements)

    def look(self) -> _Seen:
        """Read facts, rows and a dump."""
        with connect(self.database.url) as connection:
            facts = read_facts(connection, self.scope)
        with connect(self.database.admin_url) as admin:
            rows = dict(_read_rows(admin, facts))
        if self.pg_dump is None:
            return _Seen(facts, rows, None)
        dump = dump_schema(self.pg_dump, self.database.admin_url)
        return _Seen(facts, rows, dump, self._passing(facts))

    def _passing(self, facts: Facts) -> frozenset[str]:
        """Name what a running system makes by itself: a dump has it, and facts have not."""
        if not self.scope.runtime:
            return frozenset()
        with connect(self.database.url) as connection:
            whole = read_facts(connection, replace(self.scope, runtime=()))
        passing = [fact.identity for fact in whole if facts.get(fact.identity) is None]
        return frozenset(
            one.part if one.kind is Kind.CONSTRAINT else one.name
            for one in passing
            if one.kind in (Kind.TABLE, Kind.INDEX, Kind.CONSTRAINT)
        )


def describe(differences: Iterable[Difference]) -> str:
    """Return differences as one text, a clause each."""
    lines = [_line(one) for one in differences]
    rest = len(lines) - _LISTED
    return "; ".join(lines[:_LISTED] + ([f"and {rest} more"] if rest > 0 else []))


def _line(one: Difference) -> str:
    if one.change is not Change.CHANGED:
        return f"{one.identity} is {one.change}"
    expected, found = shown(one)
    return f"{one.identity}, {one.attribute}: expected {expected}, found {found}"


def _failed(error: psycopg.Error, name: str) -> NotProven:
    said = error.diag
    return NotProven(
        f"{name} fails: {said.message_primary or error}",
        detail=said.message_detail or f"SQLSTATE {error.sqlstate}",
        hint=said.message_hint or "Correct the file that the statement comes from.",
    )


def _expect(wanted: Facts, found: Facts, message: str) -> None:
    if wanted.objects == found.objects:
        return
    raise NotProven(
        message,
        detail=describe(compare(wanted, found)),
        hint="Nothing was written. Correct what differs, or change the objects in two revisions.",
    )


def _read_rows(admin: Connection, facts: Facts) -> Iterator[tuple[str, _Rows]]:
    columns: dict[str, list[str]] = {}
    for identity in facts.own:
        if identity.kind is Kind.COLUMN:
            table = identity._replace(kind=Kind.TABLE, part="")
            columns.setdefault(table.address, []).append(quoted(identity.part))
    for fact in facts.own.values():
        address = fact.identity.address
        if fact.identity.kind is not Kind.TABLE or fact.get("partition_of") is not None:
            continue
        names = columns.get(address, [])
        sums = "".join(f", sum(hashtext({name}::text)::bigint)" for name in names)
        row = admin.execute(f"select count(*){sums} from {address}".encode()).fetchone()
        assert row is not None  # an aggregate has a row
        yield address, _Rows(row[0], dict(zip(names, row[1:], strict=True)))


def _expect_rows(before: dict[str, _Rows], after: dict[str, _Rows], name: str) -> None:
    for address, rows in before.items():
        found = after.get(address)
        # A revision may well bring rows of its own.
        if found is None or found.count >= rows.count:
            continue
        raise NotProven(
            f"{name} does not keep the rows of {address}",
            detail=f"{rows.count} rows before, {found.count} after",
            hint="Nothing was written. Keep the rows, or move them in a revision of its own.",
        )


def _forgotten(before: dict[str, _Rows], after: dict[str, _Rows]) -> Iterator[str]:
    for address, rows in before.items():
        found = after.get(address)
        if found is None or (rows.count and not found.count):
            yield f"all {rows.count} rows of {address}"
            continue
        for name, value in rows.columns.items():
            if found.columns.get(name) != value:
                yield f"{address}.{name}"


def _hear_out(passage: Passage, there: _Seen) -> None:
    if there.dump is None or passage.dump is None:
        return
    unseen = frozenset(part for one in passage.unseen for part in (one.name, one.part) if part)
    different = _different(passage.dump, there.dump, unseen | there.passing)
    if different:
        raise _contradicted("the way there does not lead there", different)


def _same_dump(one: _Seen, other: _Seen, message: str) -> None:
    if one.dump is None or other.dump is None:
        return
    different = _different(one.dump, other.dump, one.passing | other.passing)
    if different:
        raise _contradicted(message, different)


def _different(one: SchemaDump, other: SchemaDump, hidden: frozenset[str]) -> list[Key]:
    """Return the entries that differ, but for those whose tag names what nobody answers for."""
    return [
        key
        for key in compare_dumps(one, other)
        if not hidden.intersection(key[2].replace(",", " ").split())
    ]


def _contradicted(message: str, keys: Iterable[Key]) -> NotProven:
    names = [f"{type_.lower()} {schema}.{name}" for type_, schema, name in keys]
    return NotProven(
        f"{message}, says pg_dump, though the facts are equal",
        detail=f"it sees another {', another '.join(names[:_LISTED])}",
        hint="Facts are blind to something: see hephaitos facts --against-dump.",
    )
