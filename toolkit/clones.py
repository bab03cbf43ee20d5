"""Clones: a migrated database in a few milliseconds, copied from a template.

The template is named by its project and by a hash of everything it was made from, so a server that
stays up never serves a stale one, and projects that share a server leave each other alone.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import psutil
from psycopg import sql

from toolkit.connect import Connection, connect
from toolkit.runner import upgrade
from toolkit.server.model import MIGRATOR, PRISTINE_TEMPLATE, Server

# Beside the history, and no part of what it makes.
_NOT_MIGRATED = frozenset({"__pycache__", "snapshots"})
_MAINTENANCE = "postgres"
_MIGRATED, _CLONE_PREFIX = "migrated", "clone_"
# Any fixed number: it only has to be the same in every process that builds templates.
_TEMPLATE_LOCK = 0x4E50_0001


@dataclass(frozen=True, slots=True)
class Database:
    """One database of a scratch server.

    Args:
        name: as the server knows it.
        url: as `migrator`.
        admin_url: as the superuser.
    """

    name: str
    url: str
    admin_url: str


def migrated_template(
    server: Server, project_root: Path, *, admin: Connection | None = None
) -> str:
    """Return the name of a template at the head of history, building it when there is none.

    Safe to call from many processes at once: one builds, the others wait. `admin` is as for
    `clone`.
    """

    def build(building: Database) -> None:
        upgrade(project_root, building.url)

    return template(server, project_root, _MIGRATED, PRISTINE_TEMPLATE, build, admin=admin)


def template(
    server: Server,
    project_root: Path,
    sort: str,
    origin: str,
    build: Callable[[Database], None],
    *,
    besides: str = "",
    admin: Connection | None = None,
) -> str:
    """Return the name of a template of a project, building it when there is none.

    Args:
        server: a scratch server.
        project_root: the project, at whose history the template is.
        sort: a word for what sort of template it is. Older ones of this sort and project go when a
            new one is built.
        origin: the database to build it from.
        build: what makes the template out of a copy of that.
        besides: what else it depends on.
        admin: as `maintenance` opens it, for whoever has one.
    """
    prefix = f"{sort}_{_short_hash(str(project_root.resolve()))}_"
    name = prefix + history_hash(project_root) + (f"_{_short_hash(besides)}" if besides else "")
    with _at_hand(server, admin) as connection:
        if _exists(connection, name):
            return name
    # A lock of a session's own: it goes with the connection, whatever happens.
    with maintenance(server) as connection:
        connection.execute("select pg_advisory_lock(%s)", [_TEMPLATE_LOCK])
        if not _exists(connection, name):
            _drop_stale(connection, prefix)
            building = f"{name}_building"
            drop(server, building)
            _create(connection, building, origin)
            build(Database(building, server.url(building), server.admin_url(building)))
            _rename_to_template(connection, building, name)
    return name


def forget(server: Server, project_root: Path) -> None:
    """Drop every template of a project that will not come again."""
    with maintenance(server) as admin:
        _drop_stale(admin, f"_{_short_hash(str(project_root.resolve()))}_")


@contextmanager
def clone(server: Server, template: str, *, admin: Connection | None = None) -> Iterator[Database]:
    """Copy a template for the length of a block. One file copy of its size; then it is gone.

    Args:
        server: where the template is.
        template: the database to copy.
        admin: as `maintenance` opens it, for whoever clones often: to connect costs half a clone.
    """
    name = f"{_CLONE_PREFIX}{os.getpid()}_{os.urandom(4).hex()}"
    with _at_hand(server, admin) as connection:
        _create(connection, name, template)
    try:
        yield Database(name, server.url(name), server.admin_url(name))
    finally:
        # Another connection than the one before: the block may have crashed the server.
        with _at_hand(server, admin) as connection:
            _drop(connection, name)


@contextmanager
def maintenance(server: Server) -> Iterator[Connection]:
    """Connect as superuser to a database that nobody clones."""
    with connect(server.admin_url(_MAINTENANCE)) as admin:
        yield admin


def drop(server: Server, name: str) -> None:
    """Drop a database with whoever is connected to it; harmless when it is gone."""
    with maintenance(server) as admin:
        _drop(admin, name)


def history_hash(project_root: Path) -> str:
    """Hash what a migrated template is made from: history and the stand-in. O(bytes)."""
    digest = hashlib.sha256()
    for folder in ("migrations", "server"):
        for path in sorted((project_root / folder).rglob("*")):
            if path.is_file() and _NOT_MIGRATED.isdisjoint(path.parts):
                content = path.read_bytes()
                digest.update(f"{path.relative_to(project_root)}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()[:16]


def _at_hand(server: Server, admin: Connection | None) -> AbstractContextManager[Connection]:
    return maintenance(server) if admin is None else nullcontext(admin)


def _drop(admin: Connection, name: str) -> None:
    admin.execute(sql.SQL("drop database if exists {} (force)").format(sql.Identifier(name)))


def _create(admin: Connection, name: str, template: str) -> None:
    # file_copy is twice as fast as the default in memory, where scratch servers keep their data.
    admin.execute(
        sql.SQL("create database {} template {} owner {} strategy file_copy").format(
            sql.Identifier(name), sql.Identifier(template), sql.Identifier(MIGRATOR)
        )
    )


def _rename_to_template(admin: Connection, building: str, name: str) -> None:
    admin.execute(
        sql.SQL("alter database {} rename to {}").format(
            sql.Identifier(building), sql.Identifier(name)
        )
    )
    admin.execute(sql.SQL("alter database {} is_template true").format(sql.Identifier(name)))


def _exists(admin: Connection, name: str) -> bool:
    found = admin.execute("select from pg_catalog.pg_database where datname = %s", [name])
    return found.fetchone() is not None


def _drop_stale(admin: Connection, mark: str) -> None:
    """Drop templates whose name has a mark, and clones whose process died."""
    names = admin.execute("select datname from pg_catalog.pg_database").fetchall()
    for (name,) in names:
        is_orphan = name.startswith(_CLONE_PREFIX) and not psutil.pid_exists(
            int(name.split("_")[1])
        )
        if not (is_orphan or mark in name):
            continue
        target = sql.Identifier(name)
        admin.execute(sql.SQL("alter database {} is_template false").format(target))
        admin.execute(sql.SQL("drop database if exists {} (force)").format(target))


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
