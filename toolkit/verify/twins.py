"""Twins: objects of a caller's that have the names a function uses, and complain of any use.

Where nothing says which of two objects of one name is meant, the caller decides: by a temporary
object, which relations and types are looked for among first, or by a search path of their own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.connect import Connection

CAPTURED = "HS001"
# Of the caller's too, and first on their search path: nobody looks for functions and operators
# among temporary objects.
HOSTILE_SCHEMA = "hephaitos_hostile"
_WORD = re.compile(r"[^\W\d][\w$]*|[-+*/<>=~!@#%^&|`?]+")

_BODIES = """
    select coalesce(pg_catalog.pg_get_function_sqlbody(pg_proc.oid), pg_proc.prosrc)
    from pg_catalog.pg_proc
    where pg_proc.oid = any(%s)
"""
_REACHED = """
    select pg_proc.oid
    from pg_catalog.pg_proc
    inner join pg_catalog.pg_namespace on pg_proc.pronamespace = pg_namespace.oid
    where pg_namespace.nspname = any(%(schemas)s) and pg_proc.proname = any(%(words)s)
    union
    select pg_trigger.tgfoid
    from pg_catalog.pg_trigger
    inner join pg_catalog.pg_class on pg_trigger.tgrelid = pg_class.oid
    inner join pg_catalog.pg_namespace on pg_class.relnamespace = pg_namespace.oid
    where
        not pg_trigger.tgisinternal
        and pg_namespace.nspname = any(%(schemas)s)
        and pg_class.relname = any(%(words)s)
"""

_COMPLAIN = f"""
    create function pg_temp.hephaitos_captured(pg_catalog.text) returns pg_catalog.bool
    language plpgsql as $$
    begin
        raise exception 'it uses the %% of whoever calls it', $1 using errcode = '{CAPTURED}';
    end
    $$
""".replace("%%", "%")
_MAKE = """
    create function pg_temp.hephaitos_make(statements pg_catalog.text[]) returns pg_catalog.int8
    language plpgsql as $$
    declare
        statement pg_catalog.text;
        made pg_catalog.int8 := 0;
    begin
        foreach statement in array statements loop
            begin
                execute statement;
                made := made + 1;
            exception
                when others then
                    null;
            end;
        end loop;
        return made;
    end
    $$
"""

_RELATION_TWINS = """
    select
        pg_catalog.format(
            'create temporary view %%1$I as select %%2$s '
            'from pg_temp.hephaitos_captured(%%3$L) as captured (was); '
            'grant all on %%1$I to public',
            pg_class.relname,
            pg_catalog.string_agg(
                pg_catalog.format(
                    -- Not just null: a planner who sees that much need not look at the rows.
                    'case when captured.was then null::%%s end as %%I',
                    pg_catalog.format_type(pg_attribute.atttypid, pg_attribute.atttypmod),
                    pg_attribute.attname
                ),
                ', ' order by pg_attribute.attnum
            ),
            'relation ' || pg_class.relname
        )
    from pg_catalog.pg_class
    inner join pg_catalog.pg_namespace on pg_class.relnamespace = pg_namespace.oid
    inner join pg_catalog.pg_attribute
        on
            pg_class.oid = pg_attribute.attrelid
            and pg_attribute.attnum > 0
            and not pg_attribute.attisdropped
    where
        pg_class.relname = any(%(words)s)
        and pg_class.relkind in ('r', 'p', 'v', 'm', 'f')
        and pg_namespace.nspname = any(%(schemas)s || array['pg_catalog'])
    group by pg_class.oid
    order by pg_class.oid
"""
_FUNCTION_TWINS = """
    with
    typed as (
        select
            pg_proc.oid,
            pg_proc.proname,
            pg_proc.proretset,
            pg_proc.prorettype,
            pg_catalog.pg_get_function_identity_arguments(pg_proc.oid) as arguments
        from pg_catalog.pg_proc
        inner join pg_catalog.pg_namespace on pg_proc.pronamespace = pg_namespace.oid
        where
            pg_proc.proname = any(%(words)s)
            and (
                pg_namespace.nspname = any(%(schemas)s)
                or pg_namespace.nspname !~ '^pg_(temp|toast)'
            )
    )
    select
        pg_catalog.format(
            'create function %%s.%%I(%%s) returns %%s%%s language plpgsql as %%L',
            place.name,
            typed.proname,
            pg_catalog.replace(typed.arguments, 'ORDER BY ', ''),
            case when typed.proretset then 'setof ' end,
            pg_catalog.format_type(typed.prorettype, null),
            pg_catalog.format(
                'begin perform pg_temp.hephaitos_captured(%%L); end', 'function ' || typed.proname
            )
        )
    from typed
    cross join (values ('pg_temp'), (%(hostile)s::text)) as place (name)
    order by typed.oid, place.name
