"""What an isolation proof is about: one function, three tenants or more, and what to ask it for.

Reads the catalog and runs the declared queries; calls nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

import psycopg
from psycopg.rows import class_row

from toolkit.connect import Connection
from toolkit.verify.declarations import Declarations, Isolation
from toolkit.verify.matrix import DELETED, MALFORMED, NULLS

Arguments = Mapping[str, str | None]

_UUID = 2950
_TEXTS = {f"pg_catalog.{name}" for name in ("text", "varchar", "bpchar", "name")}

_FUNCTION = """
    select
        pg_proc.oid,
        %s::text as signature,
        pg_catalog.quote_ident(pg_namespace.nspname) as schema,
        pg_catalog.quote_ident(pg_proc.proname) as name,
        pg_proc.provolatile = 'v' as is_volatile,
        pg_proc.pronargs - pg_proc.pronargdefaults as required_count,
        array(
            select argument.name
            from unnest(pg_proc.proargnames, pg_proc.proargmodes)
                with ordinality as argument (name, mode, position)
            where coalesce(argument.mode, 'i') in ('i', 'b', 'v')
            order by argument.position
        ) as parameters,
        array(
            -- In full: a caller may have a type of the same name.
            select pg_catalog.format('%%I.%%I', type_schema.nspname, pg_type.typname)
            from unnest(pg_proc.proargtypes::oid[]) with ordinality as argument (type, position)
            inner join pg_catalog.pg_type on argument.type = pg_type.oid
            inner join pg_catalog.pg_namespace as type_schema
                on pg_type.typnamespace = type_schema.oid
            order by argument.position
        ) as types
    from pg_catalog.pg_proc
    inner join pg_catalog.pg_namespace on pg_proc.pronamespace = pg_namespace.oid
    where pg_proc.oid = pg_catalog.to_regprocedure(%s)
"""


@dataclass(frozen=True, slots=True)
class Function:
    """A function as the catalog has it.

    Args:
        oid: of the function.
        signature: as it was declared.
        schema: its schema, quoted where needed.
        name: its name, likewise.
        is_volatile: whether it may write.
        required_count: how many of the parameters have no default; those come first.
        parameters: names of what it takes, in order.
        types: of the parameters, qualified.
    """

    oid: int
    signature: str
    schema: str
    name: str
    is_volatile: bool
    required_count: int
    parameters: list[str]
    types: list[str]


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything that calling one function as everybody needs.

    Args:
        function: which.
        tenants: ids as text; perhaps too few.
        absent: an id that no tenant has.
        samples: the remaining arguments, by tenant and for the absent one, whose ids name nothing;
            empty when there are none.
        malforms_tenant: whether the tenant argument has a type that a text may not fit.
    """

    function: Function
    tenants: tuple[str, ...]
    absent: str
    samples: Mapping[str, Arguments]
    malforms_tenant: bool = False

    @property
    def odd_samples(self) -> tuple[str, ...]:
        """The samples that are nobody's."""
        return tuple(name for name in (NULLS, MALFORMED, DELETED) if name in self.samples)


class Unprovable(Exception):
    """A declaration that cannot be acted upon; its reader makes a finding of it."""

    def __init__(self, detail: str, hint: str) -> None:
        super().__init__(detail)
        self.detail, self.hint = detail, hint


def read_subject(
    connection: Connection, declarations: Declarations, declared: Isolation
) -> Subject:
    """Read what a declaration talks about.

    Args:
        connection: inside a transaction, with nothing on the search path.
        declarations: for the query that finds tenants.
        declared: one function; one query for each tenant when it takes further arguments.

    Raises:
        Unprovable: the declaration does not fit the function, or one of its queries fails.
    """
    function = read_function(connection, declared.function)
    if declared.tenant_argument not in function.parameters:
        raise Unprovable(
            f"It has no parameter {declared.tenant_argument}; "
            f"its parameters are {', '.join(function.parameters) or 'none'}.",
            "Correct tenant_argument in [[tool.hephaitos.isolation]].",
        )
    tenants, absent = read_tenants(connection, declarations)
    samples = _read_samples(connection, function, declared, tenants, absent)
    return Subject(
        function,
        tenants,
        absent,
        {**samples, **_odd_samples(function, samples.get(absent, {}))},
        malforms_tenant=_may_misfit(function, declared.tenant_argument),
    )


def _odd_samples(function: Function, sample: Arguments) -> Mapping[str, Arguments]:
    """Return what is NULL all over, and what fits no type, of the parameters of a sample."""
    if not sample:
        return {}
    nulls: Arguments = dict.fromkeys(sample)
    misfits = [name for name in sample if _may_misfit(function, name)]
    if not misfits:
        return {NULLS: nulls}
    return {NULLS: nulls, MALFORMED: {**sample, **dict.fromkeys(misfits, MALFORMED)}}


def _may_misfit(function: Function, parameter: str) -> bool:
    return function.types[function.parameters.index(parameter)] not in _TEXTS


