"""Making an object: CREATE, then whatever CREATE cannot say: owner, privileges, comment, state.

Pure. An object's parts are objects too: a table's statement brings its columns, but neither its
constraints nor its triggers.
"""

from collections.abc import Callable, Iterator

from toolkit.catalog.ddl.privileges import (
    built_in,
    grants_of,
    grants_when_new,
    hand_over,
    owned_by,
    regrant,
)
from toolkit.catalog.ddl.roles import create_job, create_membership, create_role
from toolkit.catalog.ddl.statements import (
    Passage,
    Unwritable,
    aggregate_address,
    alter_relation,
    comment,
    relation,
    target,
    words,
)
from toolkit.catalog.ddl.tables import (
    column_extras,
    create_table,
    definition,
    sequence_options,
    storage_clauses,
)
from toolkit.catalog.facts import MIGRATOR, Fact, Kind
from toolkit.catalog.names import literal, qualified, quoted

_Writer = Callable[[Fact, Passage], Iterator[str]]


def create(fact: Fact, passage: Passage, *, within: bool = False) -> tuple[str, ...]:
    """Return the statements that make an object as it is wanted.

    Args:
        fact: the object, from the wanted side.
        passage: both sides.
        within: whether the statement that makes its parent has just been written.

    Raises:
        Unwritable: no statement makes it.
    """
    if within and _comes_with_parent(fact):
        return tuple(finish(fact, passage))
    writer = _WRITERS.get(fact.identity.kind)
    if writer is None:
        raise Unwritable("the toolkit does not model this kind of object")
    return (*writer(fact, passage), *finish(fact, passage))


def _comes_with_parent(fact: Fact) -> bool:
    if fact.parent is None:
        return False
    match fact.identity.kind:
        case Kind.COLUMN:
            return True
        case Kind.SEQUENCE:
            return bool(fact.get("identity"))
        case Kind.INDEX:
            return fact.parent.kind in (Kind.CONSTRAINT, Kind.INDEX)
        case Kind.CONSTRAINT | Kind.TRIGGER:
            return bool(fact.get("inherited")) or fact.parent.kind is fact.identity.kind
    return False


def finish(fact: Fact, passage: Passage) -> Iterator[str]:
    """Yield the statements for what CREATE cannot say: owner, privileges, comment, state."""
    identity = fact.identity
    owner = fact.text("owner")
    if owner not in ("", MIGRATOR) and not fact.get("identity"):
        yield from hand_over(fact, passage)
    if identity.kind is Kind.DEFAULT_PRIVILEGES:
        fresh = {} if identity.schema else built_in(identity.part, passage)
    else:
        fresh = owned_by(owner, grants_when_new(fact, passage))
    yield from regrant(fact, passage, fresh, grants_of(fact))
    if fact.get("comment") is not None:
        yield comment(fact)
    yield from state(fact)
    if identity.kind is Kind.COLUMN:
        yield from column_extras(fact)


def state(fact: Fact) -> Iterator[str]:
    """Yield the statements for what an object is told after it was made."""
    identity = fact.identity
    enabled = fact.text("enabled")
    if enabled not in ("", "origin"):
        yield enable(fact)
    if identity.kind is Kind.INDEX and fact.get("clustered"):
        yield f"alter table {fact.text('relation')} cluster on {quoted(identity.name)}"
    if identity.kind is Kind.INDEX:
        for entry in words(fact, "statistics"):
            number, goal = entry.split()
            yield f"alter index {identity.address} alter column {number} set statistics {goal}"
    if identity.kind is Kind.STATISTICS and (value := fact.get("statistics")) is not None:
        yield f"alter statistics {identity.address} set statistics {value}"


def enable(fact: Fact) -> str:
    """Return the statement that sets when a trigger or rule fires."""
    identity = fact.identity
    verb = {
        "origin": "enable",
        "disabled": "disable",
        "replica": "enable replica",
        "always": "enable always",
    }[fact.text("enabled")]
    if identity.kind is Kind.EVENT_TRIGGER:
        return f"alter event trigger {identity.address} {verb}"
    name = f"{identity.kind} {quoted(identity.part)}"
    return f"alter table {relation(identity)} {verb} {name}"


def _schema(fact: Fact, _passage: Passage) -> Iterator[str]:
    yield f"create schema {fact.identity.address}"


def _extension(fact: Fact, _passage: Passage) -> Iterator[str]:
    version = quoted(fact.text("version"))
    yield (
        f"create extension {fact.identity.address} schema {fact.text('schema')} version {version}"
    )


def _type(fact: Fact, passage: Passage) -> Iterator[str]:
    head = f"create type {fact.identity.address} as "
    match fact.text("form"):
        case "enum":
            yield f"{head}enum ({', '.join(literal(label) for label in words(fact, 'labels'))})"
        case "composite":
            columns = [definition(column, passage) for column in passage.columns(fact)]
            yield f"{head}({', '.join(columns)})"
        case _:
            yield f"{head}range ({fact.text('definition')})"


def _domain(fact: Fact, _passage: Passage) -> Iterator[str]:
    clauses = [f"create domain {fact.identity.address} as {fact.text('base')}"]
    if collation := fact.text("collation"):
        clauses.append(f"collate {collation}")
    if default := fact.text("default"):
        clauses.append(f"default {default}")
    if fact.get("not_null"):
        clauses.append("not null")
    yield " ".join(clauses)


def _sequence(fact: Fact, _passage: Passage) -> Iterator[str]:
    if fact.get("identity"):
        raise Unwritable("it comes with its identity column and cannot be made alone")
    unlogged = "unlogged " if fact.get("unlogged") else ""
    yield f"create {unlogged}sequence {fact.identity.address} {sequence_options(fact)}"


