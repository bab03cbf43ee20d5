"""The guard over bodies: a function that nobody touched must not lose what its body names.

PostgreSQL refuses to drop what a view uses; what a body uses it drops, and the next call fails. A
review finds that on a clone; here it is looked for on the target, before the commit.
"""

import re
from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from toolkit.bodies import EXTENSION, Complaint, can_read_plpgsql, new_complaints, read_complaints
from toolkit.connect import Connection
from toolkit.errors import ToolkitError
from toolkit.runner.voice import say
from toolkit.script import split

# What no body names, or could do without, is not worth reading all bodies for.
_TAKES_AWAY = re.compile(
    r"""
    drop\s+(?!\s|(trigger|policy|rule|index|publication|statistics|cast|owned|role|event)\b)
    |alter\s+(?!default\b).*?\b(
        (rename|type|set\s+schema)\b
        |drop\s+(?!\s|(constraint|default|not|identity|expression)\b)
    )
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
# Functions that this role answers for, whoever of its roles owns them; an extension's are its own.
_OURS = """
select
    pg_namespace.nspname as schema,
    pg_proc.oid::regprocedure::text as signature,
    pg_catalog.md5(pg_proc.prosrc) as body
from pg_catalog.pg_proc
inner join pg_catalog.pg_namespace on pg_proc.pronamespace = pg_namespace.oid
where
    pg_catalog.pg_has_role(pg_proc.proowner, 'usage')
    and not starts_with(pg_namespace.nspname, 'pg_')
    and pg_proc.prosqlbody is null
    and not exists (
        select from pg_catalog.pg_depend
        where
            pg_depend.classid = 'pg_catalog.pg_proc'::regclass
            and pg_depend.objid = pg_proc.oid
            and pg_depend.deptype = 'e'
    )
"""


class BodiesBroken(ToolkitError):
    """A revision takes away what a function still uses; it was rolled back."""


@dataclass(frozen=True, slots=True)
class _Function:
    """A function with the hash of its body."""

    schema: str
    signature: str
    body: str


@dataclass(frozen=True, slots=True)
class BodyGuard:
    """The bodies of a database before a step.

    Args:
        functions: those that could break.
        complaints: what fails in them already.
    """

    functions: frozenset[_Function]
    complaints: tuple[Complaint, ...]

    @classmethod
    def before(cls, worker: Connection, what: str, text: str) -> "BodyGuard | None":
        """Read the bodies, where a step may break some.

        Args:
            worker: in or outside a transaction, and left so.
            what: the step, for a person.
            text: its SQL.

        Returns:
            None when it takes nothing away, or this role may not call plpgsql_check.
        """
        if not any(_TAKES_AWAY.match(statement.text) for statement in split(text)):
            return None
        complaints: tuple[Complaint, ...] | None = None
        unread = ""
        # Undone and no more: before the first revision the version table is not committed yet.
        with worker.transaction(force_rollback=True):
            functions = _functions(worker)
            if not can_read_plpgsql(worker):
                unread = f"extension {EXTENSION} is not in this database"
            try:
                complaints = _complaints(worker, functions)
            except psycopg.errors.InsufficientPrivilege as error:
                unread = str(error.diag.message_primary)
        if unread and functions:
            say(
                "bodies_unread",
                f"{what} takes something away, and bodies of PL/pgSQL are not read: {unread}; "
                "hephaitos review reads them on a clone",
                revision=what,
            )
        return None if complaints is None else cls(functions, complaints)

    def check(self, worker: Connection, what: str) -> None:
        """Refuse a step after which a body fails that is still what it was.

        Args:
            worker: in the step's transaction.
            what: the step, for a person.

        Raises:
            BodiesBroken: one does.
        """
        untouched = self.functions & _functions(worker)
        names = {function.signature for function in untouched}
        found = new_complaints(self.complaints, _complaints(worker, untouched))
        broken = [one for one in found if one.function in names]
        if broken:
            raise BodiesBroken(
                f"{what} takes away what {broken[0].function} uses",
                detail="; ".join(_sentence(one) for one in broken),
                hint="Replace the function in the same revision; --no-fingerprint reads no body.",
            )


def _functions(worker: Connection) -> frozenset[_Function]:
    with (
        worker.transaction(force_rollback=True),
        worker.cursor(row_factory=class_row(_Function)) as cursor,
    ):
        # Signatures are then written in full, as complaints have them.
        cursor.execute("select pg_catalog.set_config('search_path', '', true)")
        return frozenset(cursor.execute(_OURS.encode()).fetchall())


def _complaints(worker: Connection, functions: frozenset[_Function]) -> tuple[Complaint, ...]:
    return read_complaints(worker, sorted({function.schema for function in functions}))


def _sentence(complaint: Complaint) -> str:
    return f"{complaint.function} line {complaint.line}: {complaint.message}"
