"""Examination: a database against the state at its own revision. Revisions it lacks are no drift.

Needs no scratch server: what should be there was written down when the revision was made.
"""

from dataclasses import dataclass

from psycopg import sql

from toolkit.catalog import BlindReader, Identity, Origin, Scope, Snapshots, read_facts
from toolkit.catalog.scope import VERSION_TABLE
from toolkit.connect import Connection, connect, describe
from toolkit.drift.findings import Finding, find_drift
from toolkit.errors import ToolkitError
from toolkit.settings import Settings


class NotMigrated(ToolkitError):
    """A database that no revision was ever applied to has nothing to drift from."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What an examination saw.

    Args:
        revision: where the database is.
        major: its server's major version.
        findings: what differs, in an order in which the SQL can be run.
        compared: how many facts should be there.
        foreign: how many facts are somebody else's and were left alone.
        unmodelled: own objects of which only the existence was compared.
        blind: what the reading role could not see, a sentence each.
    """

    revision: str
    major: int
    findings: tuple[Finding, ...]
    compared: int
    foreign: int
    unmodelled: tuple[Identity, ...]
    blind: tuple[str, ...]


def examine(settings: Settings, url: str, *, role: str | None = None) -> Drift:
    """Compare a database with what its own revision should have made of it.

    Args:
        settings: the project, for its snapshots and declarations.
        url: the database.
        role: who applies revisions there; the owner of the version table when None.

    Raises:
        NotMigrated: no revision was applied.
        BlindReader: the role may not read the catalogs or the revision.
        SnapshotMissing: nobody wrote down this revision for this major version.
    """
    with connect(url) as connection:
        revision = _revision(connection, url)
        found = read_facts(connection, Scope.of(settings), migrator=role)
    snapshots = Snapshots.of(settings.project_root)
    expected = snapshots.read(revision, found.major)
    return Drift(
        revision=revision,
        major=found.major,
        findings=find_drift(expected, found),
        compared=len(expected.own),
        foreign=sum(1 for fact in found if fact.origin is Origin.FOREIGN),
        unmodelled=found.unmodelled,
        blind=found.blind,
    )


def _revision(connection: Connection, url: str) -> str:
    row = connection.execute(
        """
        select pg_namespace.nspname, has_table_privilege(pg_class.oid, 'select'), current_user
        from pg_catalog.pg_class
        inner join pg_catalog.pg_namespace
            on pg_class.relnamespace = pg_namespace.oid
        where pg_class.relname = %s and pg_class.relkind = 'r'
        order by pg_class.oid
        limit 1
        """,
        [VERSION_TABLE],
    ).fetchone()
    if row is not None and not row[1]:
        raise BlindReader(
            f"role {row[2]} is blind: it may not read the revision of {describe(url)}",
            detail=f"no select on {row[0]}.{VERSION_TABLE}",
            hint="Read as the role that applies revisions, or grant it select on that table.",
        )
    version = (
        row
        and connection.execute(
            sql.SQL("select version_num from {}").format(sql.Identifier(row[0], VERSION_TABLE))
        ).fetchone()
    )
    if not version:
        raise NotMigrated(
            f"no revision was applied to {describe(url)}",
            detail=f"it has no {VERSION_TABLE}, or nothing in it",
            hint="Apply the revisions first: alembic upgrade head.",
        )
    return str(version[0])
