"""The signature matrix: each change of a function that may move others, under each that may move.

Every dependent has a comment, and an owner and privileges where it can have them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.corpus.cases import Budget, Case

OWNER = "hephaitos_api"
ANY = Budget(most=None, least=1, shapes=(), says=(), hushes=(), unplanned=frozenset())


@dataclass(frozen=True, slots=True)
class Signature:
    """A change of function f.

    Args:
        a: its parameters, result and language on the one side, and
        b: on the other.
        call: how a dependent uses it, %s standing for the argument.
        types: the types of its arguments on both sides.
    """

    a: str
    b: str
    call: str = "{schema}.f(%s)"
    types: tuple[str, str] = ("integer", "integer")


@dataclass(frozen=True, slots=True)
class Dependent:
    """What uses function f.

    Args:
        made: the statements that make it; {call} is the use of f, of column a or of 1.
        objects: what has to be there afterwards, as facts call it.
    """

    made: str
    objects: tuple[str, ...]


_SQL = "returns integer language sql immutable as 'select 1'"
_ROW = "language sql immutable as"
SIGNATURES = {
    "return type": Signature(
        f"(x integer) {_SQL}", "(x integer) returns bigint language sql immutable as 'select 1'"
    ),
    "OUT column": Signature(
        f"(x integer, out a integer, out b integer) {_ROW} 'select 1, 2'",
        f"(x integer, out a integer, out b integer, out c integer) {_ROW} 'select 1, 2, 3'",
        call="({schema}.f(%s)).a",
    ),
    "parameter rename": Signature(f"(x integer) {_SQL}", f"(y integer) {_SQL}"),
    "default removed": Signature(
        f"(x integer, y integer default 1) {_SQL}",
        f"(x integer, y integer) {_SQL}",
        call="{schema}.f(%s, 1)",
        types=("integer, integer", "integer, integer"),
    ),
    "default added": Signature(
        f"(x integer, y integer) {_SQL}",
        f"(x integer, y integer default 1) {_SQL}",
        call="{schema}.f(%s, 1)",
        types=("integer, integer", "integer, integer"),
    ),
    "argument type": Signature(
        f"(x integer) {_SQL}", f"(x bigint) {_SQL}", types=("integer", "bigint")
    ),
    "language": Signature(
        f"(x integer) {_SQL}",
        "(x integer) returns integer language plpgsql immutable as 'begin return 1; end'",
    ),
}
_TABLE = "create table {schema}.t (a integer, b text); insert into {schema}.t values (1, 'x');"
_OWNED = "grant create on schema {schema} to " + OWNER + "; alter {what} owner to " + OWNER + ";"
_LEFT = "revoke create on schema {schema} from " + OWNER + ";"


def _with_owner(what: str) -> str:
    return _OWNED.replace("{what}", what) + _LEFT


DEPENDENTS = {
    "view": Dependent(
        _TABLE
        + "create view {schema}.v with (security_barrier) as select ({call})::text as a from "
        "{schema}.t; grant select on {schema}.v to anon, authenticated with grant option; "
        "comment on view {schema}.v is 'one'; comment on column {schema}.v.a is 'two';"
        + _with_owner("view {schema}.v"),
        ("view {schema}.v", "column {schema}.v.a"),
    ),
    "materialized view": Dependent(
        _TABLE
        + "create materialized view {schema}.m as select ({call})::text as a from {schema}.t; "
        "create unique index m_a_idx on {schema}.m (a); "
        "grant select on {schema}.m to anon; comment on materialized view {schema}.m is 'one'; "
        "comment on index {schema}.m_a_idx is 'two'; grant select on {schema}.t to "
        + OWNER
        + ";"
        + _with_owner("materialized view {schema}.m"),
        ("materialized view {schema}.m", "index {schema}.m_a_idx"),
    ),
    "trigger": Dependent(
        _TABLE + "create function {schema}.keep() returns trigger language plpgsql as "
        "'begin return null; end'; create trigger t10_keep after insert on {schema}.t for each row "
        "when (({new_call}) is not null) execute function {schema}.keep(); "
        "alter table {schema}.t enable always trigger t10_keep; "
        "comment on trigger t10_keep on {schema}.t is 'one';",
        ("trigger {schema}.t.t10_keep",),
    ),
    "policy": Dependent(
        _TABLE + "create policy p on {schema}.t as restrictive for all to anon, authenticated "
        "using (({call}) is not null) with check (({call}) > 0); "
        "comment on policy p on {schema}.t is 'one';",
        ("policy {schema}.t.p",),
    ),
    "check": Dependent(
        _TABLE + "alter table {schema}.t add constraint t_check check (({call}) is not null); "
        "comment on constraint t_check on {schema}.t is 'one';" + _with_owner("table {schema}.t"),
        ("constraint {schema}.t.t_check",),
    ),
    "column default": Dependent(
        _TABLE + "alter table {schema}.t add column c integer default ({one_call}); "
        "grant select (c) on {schema}.t to anon; comment on column {schema}.t.c is 'one';",
        ("column {schema}.t.c",),
    ),
    "generated column": Dependent(
        _TABLE + "alter table {schema}.t add column c text not null generated always as "
        "(({call})::text) stored; create index t_c_idx on {schema}.t (c); "
        "create view {schema}.v as select c from {schema}.t; grant select on {schema}.v to anon; "
        "grant select (c) on {schema}.t to anon; comment on column {schema}.t.c is 'one'; "
        "comment on index {schema}.t_c_idx is 'two';",
        ("column {schema}.t.c", "index {schema}.t_c_idx", "view {schema}.v"),
    ),
    "index expression": Dependent(
        _TABLE + "create unique index t_f_idx on {schema}.t (({call}), a) where ({call}) > 0; "
        "comment on index {schema}.t_f_idx is 'one';",
        ("index {schema}.t_f_idx",),
    ),
    "function returning the row type": Dependent(
        _TABLE + "create view {schema}.v as select {call} as a from {schema}.t; "
        "create function {schema}.g() returns setof {schema}.v language sql security definer "
        "set search_path = '' as 'select * from {schema}.v'; "
        "revoke execute on function {schema}.g() from public; "
        "grant execute on function {schema}.g() to anon with grant option; "
        "comment on function {schema}.g() is 'one';" + _with_owner("function {schema}.g()"),
        ("view {schema}.v", "function {schema}.g()"),
    ),
}


def cells() -> Iterator[tuple[Case, tuple[str, ...]]]:
    """Yield each change under each dependent, and the objects that have to survive it."""
    for row, (change, signature) in enumerate(SIGNATURES.items(), start=1):
        for column, (name, dependent) in enumerate(DEPENDENTS.items(), start=1):
            schema = f"sig{row}{column}"
            case = Case(
                name=f"{change} under a {name}",
                file="signatures",
                schema=schema,
                common="",
                a=_side(schema, signature, dependent, 0),
                b=_side(schema, signature, dependent, 1),
                there=ANY,
                back=ANY,
                is_superusers=False,
                is_platforms=False,
                since=0,
                rebuilt=(),
                is_alone=False,
            )
            survivors = tuple(one.format(schema=schema) for one in dependent.objects)
            yield case, (*survivors, f"function {schema}.f({signature.types[1]})")


def _side(schema: str, signature: Signature, dependent: Dependent, side: int) -> str:
    call, types = signature.call.format(schema=schema), signature.types[side]
    definition = (signature.a, signature.b)[side]
    return (
        f"create function {schema}.f{definition};"
        f"revoke execute on function {schema}.f({types}) from public;"
        f"grant execute on function {schema}.f({types}) to anon, {OWNER};"
        f"comment on function {schema}.f({types}) is 'f';"
        + dependent.made.format(
            schema=schema, call=call % "a", new_call=call % "new.a", one_call=call % "1"
        )
    )
