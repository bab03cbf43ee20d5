"""Servers that stay up: found again, listed, taken down, and never lost after a kill."""

import shutil
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from toolkit.connect import connect
from toolkit.errors import ConnectionRefused
from toolkit.server import Server, standing
from toolkit.settings import Settings, read_settings

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(server: Server, tmp_path: Path) -> Iterator[Settings]:
    """Settings of another checkout, whose servers are its own."""
    shutil.copytree(PROJECT / "server", tmp_path / "server")
    (tmp_path / "alembic.ini").touch()
    settings = read_settings(server_kind=server.kind, start=tmp_path, environment={})
    yield settings
    standing.down(settings)


def test_a_second_up_finds_the_first(checkout: Settings) -> None:
    first = standing.up(checkout)

    second = standing.up(checkout)

    assert second == first
    assert standing.status(checkout) == (first,)


def test_two_ups_at_once_start_one_server(checkout: Settings) -> None:
    found: list[Server] = []
    racers = [
        threading.Thread(target=lambda: found.append(standing.up(checkout))) for _ in range(2)
    ]

    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert len(found) == 2
    assert found[0] == found[1]


def test_down_stops_it_and_forgets_it(checkout: Settings) -> None:
    server = standing.up(checkout)

    stopped = standing.down(checkout)

    assert stopped == (server,)
    assert standing.status(checkout) == ()
    with pytest.raises(ConnectionRefused):
        connect(server.url())


def test_a_server_that_died_is_started_anew(checkout: Settings) -> None:
    server = standing.up(checkout)
    with connect(server.admin_url()) as connection:
        connection.execute("create table gone (id int)")
    _kill(checkout, server)

    again = standing.up(checkout)

    assert again != server
    with connect(again.admin_url()) as connection:
        assert connection.execute("select to_regclass('gone')").fetchone() == (None,)


def test_what_a_killed_up_left_unwritten_is_removed(checkout: Settings) -> None:
    lost = standing.up(checkout)
    (checkout.state_folder / f"{lost.kind}.json").unlink()

    found = standing.up(checkout)

    assert found != lost
    with pytest.raises(ConnectionRefused):
        connect(lost.url())


def test_a_server_of_another_kind_stays_up(checkout: Settings) -> None:
    known = standing.up(replace(checkout, server_kind="embedded"))
    # As if it were of the other kind whose servers are folders: that one is not on every machine.
    written = (checkout.state_folder / "embedded.json").read_text()
    (checkout.state_folder / "local.json").write_text(written.replace("embedded", "local"))
    (checkout.state_folder / "embedded.json").unlink()
    try:
        standing.up(replace(checkout, server_kind="embedded"))

        with connect(known.url()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        standing.down(replace(checkout, server_kind="auto"))


def test_its_passwords_are_readable_for_their_owner_only(checkout: Settings) -> None:
    server = standing.up(checkout)

    mode = (checkout.state_folder / f"{server.kind}.json").stat().st_mode

    assert stat.S_IMODE(mode) == 0o600


def _kill(checkout: Settings, server: Server) -> None:
    """End the server behind the toolkit's back, keeping what is written about it."""
    path = checkout.state_folder / f"{server.kind}.json"
    written = path.read_text()
    standing.down(checkout)
    path.write_text(written)