"""
_OPERATOR_TWINS = """
    with
    common (oid) as (
        select pg_attribute.atttypid
        from pg_catalog.pg_attribute
        inner join pg_catalog.pg_class on pg_attribute.attrelid = pg_class.oid
        inner join pg_catalog.pg_namespace on pg_class.relnamespace = pg_namespace.oid
        where pg_namespace.nspname = any(%(schemas)s) and pg_attribute.attnum > 0
        union
        select unnest(array['text', 'int4', 'int8', 'bool', 'jsonb', 'timestamptz']::regtype[])
    )
    select
        pg_catalog.format(
            'create function %%1$s.twin_%%2$s(%%3$s, %%4$s) returns %%5$s '
            'language plpgsql as %%6$L; create operator %%1$s.%%7$s '
            '(leftarg = %%3$s, rightarg = %%4$s, function = %%1$s.twin_%%2$s)',
            %(hostile)s::text,
            pg_operator.oid,
            pg_catalog.format_type(pg_operator.oprleft, null),
            pg_catalog.format_type(pg_operator.oprright, null),
            pg_catalog.format_type(pg_operator.oprresult, null),
            pg_catalog.format(
                'begin perform pg_temp.hephaitos_captured(%%L); end',
                'operator ' || pg_operator.oprname
            ),
            pg_operator.oprname
        )
    from pg_catalog.pg_operator
    where
        pg_operator.oprname = any(%(words)s)
        and pg_operator.oprleft in (select common.oid from common)
        and pg_operator.oprright in (select common.oid from common)
    order by pg_operator.oid
"""
_TYPE_TWINS = """
    select
        pg_catalog.format(
            'create domain pg_temp.%%1$I as %%2$I.%%1$I check (pg_temp.hephaitos_captured(%%3$L))',
            pg_type.typname,
            pg_namespace.nspname,
            'type ' || pg_type.typname
        )
    from pg_catalog.pg_type
    inner join pg_catalog.pg_namespace on pg_type.typnamespace = pg_namespace.oid
    where
        pg_type.typname = any(%(words)s)
        and pg_type.typtype in ('b', 'd', 'e', 'r', 'm')
        and pg_namespace.nspname = any(%(schemas)s || array['pg_catalog'])
    order by pg_type.oid
"""
# Types come last: from then on the very words of the others would mean something else.
_TWINS = (_RELATION_TWINS, _FUNCTION_TWINS, _OPERATOR_TWINS, _TYPE_TWINS)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a function may come to.

    Args:
        oids: of itself, of every function of the tenant's that one of them names, and of the
            triggers on tables that one of them names.
        words: every name and operator in all their bodies; also words that name nothing.
    """

    oids: frozenset[int]
    words: frozenset[str]


def read_reach(connection: Connection, schemas: tuple[str, ...], oid: int) -> Reach:
    """Read a function's body, and those of all that it may call. Two statements a step."""
    words: set[str] = set()
    oids: set[int] = set()
    frontier = {oid}
    while frontier:
        oids |= frontier
        for (body,) in connection.execute(_BODIES, [list(frontier)]):
            words.update(_words(body))
        named = connection.execute(_REACHED, {"schemas": list(schemas), "words": list(words)})
        frontier = {found for (found,) in named} - oids
    return Reach(frozenset(oids), frozenset(words))


def plan_twins(
    connection: Connection, schemas: tuple[str, ...], words: frozenset[str]
) -> tuple[str, ...]:
    """Write the statements that make a twin of everything with one of these names.

    Args:
        connection: with nothing on the search path, so that every type is named in full.
        schemas: the tenant's.
        words: names and operators.
    """
    parameters = {"schemas": list(schemas), "words": list(words), "hostile": HOSTILE_SCHEMA}
    return tuple(
        statement for query in _TWINS for (statement,) in connection.execute(query, parameters)
    )


def make_twins(connection: Connection, statements: tuple[str, ...]) -> int:
    """Make twins, in the name of whoever the connection acts as.

    Returns:
        How many could be made: there are types that no function of a caller's may take.
    """
    connection.execute(_COMPLAIN)
    connection.execute(_MAKE)
    row = connection.execute("select pg_temp.hephaitos_make(%s)", [list(statements)]).fetchone()
    assert row is not None  # a select of one value always answers
    return int(row[0])


def _words(body: str) -> Iterator[str]:
    # A comment's words name nothing and do no harm; a string may well be a statement.
    return (match.group() for match in _WORD.finditer(body))
