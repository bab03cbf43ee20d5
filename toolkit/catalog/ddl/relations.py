"""Changes to relations and what they are made of: tables, columns, indexes, views, sequences.

Pure.
"""

from toolkit.catalog.ddl.creation import define_view
from toolkit.catalog.ddl.statements import (
    Change,
    Unwritable,
    alter_relation,
    target,
    words,
)
from toolkit.catalog.ddl.tables import (
    change_attribute_type,
    change_column,
    replica_identity_clause,
    sequence_options,
)
from toolkit.catalog.ddl.wholes import rebuild
from toolkit.catalog.facts import Fact, Kind
from toolkit.catalog.names import quoted


def sequence(change: Change) -> tuple[str, ...]:
    """Alter a sequence."""
    head = f"alter sequence {change.wanted.identity.address}"
    if change.attribute == "owned_by":
        return (f"{head} owned by {change.wanted.text('owned_by') or 'none'}",)
    if change.attribute == "unlogged":
        return (f"{head} set {'unlogged' if change.wanted.get('unlogged') else 'logged'}",)
    if change.attribute == "identity":
        raise Unwritable("it follows the identity of its column")
    return (f"{head} {sequence_options(change.wanted)}",)


def table(change: Change) -> tuple[str, ...]:
    """Alter a table."""
    value = change.value
    match change.attribute:
        case "unlogged":
            what = f"set {'unlogged' if value else 'logged'}"
        case "access_method":
            what = f"set access method {quoted(value or 'heap')}"
        case "tablespace":
            what = f"set tablespace {quoted(value or 'pg_default')}"
        case "row_security":
            what = f"{'enable' if value else 'disable'} row level security"
        case "force_row_security":
            what = f"{'' if value else 'no '}force row level security"
        case "replica_identity":
            what = replica_identity_clause(value)
        case "of_type":
            what = f"of {value}" if value else "not of"
        case _:
            return _reparent(change)
    return (f"alter table {change.wanted.identity.address} {what}",)


def _reparent(change: Change) -> tuple[str, ...]:
    if change.attribute in ("partition_of", "partition_bound"):
        return tuple(_reattach(change.wanted, change.present))
    if change.attribute != "inherits":
        attribute = change.attribute.replace("_", " ")
        raise Unwritable(f"no statement changes the {attribute} of a table")
    head = f"alter table {change.wanted.identity.address}"
    shall, has = words(change.wanted, "inherits"), words(change.present, "inherits")
    gone = [f"{head} no inherit {parent}" for parent in has if parent not in shall]
    return (*gone, *(f"{head} inherit {parent}" for parent in shall if parent not in has))


def _reattach(wanted: Fact, present: Fact) -> list[str]:
    address, statements = wanted.identity.address, []
    if parent := present.text("partition_of"):
        statements.append(f"alter table {parent} detach partition {address}")
    if parent := wanted.text("partition_of"):
        bound = wanted.text("partition_bound")
        statements.append(f"alter table {parent} attach partition {address} {bound}")
    return statements


def column(change: Change) -> tuple[str, ...]:
    """Alter a column."""
    name = change.attribute.replace("_", " ")
    if change.wanted.parent is not None and change.wanted.parent.kind is Kind.TYPE:
        if change.attribute not in ("type", "collation"):
            raise Unwritable(f"no statement changes its {name}")
        return (change_attribute_type(change),)
    statement = change_column(change)
    if statement is None:
        raise Unwritable(f"no statement changes its {name} in place")
    return (statement,)


def constraint(change: Change) -> tuple[str, ...]:
    """Validate a constraint, or rebuild it."""
    if change.attribute == "enforcement":
        raise Unwritable("enable or disable its triggers as superuser")
    if change.attribute != "definition":
        raise Unwritable(f"no statement changes its {change.attribute} in place")
    name = quoted(change.wanted.identity.part)
    if change.present.text("definition") == f"{change.wanted.text('definition')} NOT VALID":
        return (f"{alter_relation(change.wanted)} validate constraint {name}",)
    return rebuild(change.wanted, change.passage)


def index(change: Change) -> tuple[str, ...]:
    """Alter an index, mend an invalid one, or rebuild it."""
    wanted, address = change.wanted, change.wanted.identity.address
    table_ = f"alter table {wanted.text('relation')}"
    match change.attribute:
        case "invalid" if not change.value:
            return (f"reindex index {address}",)
        case "clustered" if change.value:
            return (f"{table_} cluster on {quoted(wanted.identity.name)}",)
        case "clustered":
            return (f"{table_} set without cluster",)
        case "tablespace":
            return (f"alter index {address} set tablespace {quoted(change.value or 'pg_default')}",)
        case "statistics":
            return tuple(_index_statistics(change))
        case "attached_to" if not change.value:
            raise Unwritable("an index is detached with its partition only")
        case "attached_to" if change.value and not change.present.text("attached_to"):
            return (f"alter index {change.value} attach partition {address}",)
    if wanted.parent is not None and wanted.parent.kind is Kind.CONSTRAINT:
        raise Unwritable("it has to be rebuilt together with its constraint")
    return rebuild(wanted, change.passage)


def _index_statistics(change: Change) -> list[str]:
    has, shall = (
        dict(entry.split() for entry in words(fact, "statistics"))
        for fact in (change.present, change.wanted)
    )
    head = f"alter index {change.wanted.identity.address} alter column"
    return [f"{head} {number} set statistics {shall.get(number, -1)}" for number in has | shall]


def statistics(change: Change) -> tuple[str, ...]:
    """Alter extended statistics, or rebuild them."""
    if change.attribute == "statistics":
        address = change.wanted.identity.address
        return (f"alter statistics {address} set statistics {change.value or -1}",)
    return rebuild(change.wanted, change.passage)


def view(change: Change) -> tuple[str, ...]:
    """Replace a view or refresh a materialized one, else rebuild it."""
    match change.attribute:
        case "populated":
            empty = "" if change.wanted.get("populated") else " with no data"
            return (f"refresh materialized view {change.wanted.identity.address}{empty}",)
        case "tablespace":
            where = quoted(change.value or "pg_default")
            return (f"alter {target(change.wanted)} set tablespace {where}",)
        case "definition" if _is_replaceable(change.wanted, change.present):
            statement = define_view(change.wanted)
            return (statement.replace("create view", "create or replace view", 1),)
    return rebuild(change.wanted, change.passage)


def _is_replaceable(wanted: Fact, present: Fact) -> bool:
    """Tell whether the new columns begin with the old ones: all that OR REPLACE allows."""
    has = words(present, "columns")
    return wanted.identity.kind is Kind.VIEW and words(wanted, "columns")[: len(has)] == has
