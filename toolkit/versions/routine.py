"""A function as the catalog has it, found by the name a person writes."""

from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from toolkit.connect import Connection
from toolkit.errors import ToolkitError

_FIND = """
    with named as (
        select pg_proc.*, pg_namespace.nspname
        from pg_catalog.pg_proc
        inner join pg_catalog.pg_namespace on pg_namespace.oid = pg_proc.pronamespace
        where
            pg_proc.prokind = 'f'
            -- Before 16 to_regprocedure() fails on a name without brackets.
            and case
                when strpos(%(name)s, '(') > 0
                    then pg_proc.oid = pg_catalog.to_regprocedure(%(name)s)
                else
                    array[pg_namespace.nspname, pg_proc.proname]::text[]
                    = pg_catalog.parse_ident(%(name)s)
            end
    )
    select
        named.oid::bigint as oid,
        pg_catalog.format('%%I.%%I', named.nspname, named.proname) as name,
        pg_catalog.pg_get_function_identity_arguments(named.oid) as arguments,
        pg_language.lanname as language,
        -- What the planner may put in place of a call; a call that is gone is counted nowhere.
        pg_language.lanname = 'sql'
            and not named.prosecdef
            and named.proconfig is null
            and not (named.proisstrict and named.proretset) as is_inlined,
        named.provolatile = 'v' as is_volatile,
        named.pronargs - named.pronargdefaults as required_count,
        array(
            select coalesce(argument.name, '')
            from unnest(named.proargnames, named.proargmodes) with ordinality
                as argument (name, mode, position)
            where coalesce(argument.mode, 'i') in ('i', 'b', 'v')
            order by argument.position
        ) as parameters,
        array(
            select pg_catalog.format_type(argument.type, null)
            from unnest(named.proargtypes::oid[]) with ordinality as argument (type, position)
            order by argument.position
        ) as types
    from named
    inner join pg_catalog.pg_language on pg_language.oid = named.prolang
    order by named.oid
"""


class NoSuchFunction(ToolkitError):
    """A name stands for no function, or for several."""


class WritesRefused(ToolkitError):
    """A function that may write was to be called on a target."""


@dataclass(frozen=True, slots=True)
class Routine:
    """One function.

    Args:
        oid: of the database it was read from.
        name: schema and name, quoted where needed.
        arguments: as they stand in its signature.
        language: the name of its language.
        is_inlined: whether the planner may dissolve calls of it into the statement around them.
        is_volatile: whether it may write.
        required_count: how many parameters have no default; those come first.
        parameters: names of what it takes, in order; empty for those without one.
        types: of the parameters.
    """

    oid: int
    name: str
    arguments: str
    language: str
    is_inlined: bool
    is_volatile: bool
    required_count: int
    parameters: list[str]
    types: list[str]

    @property
    def signature(self) -> str:
        """Name and arguments."""
        return f"{self.name}({self.arguments})"

    def type_of(self, parameter: str) -> str:
        """Return the type of a parameter."""
        return self.types[self.parameters.index(parameter)]

    def is_optional(self, parameter: str) -> bool:
        """Return whether a call may leave a parameter out."""
        return self.parameters.index(parameter) >= self.required_count


def find_routine(connection: Connection, name: str) -> Routine:
    """Find a function.

    Args:
        connection: to the database.
        name: like `public.read_notes`, or with its types: `public.read_notes(uuid, integer)`.

    Raises:
        NoSuchFunction: none, or several overloads and no types to tell them apart.
    """
    try:
        with connection.cursor(row_factory=class_row(Routine)) as cursor:
            found = cursor.execute(_FIND, {"name": name}).fetchall()
    except (psycopg.errors.DataError, psycopg.errors.ProgrammingError) as error:
        raise NoSuchFunction(
            f"{name} is no name of a function",
            detail=error.diag.message_primary or str(error),
            hint="Write it with its schema, like public.read_notes.",
        ) from error
    if len(found) == 1:
        return found[0]
    if found:
        raise NoSuchFunction(
            f"{name} stands for {len(found)} functions",
            detail="; ".join(routine.signature for routine in found),
            hint="Write the types of the one that is meant, in quotes because of the brackets.",
        )
    raise NoSuchFunction(
        f"there is no function {name}",
        detail=f"looked in database {connection.info.dbname}",
        hint="Write it with its schema, like public.read_notes.",
    )


def refuse_writing(*routines: Routine) -> None:
    """Refuse functions that may write, for a database that somebody uses.

    Raises:
        WritesRefused: one is volatile. Rolled back or not, it would lock what others wait for.
    """
    for routine in routines:
        if routine.is_volatile:
            raise WritesRefused(
                f"{routine.name} may write, and is not called in a database that was named",
                detail="it is volatile",
                hint="Unset HEPHAITOS_DATABASE_URL, or leave --database-url out, to compare on a "
                "scratch server.",
            )
