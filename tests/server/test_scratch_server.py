"""A scratch server: what whoever starts one may rely on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from toolkit.connect import connect
from toolkit.errors import ConnectionRefused
from toolkit.server import Server, container, folders, start
from toolkit.settings import read_settings

PROJECT = Path(__file__).resolve().parents[2]
HOLD_A_SERVER = """
import sys
from toolkit.server import start
from toolkit.settings import read_settings
with start(read_settings(server_kind=sys.argv[1])) as server:
    print(server.port, server.admin_url(), flush=True)
    sys.stdin.read()
"""


def test_it_is_one_of_the_supported_versions(server: Server) -> None:
    expected = {"container": 17, "local": 15, "embedded": 18}

    assert server.major == expected[server.kind]


def test_its_url_logs_in_as_migrator_without_superuser(server: Server) -> None:
    with connect(server.url()) as connection:
        row = connection.execute(
            "select current_user, rolsuper from pg_roles where rolname = current_user"
        ).fetchone()

    assert row == ("migrator", False)


def test_its_admin_url_logs_in_as_superuser(server: Server) -> None:
    with connect(server.admin_url()) as connection:
        row = connection.execute(
            "select current_user, rolsuper from pg_roles where rolname = current_user"
        ).fetchone()

    assert row == ("supabase_admin", True)


def test_it_listens_on_loopback_only(server: Server) -> None:
    listening = {
        connection.laddr
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (server.port,)
    }

    assert listening == {("127.0.0.1", server.port)}


def test_it_asks_for_a_scram_password(server: Server) -> None:
    with pytest.raises(ConnectionRefused, match="wrong user or password"):
        connect(f"postgresql://supabase_admin:guess@{server.host}:{server.port}/postgres")
    with connect(server.admin_url()) as connection:
        stored = connection.execute(
            "select rolpassword like 'SCRAM-SHA-256$%' from pg_authid where rolpassword is not null"
        ).fetchall()

    assert stored
    assert all(row == (True,) for row in stored)


def test_pg_cron_is_real_wherever_the_server_can_have_it(server: Server) -> None:
    if server.kind == "embedded":
        assert server.capabilities.pg_cron is None
        return
    with connect(server.admin_url()) as connection:
        launcher = connection.execute(
            "select count(*) from pg_stat_activity where backend_type = 'pg_cron launcher'"
        ).fetchone()

    assert server.capabilities.pg_cron is not None
    assert launcher == (1,)


def test_a_second_server_of_the_kind_runs_beside_the_first(server: Server) -> None:
    with start(read_settings(server_kind=server.kind, start=PROJECT, environment={})) as second:
        with connect(second.url()) as connection:
            connection.execute("create table only_here (id int)")
        with connect(server.url()) as connection:
            absent = connection.execute("select to_regclass('only_here') is null").fetchone()
        address = (second.host, second.port)

    assert absent == (True,)
    assert address != (server.host, server.port)
    with pytest.raises(ConnectionRefused, match="cannot reach"):
        connect(second.url())


@pytest.mark.parametrize("death", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_it_dies_with_the_process_that_started_it(server: Server, death: signal.Signals) -> None:
    holder, admin_url = _hold(server.kind)

    with holder:
        holder.send_signal(death)

    _wait_until_unreachable(admin_url)


def test_what_a_killed_run_left_is_removed_at_the_next_start(server: Server) -> None:
    holder, admin_url = _hold(server.kind)
    with holder:
        holder.kill()
    _wait_until_unreachable(admin_url)

    with start(read_settings(server_kind=server.kind, start=PROJECT, environment={})):
        orphans = container.sweep() if server.kind == "container" else folders.sweep()

    assert orphans == 0


def _hold(kind: str) -> tuple[subprocess.Popen[str], str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_A_SERVER, kind],
        cwd=PROJECT,
        env={**os.environ, "HEPHAITOS_DATABASE_URL": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert holder.stdout is not None
    admin_url = holder.stdout.readline().split()[1]
    connect(admin_url).close()
    return holder, admin_url


def _wait_until_unreachable(admin_url: str) -> None:
    """Wait for the end of a server by holding a connection until it breaks."""
    try:
        with psycopg.connect(admin_url, connect_timeout=5) as connection:
            connection.execute("select pg_sleep(30)")
    except psycopg.OperationalError:
        return
    pytest.fail("the server outlived the process that started it by 30 s")
