"""Loading while the server crashes or its disk fills up: a clear error, and nothing half-loaded."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.crashes import checkpointer, kill, shell, wait_for_recovery
from toolkit.bench.progress import silent
from toolkit.bench.tenant import Loader, load_dataset
from toolkit.clones import Database, clone, migrated_template
from toolkit.connect import connect
from toolkit.errors import ToolkitError
from toolkit.prepare import prepare_server
from toolkit.server import Server, start
from toolkit.settings import Settings, read_settings

PROJECT = Path(__file__).resolve().parents[2]
TABLES = ("auth.users", "public.profiles", "public.strategies", "public.trades")
SMALL_DISK_KB = 24_000
load: Loader = load_dataset(PROJECT / "benchmarks")


@pytest.fixture
def own_server(server: Server, settings: Settings) -> Iterator[Server]:
    """A server of the test's own: what happens to it would hurt whoever shared it."""
    mine = read_settings(server_kind=server.kind, start=PROJECT, environment={})
    with start(mine) as started:
        prepare_server(started, settings.roles)
        yield started


def test_a_server_that_crashes_in_mid_load_keeps_nothing(own_server: Server) -> None:
    template = migrated_template(own_server, PROJECT)
    with clone(own_server, template) as database:
        before = checkpointer(database)

        def crash_half_way(_stage: str, *, done: int, total: int) -> None:
            if done > total / 4:
                _kill_a_backend(own_server, database)

        with pytest.raises(ToolkitError, match="nothing of it was kept") as caught:
            load(own_server, database=database.name, size="demo", progress=crash_half_way)
        wait_for_recovery(database, before)

        assert caught.value.hint == "Remove the cause, then load again."
        assert _counts(database) == dict.fromkeys(TABLES, 0)
        assert load(own_server, database=database.name, size="demo", progress=silent)


@pytest.fixture
def small_disk(own_server: Server) -> Iterator[str]:
    """A folder, as the server sees it, on a file system with a few megabytes left."""
    if own_server.kind == "container":
        yield from _small_disk_in_container(own_server)
        return
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    with connect(own_server.admin_url("postgres")) as admin:
        data = admin.execute("show data_directory").fetchone()
    assert data is not None
    folder = Path(f"{data[0]}.small")
    folder.mkdir()
    owner = Path(data[0]).stat().st_uid
    options = f"size={SMALL_DISK_KB}k,mode=700,uid={owner}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield str(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


def test_a_full_disk_keeps_nothing_and_says_so(own_server: Server, small_disk: str) -> None:
    template = migrated_template(own_server, PROJECT)
    name = "on_a_small_disk"
    with connect(own_server.admin_url("postgres")) as admin:
        admin.execute(f"create tablespace {name} location '{small_disk}'".encode())
        admin.execute(
            f"create database {name} template {template} tablespace {name} owner migrator".encode()
        )
        try:
            with pytest.raises(ToolkitError, match="nothing of it was kept") as caught:
                load(own_server, database=name, size="small", progress=silent)
            counts = _counts(Database(name, own_server.url(name), own_server.admin_url(name)))
        finally:
            admin.execute(f"drop database {name} (force)".encode())
            admin.execute(f"drop tablespace {name}".encode())

    assert caught.value.detail.startswith("53100: ")
    assert "No space left on device" in caught.value.detail
    assert counts == dict.fromkeys(TABLES, 0)


def _small_disk_in_container(server: Server) -> Iterator[str]:
    # Fills the container's own shared memory, which is a file system of its own.
    script = f"""
        mkdir -m 700 /dev/shm/small
        free=$(df --output=avail -k /dev/shm | tail -n 1)
        fallocate -l $((free - {SMALL_DISK_KB}))K /dev/shm/filler
    """
    with connect(server.admin_url("postgres")) as admin:
        shell(admin, script)
        try:
            yield "/dev/shm/small"
        finally:
            shell(admin, "rm -rf /dev/shm/small /dev/shm/filler")


def _kill_a_backend(server: Server, database: Database) -> None:
    """Kill the loader's backend as the kernel would; the postmaster then restarts them all."""
    with connect(server.admin_url("postgres")) as admin:
        row = admin.execute(
            "select pid from pg_stat_activity"
            " where datname = %s and backend_type = 'client backend'",
            [database.name],
        ).fetchone()
    if row is not None:
        kill(server, row[0])


def _counts(database: Database) -> dict[str, int]:
    with connect(database.admin_url) as admin:
        return {table: admin.execute(f"select from {table}".encode()).rowcount for table in TABLES}