def delete_sample(connection: Connection, declared: Isolation, subject: Subject) -> Subject:
    """Delete what the first tenant's arguments name, and keep these as a sample of their own.

    The tenant's own sample becomes what the declared query finds next.

    Raises:
        Unprovable: the statement fails, or leaves the tenant nothing else.
    """
    assert declared.deletion is not None  # asked where something is declared
    tenant = subject.tenants[0]
    deleted = subject.samples[tenant]
    _run(connection, declared.deletion, "deletion", {**deleted, "tenant": tenant})
    again = _read_samples(connection, subject.function, declared, [tenant], subject.absent)
    return replace(subject, samples={**subject.samples, tenant: again[tenant], DELETED: deleted})


def delete_tenant(connection: Connection, deletion: str, tenant: str) -> None:
    """Delete a tenant with all they own.

    Raises:
        Unprovable: the declared statement fails.
    """
    _run(connection, deletion, "tenant_deletion", {"tenant": tenant})


def _run(connection: Connection, statement: str, key: str, parameters: Arguments) -> None:
    try:
        with connection.transaction():
            connection.execute(statement.encode(), parameters)
    except psycopg.Error as error:
        raise Unprovable(
            f"The statement `{key}` fails: {error.diag.message_primary or error}.",
            f"Correct `{key}` in pyproject.toml; every name in it has to be qualified.",
        ) from error


def read_function(connection: Connection, signature: str) -> Function:
    """Find a declared function in the catalog.

    Raises:
        Unprovable: there is none.
    """
    with connection.cursor(row_factory=class_row(Function)) as cursor:
        function = cursor.execute(_FUNCTION, [signature, signature]).fetchone()
    if function is None:
        raise Unprovable("It does not exist.", "Correct its signature in pyproject.toml.")
    return function


def read_tenants(connection: Connection, declarations: Declarations) -> tuple[tuple[str, ...], str]:
    """Return the ids of the tenants that a proof is about, and one that no tenant has.

    Raises:
        Unprovable: the declared query fails.
    """
    rows = read_rows(connection, declarations.tenants or "", "tenants")
    tenants = tuple(
        dict.fromkeys(value.text for row in rows for value in row.values() if value.text)
    )
    is_uuid = all(value.type_oid == _UUID for row in rows for value in row.values())
    # 0 reads as an id of most other types, and most sequences begin at 1.
    return tenants, str(uuid4()) if is_uuid else "0"


@dataclass(frozen=True, slots=True)
class Value:
    """One value, as the server writes it."""

    text: str | None
    type_oid: int


def _read_samples(
    connection: Connection,
    function: Function,
    declared: Isolation,
    tenants: Iterable[str],
    absent: str,
) -> Mapping[str, Arguments]:
    if declared.arguments is None:
        refuse_gaps(function, {declared.tenant_argument})
        return {}
    samples: dict[str, Arguments] = {}
    for tenant in tenants:
        rows = read_rows(connection, declared.arguments, "arguments", {"tenant": tenant})
        if not rows:
            raise Unprovable(
                f"The query for its arguments returns nothing for tenant {tenant}.",
                "Let `tenants` return only such as have something to ask for.",
            )
        refuse_gaps(function, {declared.tenant_argument, *rows[0]})
        samples[tenant] = {name: value.text for name, value in rows[0].items()}
        samples[absent] = {name: _naming_nothing(value) for name, value in rows[0].items()}
    return samples


def refuse_gaps(function: Function, given: set[str]) -> None:
    """Check that a function can be called with these parameters and its defaults.

    Raises:
        Unprovable: a parameter without a default is missing, or one is unknown.
    """
    required = function.parameters[: function.required_count]
    lacking = [name for name in required if name not in given]
    unknown = sorted(given - set(function.parameters))
    if lacking:
        raise Unprovable(
            f"Nothing says what to pass for {', '.join(lacking)}.",
            "Let `arguments` return a column for each remaining parameter without a default.",
        )
    if unknown:
        raise Unprovable(
            f"It has no parameter {', '.join(unknown)}.",
            "Name the columns of `arguments` like the parameters.",
        )


def _naming_nothing(value: Value) -> str | None:
    """Return a new id for an id; what is none stays as it is."""
    return str(uuid4()) if value.type_oid == _UUID else value.text


def read_rows(
    connection: Connection, query: str, key: str, parameters: Mapping[str, str] | None = None
) -> list[dict[str, Value]]:
    """Run a query that the tenant declared.

    Args:
        connection: where; nothing that the query does stays.
        query: of the tenant's.
        key: what it is declared as, for the error.
        parameters: by name.

    Raises:
        Unprovable: it fails, or returns no rows at all.
    """
    try:
        with connection.transaction(force_rollback=True), connection.cursor() as cursor:
            cursor.execute(query.encode(), parameters)
            result, columns = cursor.pgresult, cursor.description
    except psycopg.Error as error:
        raise Unprovable(
            f"The query `{key}` fails: {error.diag.message_primary or error}.",
            f"Correct `{key}` in pyproject.toml; every name in it has to be qualified.",
        ) from error
    if result is None or columns is None:
        raise Unprovable(f"The query `{key}` returns no rows at all.", f"Let `{key}` be a select.")
    return [
        {
            column.name: Value(_text(result.get_value(row, place)), column.type_code)
            for place, column in enumerate(columns)
        }
        for row in range(result.ntuples)
    ]


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()