def _column(fact: Fact, passage: Passage) -> Iterator[str]:
    if fact.parent is not None and fact.parent.kind is Kind.TYPE:
        yield f"{alter_relation(fact)} add attribute {definition(fact, passage)}"
    elif fact.get("type") is None:
        return  # a view's column: only what is attached to it can be missing
    else:
        yield f"{alter_relation(fact)} add column {definition(fact, passage)}"


def _constraint(fact: Fact, _passage: Passage) -> Iterator[str]:
    name = quoted(fact.identity.part)
    yield f"{alter_relation(fact)} add constraint {name} {fact.text('definition')}"


def _index(fact: Fact, _passage: Passage) -> Iterator[str]:
    if fact.parent is not None and fact.parent.kind is Kind.CONSTRAINT:
        raise Unwritable("it comes with its constraint and cannot be made alone")
    # ONLY is how PostgreSQL prints the index of a partitioned table; without it every partition
    # gets its own, attached.
    text = fact.text("definition").replace(" ON ONLY ", " ON ", 1)
    if tablespace := fact.text("tablespace"):
        text += f" TABLESPACE {quoted(tablespace)}"
    yield text
    if parent := fact.text("attached_to"):
        yield f"alter index {parent} attach partition {fact.identity.address}"


def define_view(fact: Fact) -> str:
    """Return the statement that makes a view with its options and nothing else."""
    body = fact.text("definition").strip().removesuffix(";")
    empty = " with no data" if fact.get("populated") is False else ""
    return (
        f"create {fact.identity.kind} {fact.identity.address}{storage_clauses(fact)} as\n"
        f"{body}{empty}"
    )


def _view(fact: Fact, _passage: Passage) -> Iterator[str]:
    yield define_view(fact)


def _as_printed(fact: Fact, _passage: Passage) -> Iterator[str]:
    yield fact.text("definition").strip().removesuffix(";")


def _routine(fact: Fact, _passage: Passage) -> Iterator[str]:
    yield fact.text("definition").strip()


def _aggregate(fact: Fact, _passage: Passage) -> Iterator[str]:
    parallel = fact.text("parallel")
    yield (
        f"create aggregate {aggregate_address(fact)} "
        f"({fact.text('definition')}, parallel = {parallel})"
    )


def _policy(fact: Fact, passage: Passage) -> Iterator[str]:
    roles = ", ".join(passage.role(role) for role in words(fact, "roles"))
    restrictive = " as restrictive" if fact.get("restrictive") else ""
    text = f"create {target(fact)}{restrictive} for {fact.text('command')} to {roles}"
    if using := fact.text("using"):
        text += f" using {_bracketed(using)}"
    if with_check := fact.text("with_check"):
        text += f" with check {_bracketed(with_check)}"
    yield text


def _event_trigger(fact: Fact, _passage: Passage) -> Iterator[str]:
    tags = ", ".join(literal(tag) for tag in words(fact, "tags"))
    when = f" when tag in ({tags})" if tags else ""
    yield (
        f"create event trigger {fact.identity.address} on {fact.text('event')}{when} "
        f"execute function {fact.text('function')}()"
    )


def _publication(fact: Fact, _passage: Passage) -> Iterator[str]:
    everything = " for all tables" if fact.get("all_tables") else ""
    entries = [f"publish = {literal(fact.text('publish'))}"]
    if fact.get("via_partition_root"):
        entries.append("publish_via_partition_root = true")
    if generated := fact.text("generated_columns"):
        entries.append(f"publish_generated_columns = {generated}")
    yield f"create publication {fact.identity.address}{everything} with ({', '.join(entries)})"


def _publication_member(fact: Fact, _passage: Passage) -> Iterator[str]:
    kind, _, address = fact.identity.part.partition(" ")
    what = f"table only {address}" if kind == "table" else f"tables in schema {address}"
    if columns := words(fact, "columns"):
        what += f" ({', '.join(quoted(column) for column in columns)})"
    if row_filter := fact.text("row_filter"):
        what += f" where {_bracketed(row_filter)}"
    yield f"alter publication {qualified('', fact.identity.name)} add {what}"


def _nothing(_fact: Fact, _passage: Passage) -> Iterator[str]:
    yield from ()


def _bracketed(expression: str) -> str:
    return expression if expression.startswith("(") else f"({expression})"


_WRITERS: dict[Kind, _Writer] = {
    Kind.ROLE: create_role,
    Kind.MEMBERSHIP: create_membership,
    Kind.SCHEMA: _schema,
    Kind.DEFAULT_PRIVILEGES: _nothing,
    Kind.EXTENSION: _extension,
    Kind.TYPE: _type,
    Kind.DOMAIN: _domain,
    Kind.SEQUENCE: _sequence,
    Kind.TABLE: create_table,
    Kind.COLUMN: _column,
    Kind.CONSTRAINT: _constraint,
    Kind.INDEX: _index,
    Kind.STATISTICS: _as_printed,
    Kind.FUNCTION: _routine,
    Kind.PROCEDURE: _routine,
    Kind.AGGREGATE: _aggregate,
    Kind.VIEW: _view,
    Kind.MATERIALIZED_VIEW: _view,
    Kind.RULE: _as_printed,
    Kind.TRIGGER: _as_printed,
    Kind.POLICY: _policy,
    Kind.EVENT_TRIGGER: _event_trigger,
    Kind.PUBLICATION: _publication,
    Kind.PUBLICATION_MEMBER: _publication_member,
    Kind.CRON_JOB: create_job,
}
