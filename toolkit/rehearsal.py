"""Rehearsal: a plan carried out on a copy that was made from facts, there, back and there again.

Nothing of the databases themselves is touched or copied but what their catalogs say, so any two can
be rehearsed, and there are no rows. Judged by facts, and by pg_dump, which is not ours.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from toolkit.catalog import (
    Facts,
    Identity,
    Kind,
    Scope,
    read_facts,
)
from toolkit.catalog.comparison import Difference, compare
from toolkit.catalog.ddl import Passage, Unwritable, completion, create
from toolkit.catalog.names import quoted
from toolkit.catalog.order import creation_order
from toolkit.catalog.ownership import relation_of
from toolkit.clones import Database, clone, maintenance
from toolkit.connect import Connection, connect
from toolkit.errors import ToolkitError
from toolkit.plan import Plan, make_plan
from toolkit.server import Progress, Server
from toolkit.server.model import PRISTINE_TEMPLATE
from toolkit.witness import compare_dumps, dump_schema

# With it come the schemas of others that the facts take for granted.
_PLATFORM = Identity(Kind.SCHEMA, "", "auth")
_BARE = "template0"
_NAMED = 5


class CannotRehearse(ToolkitError):
    """One side of a plan cannot be made on the scratch server."""


class PlanFailed(ToolkitError):
    """A plan does not lead where it says; this is a fault of the toolkit."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a plan is rehearsed.

    Args:
        server: a scratch server of the facts' own major version.
        scope: whose objects are whose.
        pg_dump: the witness.
        progress: told each step.
    """

    server: Server
    scope: Scope
    pg_dump: Path
    progress: Progress

    def rehearse(self, before: Facts, after: Facts) -> None:
        """Go from one side to the other, back, and there again.

        Time: the copy, three plans and five readings of facts.

        Raises:
            CannotRehearse: the copy does not come out like `before`.
            PlanFailed: a statement fails, or something differs that was not named.
        """
        with self._copy(before) as database:
            began = self._look(database)
            dump = dump_schema(self.pg_dump, database.admin_url)
            self.progress("rehearsing the way there")
            there = self._go(database, began, after)
            self.progress("rehearsing the way back")
            back = self._go(database, there, began)
            _expect_nothing(compare(began, back), "the way back leads elsewhere")
            if compare_dumps(dump, dump_schema(self.pg_dump, database.admin_url)):
                _fail("the way back leads elsewhere", "pg_dump sees it, facts do not")
            self.progress("rehearsing the way there again")
            again = self._go(database, back, after)
            _expect_nothing(compare(there, again), "the way there leads elsewhere the second time")

    @contextmanager
    def _copy(self, facts: Facts) -> Iterator[Database]:
        template = PRISTINE_TEMPLATE if facts.get(_PLATFORM) is not None else _BARE
        with ExitStack() as stack:
            self.progress("making a copy from facts")
            stack.enter_context(_roles(self.server, facts))
            database = stack.enter_context(clone(self.server, template))
            with connect(database.admin_url) as connection:
                connection.execute(b"set role migrator")
                _build(connection, facts, self.scope)
            left = compare(facts, self._look(database))
            if left:
                raise CannotRehearse(
                    "the plan cannot be rehearsed: no copy can be made from facts",
                    detail=f"what differs in the copy: {_some(left)}",
                    hint="Plan without --prove, and try the statements on a copy of your own.",
                )
            yield database

    def _look(self, database: Database) -> Facts:
        with connect(database.url) as connection:
            return read_facts(connection, self.scope)

    def _go(self, database: Database, present: Facts, wanted: Facts) -> Facts:
        plan = make_plan(present, wanted)
        with connect(database.url) as connection:
            try:
                connection.execute(plan.render(transaction=True).encode())
            except psycopg.Error as error:
                _fail(f"a statement fails: {error.diag.message_primary}", str(error.sqlstate))
        arrived = self._look(database)
        _expect_nothing(tuple(unnamed(plan, wanted, arrived)), "the plan leads elsewhere")
        return arrived


def unnamed(plan: Plan, wanted: Facts, arrived: Facts) -> Iterator[Difference]:
    """Yield what differs after a plan without being named, or part of what is."""
    named = {one.identity for one in plan.unplanned}
    whole = {
        one
        for one in named
        if one.kind is not Kind.TABLE or wanted.get(one) is None or arrived.get(one) is None
    }
    tables = {one.address for one in whole if one.kind is Kind.TABLE}
    for difference in compare(wanted, arrived):
        identity = difference.identity
        fact = arrived.get(identity) or wanted.by_identity[identity]
        is_part = relation_of(fact) in tables or fact.parent in whole
        if identity not in named and not is_part:
            yield difference


@contextmanager
def _roles(server: Server, facts: Facts) -> Iterator[None]:
    """Have the roles that facts name for the length of a block, those that are missing too."""
    wanted = {fact.identity.name for fact in facts.own.values() if fact.identity.kind is Kind.ROLE}
    with maintenance(server) as admin:
        rows = admin.execute("select rolname from pg_catalog.pg_roles").fetchall()
        missing = sorted(
            name for name in wanted - {row[0] for row in rows} if not name.startswith("@")
        )
        for name in missing:
            admin.execute(f"create role {quoted(name)} nologin".encode())
            admin.execute(f"grant {quoted(name)} to migrator".encode())
    try:
        yield
    finally:
        with maintenance(server) as admin:
            for name in missing:
                admin.execute(f"drop role {quoted(name)}".encode())


def _build(connection: Connection, wanted: Facts, scope: Scope) -> None:
    """Make everything that is missing, from facts alone, then change what is there already."""
    present = read_facts(connection, scope)
    passage = Passage(present=present, wanted=wanted)
    made = set(present.own)
    try:
        for fact in creation_order(wanted.objects.values()):
            if fact.identity in present.by_identity:
                continue
            for statement in create(fact, passage, within=fact.parent in made):
                connection.execute(statement.encode())
            made.add(fact.identity)
        for statement in completion(
            fact for fact in wanted.objects.values() if fact.identity not in present.by_identity
        ):
            connection.execute(statement.encode())
        rest = make_plan(read_facts(connection, scope), wanted)
        connection.execute(rest.render(transaction=True).encode())
    except (psycopg.Error, Unwritable) as error:
        raise CannotRehearse(
            "the plan cannot be rehearsed: no copy can be made from facts",
            detail=" ".join(str(error).split()),
            hint="Plan without --prove, and try the statements on a copy of your own.",
        ) from error


def _expect_nothing(found: Iterable[Difference], message: str) -> None:
    if differences := tuple(found):
        _fail(message, f"what differs: {_some(differences)}")


def _fail(message: str, detail: str) -> None:
    raise PlanFailed(
        message,
        detail=detail,
        hint="Do not run the plan; report both sides as an error of the toolkit.",
    )


def _some(differences: tuple[Difference, ...]) -> str:
    named = [str(one.identity) for one in differences]
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return ", ".join(named[:_NAMED]) + more
