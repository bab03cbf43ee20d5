"""Servers that outlive the command: `hephaitos server up`, `down` and `status`.

What they are is written to the project's state folder, readable for its owner only, because it
holds two passwords.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolkit.server import cluster, container, folders
from toolkit.server.model import Progress, Server, silent
from toolkit.server.recipe import Recipe
from toolkit.server.scratch import choose_kind, describe_server, launch, recipe_of
from toolkit.settings import SERVER_KINDS, Settings


def up(settings: Settings, progress: Progress = silent) -> Server:
    """Return the running server of the kind asked for, starting it when there is none.

    With `auto`, any server that runs already is the answer.

    Raises:
        ServerUnavailable: this kind cannot be started here.
    """
    with _alone(settings):
        for server in status(settings):
            if settings.server_kind in {"auto", server.kind}:
                return server
        return _start(settings, choose_kind(settings), progress)


def status(settings: Settings) -> tuple[Server, ...]:
    """Return the servers of this checkout that run, forgetting those that do not."""
    found = []
    for kind in SERVER_KINDS:
        path = _state_file(settings, kind)
        state = _read(path)
        if state is None:
            continue
        if _is_running(kind, state["handle"]):
            found.append(Server.from_json(state["server"]))
        else:
            _stop(kind, state["handle"])
            path.unlink(missing_ok=True)
    return tuple(found)


def current(settings: Settings) -> Server | None:
    """Return a running server of the kind asked for that today's recipe would make again."""
    wanted = recipe_of(settings).fingerprint
    for server in status(settings):
        state = _read(_state_file(settings, server.kind))
        if settings.server_kind in {"auto", server.kind} and state and state["recipe"] == wanted:
            return server
    return None


def down(settings: Settings) -> tuple[Server, ...]:
    """Stop and remove the servers of the kind asked for; with `auto`, all of them.

    Returns:
        The servers that were stopped.
    """
    stopped = []
    for server in status(settings):
        if settings.server_kind not in {"auto", server.kind}:
            continue
        path = _state_file(settings, server.kind)
        state = _read(path)
        if state is not None:
            _stop(server.kind, state["handle"])
        path.unlink(missing_ok=True)
        stopped.append(server)
    return tuple(stopped)


def _start(settings: Settings, kind: str, progress: Progress) -> Server:
    recipe = recipe_of(settings, lasting=True)
    _sweep(settings, kind, recipe)
    launched = launch(kind, settings, recipe, progress)
    try:
        server = describe_server(kind, launched, recipe)
        state = {
            "handle": launched.handle,
            "recipe": recipe.fingerprint,
            "server": server.to_json(),
        }
        _write(_state_file(settings, kind), state)
    except BaseException:
        launched.stop()
        raise
    launched.let_go()
    return server


def _sweep(settings: Settings, kind: str, recipe: Recipe) -> None:
    """Remove what an `up` left that was killed before it could write its server down."""
    if kind == "container":
        container.sweep_lasting(recipe)
    else:
        states = [_read(_state_file(settings, other)) for other in SERVER_KINDS]
        folders.sweep_lasting(recipe, spared={state["handle"] for state in states if state})


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Let one `up` of this checkout work at a time: the second finds what the first started."""
    settings.state_folder.mkdir(mode=0o700, exist_ok=True)
    with (settings.state_folder / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_running(kind: str, handle: str) -> bool:
    return container.is_running(handle) if kind == "container" else cluster.is_running(handle)


def _stop(kind: str, handle: str) -> None:
    if kind != "container":
        cluster.stop(handle)
    elif container.is_available():
        container.stop(handle)


def _state_file(settings: Settings, kind: str) -> Path:
    return settings.state_folder / f"{kind}.json"


def _read(path: Path) -> dict[str, str] | None:
    try:
        state: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return state


def _write(path: Path, state: dict[str, str]) -> None:
    partial = path.with_suffix(".partial")
    with os.fdopen(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        json.dump(state, file)
    partial.replace(path)
