"""connect(): why a connection could not be had, in words a person can act on."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from toolkit.connect import connect, describe
from toolkit.errors import ConnectionRefused, ServerTooOld
from toolkit.server.ports import free_port


def test_an_unreachable_server_is_named_without_its_password() -> None:
    port = free_port()

    with pytest.raises(ConnectionRefused) as refused:
        connect(f"postgresql://ann:secret@127.0.0.1:{port}/shop")

    assert refused.value.message == f"cannot reach ann@127.0.0.1:{port}/shop"
    assert "secret" not in refused.value.as_text()
    assert refused.value.hint


def test_a_malformed_url_is_refused() -> None:
    with pytest.raises(ConnectionRefused, match="malformed") as refused:
        connect("postgresql://ann:sec ret@host/db?nonsense=1")

    assert "postgresql://user:password@host:port/database" in refused.value.hint


def test_a_server_older_than_the_floor_is_refused_with_both_versions() -> None:
    with _server_that_claims("14.9") as port, pytest.raises(ServerTooOld) as refused:
        connect(f"postgresql://ann@127.0.0.1:{port}/shop")

    assert "PostgreSQL 14.9" in refused.value.message
    assert "PostgreSQL 15" in refused.value.detail


def test_a_description_never_holds_the_password() -> None:
    assert describe("postgresql://ann:secret@db:6000/shop") == "ann@db:6000/shop"
    assert describe("not a url") == "the database URL"


@contextmanager
def _server_that_claims(version: str) -> Iterator[int]:
    """Speak just enough of the protocol to let one client in and tell it a version."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_let_one_client_in, args=(listener, version), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


def _let_one_client_in(listener: socket.socket, version: str) -> None:
    client, _ = listener.accept()
    with client:
        while (length := struct.unpack("!i", client.recv(4))[0]) == 8:
            client.recv(4)
            client.sendall(b"N")  # neither TLS nor GSS
        client.recv(length - 4)
        status = b"server_version\0" + version.encode() + b"\0"
        client.sendall(
            _message(b"R", struct.pack("!i", 0))
            + _message(b"S", status)
            + _message(b"S", b"client_encoding\0UTF8\0")
            + _message(b"Z", b"I")
        )
        client.recv(1024)


def _message(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("!i", len(content) + 4) + content
